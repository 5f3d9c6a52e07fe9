/** What the in-memory network does to chunks: latency, pieces, garbage and hooks, on virtual time. */
import { SmallNetwork, zk2 } from './small-network.js';

describe('a fault of the memory network', () => {
  let net: SmallNetwork;

  beforeEach(() => {
    net = new SmallNetwork();
  });

  describe('latencyMs', () => {
    it('changes for what is sent from now on, and lets nothing overtake', () => {
      const { client, server, link } = net.connected();
      link.latencyMs = 100;
      client.say('slow');
      net.at(25, () => {
        link.latencyMs = 1;
        client.say('fast');
      });
      net.run();
      expect(server.log).toEqual(['120 data:slow', '120 data:fast']);
    });

    it('of a link stays when that of the network changes', () => {
      const { link } = net.connected();
      link.latencyMs = 7;
      net.network.latencyMs = 50;
      expect([link.latencyMs, net.network.at(zk2).latencyMs]).toEqual([7, 50]);
      expect(() => {
        net.network.latencyMs = -1;
      }).toThrow('latencyMs must not be negative: -1');
    });
  });

  describe('splitAt', () => {
    it('delivers a chunk in pieces, each in a step of its own', () => {
      const { client, server } = net.connected();
      net.network.splitAt(2);
      client.say('abcde');
      let steps = 0;
      const note = server.onData.bind(server);
      server.onData = (chunk) => {
        note(chunk);
        net.scheduler.schedule(() => steps++);
        server.log.push(`after ${String(steps)}`);
      };
      net.run();
      const pieces = ['30 data:ab', 'after 0', '30 data:cd', 'after 1', '30 data:e', 'after 2'];
      expect(server.log).toEqual(pieces);
      expect(() => {
        net.network.splitAt(0);
      }).toThrow('splitAt must be at least 1: 0');
    });
  });

  describe('inject', () => {
    it('slips bytes in behind what is under way, unseen by hooks', () => {
      const { client, link } = net.connected();
      link.intercept(() => null);
      link.inject('toClient', Buffer.from('garbage'));
      net.run();
      expect(client.log).toEqual(['30 data:garbage']);
    });
  });

  describe('intercept', () => {
    it('drops and alters chunks, the hook of the link before that of the network', () => {
      const { client, server, link } = net.connected();
      const seen: string[] = [];
      net.network.intercept((direction, chunk, on) => {
        const text = Buffer.from(chunk).toString();
        seen.push(`${String(on.id)} ${direction} ${text}`);
        return text === 'drop' ? null : chunk;
      });
      link.intercept((_, chunk) => Buffer.from(Buffer.from(chunk).toString().toLowerCase()));
      client.say('DROP');
      net.at(50, () => {
        client.say('KEEP');
        server.say('REPLY');
      });
      net.run();
      expect(seen).toEqual(['1 toServer drop', '1 toServer keep', '1 toClient reply']);
      expect([client.log, server.log]).toEqual([['60 data:reply'], ['60 data:keep']]);
    });

    it('may break the link, and then the chunk is lost', () => {
      const { client, server, link } = net.connected();
      net.network.intercept((_, chunk, on) => {
        on.reset();
        return chunk;
      });
      client.say('a');
      net.run();
      expect([server.log, link.state]).toEqual([['30 close:ECONNRESET'], 'closed']);
      net.network.intercept(undefined);
      const second = net.connect();
      second.say('b');
      net.run();
      expect(net.servers[1]?.log).toEqual(['60 data:b']);
    });
  });
});
