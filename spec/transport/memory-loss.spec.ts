/** Partitions and resets of the in-memory network, on virtual time. */
import { type Address } from '../../src/transport/transport.js';
import { Recorder } from './recorder.js';
import { SmallNetwork, zk1, zk2 } from './small-network.js';

describe('a lost connection of the memory network', () => {
  let net: SmallNetwork;

  beforeEach(() => {
    net = new SmallNetwork();
  });

  describe('partition', () => {
    it('stalls both directions until it heals, and keeps the order', () => {
      const { client, server, link } = net.connected();
      client.say('a');
      net.at(25, () => {
        link.partition();
      });
      net.at(26, () => {
        client.say('b');
        server.say('1');
      });
      net.at(100, () => {
        link.heal();
      });
      net.at(101, () => {
        client.say('c');
      });
      net.run();
      expect(server.log).toEqual(['100 data:a', '100 data:b', '111 data:c']);
      expect(client.log).toEqual(['100 data:1']);
    });

    it('can stall one direction alone', () => {
      const { client, server, link } = net.connected();
      link.partition('toClient');
      client.say('a');
      server.say('1');
      net.run();
      expect([client.log, server.log]).toEqual([[], ['30 data:a']]);
      link.heal('toClient');
      net.run();
      expect(client.log).toEqual(['30 data:1']);
    });

    it('lets connects neither succeed nor fail', () => {
      net.network.partition();
      const client = net.connect();
      const nobody = net.connect({ host: 'nowhere', port: 1 });
      net.at(1000, () => {
        net.network.heal();
      });
      net.at(999, () => {
        expect([client.log, nobody.log]).toEqual([[], []]);
      });
      net.run();
      expect(client.log).toEqual(['1010 open']);
      expect(nobody.log).toEqual(['1010 close:ECONNREFUSED']);
    });

    it('of an address leaves the others alone', () => {
      net.network.at(zk1).partition();
      const [cut, free] = [net.connect(zk1), net.connect(zk2)];
      net.run();
      expect([cut.log, free.log]).toEqual([[], ['20 open']]);
    });

    it('of a link stays when the network heals', () => {
      const { client, server, link } = net.connected();
      link.partition();
      net.network.partition();
      net.network.heal();
      client.say('a');
      net.run();
      expect(server.log).toEqual([]);
      link.heal();
      net.run();
      expect(server.log).toEqual(['30 data:a']);
    });

    it('hides a close until it heals', () => {
      const { client, server, link } = net.connected();
      link.partition();
      client.pipe?.close();
      net.run();
      expect([server.log, link.state]).toEqual([[], 'open']);
      link.heal();
      net.run();
      expect([server.log, link.state]).toEqual([['30 close:'], 'closed']);
    });

    it('hides the death of a server until it heals', () => {
      const third: Address = { host: 'zk3', port: 2181 };
      const listener = net.network.listen(third, () => new Recorder());
      const client = net.connect(third);
      net.run();
      net.network.at(third).partition();
      listener.close();
      net.at(500, () => {
        expect(client.log).toEqual(['20 open']);
        net.network.at(third).heal();
      });
      net.run();
      expect(client.log).toEqual(['20 open', '500 close:ECONNRESET']);
      expect(net.network.links()).toEqual([]);
    });
  });

  describe('reset', () => {
    it('tells both ends at once and loses what is in flight', () => {
      const { client, server, link } = net.connected();
      client.say('a');
      server.say('1');
      net.at(25, () => {
        link.partition();
        link.reset();
        expect([client.log, server.log]).toEqual([[], []]);
      });
      net.run();
      expect([client.log, server.log]).toEqual([['25 close:ECONNRESET'], ['25 close:ECONNRESET']]);
      expect([net.network.links(), link.state]).toEqual([[], 'closed']);
    });

    it('does not tell an end that closes before the news', () => {
      const { client, server, link } = net.connected();
      link.reset();
      client.pipe?.close();
      net.run();
      expect([client.log, server.log]).toEqual([[], ['20 close:ECONNRESET']]);
    });

    it('of the network strikes all links there are, connecting ones too, and none to come', () => {
      const { client } = net.connected();
      const connecting = net.connect(zk2);
      net.network.reset();
      const later = net.connect();
      net.run();
      expect(client.log).toEqual(['20 close:ECONNRESET']);
      expect(connecting.log).toEqual(['20 close:ECONNRESET']);
      expect(later.log).toEqual(['40 open']);
    });
  });

  describe('resetOnce', () => {
    it('before loses the request', () => {
      const { client, server, link } = net.connected();
      link.resetOnce({ direction: 'toServer', when: 'before' });
      client.say('request');
      net.run();
      expect(server.log).toEqual(['30 close:ECONNRESET']);
      expect(client.log).toEqual(['30 close:ECONNRESET']);
    });

    it('after loses the reply', () => {
      const { client, server } = net.connected();
      net.network.resetOnce({ direction: 'toServer', when: 'after' });
      const note = server.onData.bind(server);
      server.onData = (chunk) => {
        note(chunk);
        server.say('reply');
      };
      client.say('request');
      net.run();
      expect(server.log).toEqual(['30 data:request', '30 close:ECONNRESET']);
      expect(client.log).toEqual(['30 close:ECONNRESET']);
      const second = net.connect();
      second.say('request');
      net.run();
      expect(second.log).toEqual(['50 open']);
      expect(net.servers[1]?.log).toEqual(['60 data:request']);
    });

    it('waits for the chunk that fits, and for its last piece', () => {
      const { client, server, link } = net.connected();
      const matching = (chunk: Uint8Array) => chunk.length === 4;
      link.resetOnce({ direction: 'toServer', when: 'after', matching });
      link.splitAt(2);
      client.say('abc');
      net.at(50, () => {
        client.say('defg');
      });
      net.run();
      expect(server.log).toEqual([
        '30 data:ab',
        '30 data:c',
        '60 data:de',
        '60 data:fg',
        '60 close:ECONNRESET',
      ]);
    });
  });
});
