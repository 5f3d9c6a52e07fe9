/** The accepting side of TCP against plain sockets and against our own transport. */
import { connect } from 'node:net';
import { listenTcp, type Listener, type ListenOptions } from '../../src/transport/tcp-listener.js';
import { tcpTransport } from '../../src/transport/tcp.js';
import { type Address } from '../../src/transport/transport.js';
import { Recorder, until } from './recorder.js';

describe('listenTcp', () => {
  const accepted: Recorder[] = [];
  const remotes: Address[] = [];
  let listener: Listener;

  async function listen(options: ListenOptions, onData?: (to: Recorder, text: string) => void) {
    listener = await listenTcp(options, (pipe, remote) => {
      const recorder = new Recorder();
      recorder.pipe = pipe;
      accepted.push(recorder);
      remotes.push(remote);
      const note = recorder.onData.bind(recorder);
      recorder.onData = (chunk) => {
        note(chunk);
        onData?.(recorder, Buffer.from(chunk).toString());
      };
      return recorder;
    });
  }

  beforeEach(() => {
    accepted.length = 0;
    remotes.length = 0;
  });

  afterEach(async () => {
    await listener.close();
  });

  it('answers a client of the transport, on a port that it picked', async () => {
    await listen({}, (to, text) => {
      to.say(`re:${text}`);
    });
    expect(listener.address.port).toBeGreaterThan(0);
    const client = new Recorder();
    client.pipe = tcpTransport().connect(listener.address, client);
    client.say('hello');
    await until(() => client.log.length === 2);
    expect(client.log).toEqual(['open', 'data:re:hello']);
    expect(remotes[0]?.host).toBe('127.0.0.1');
    client.pipe.close();
    await until(() => accepted[0]?.log.length === 2);
    expect(accepted[0]?.log).toEqual(['data:hello', 'close:']);
  });

  it('answers a client that has ended its side already', async () => {
    await listen({}, (to) => {
      to.say('imok');
    });
    let heard = '';
    const socket = connect(listener.address.port, '127.0.0.1');
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.end('ruok');
    await new Promise((resolve) => socket.on('close', resolve));
    expect(heard).toBe('imok');
  });

  it('sends what is left when it closes a pipe', async () => {
    await listen({}, (to) => {
      to.say('bye');
      to.pipe?.close();
    });
    const client = new Recorder();
    client.pipe = tcpTransport().connect(listener.address, client);
    client.say('quit');
    await until(() => client.log.length === 3);
    expect(client.log).toEqual(['open', 'data:bye', 'close:']);
    expect(accepted[0]?.log).toEqual(['data:quit']);
  });

  it('closes the connection of a reader that is too slow', async () => {
    await listen({ maxOutgoingBytes: 3_000_000 });
    const socket = connect(listener.address.port, '127.0.0.1');
    socket.on('error', () => undefined).pause();
    await until(() => accepted.length === 1);
    const server = accepted[0];
    await until(() => {
      server?.say(new Uint8Array(500_000));
      return server?.log.length === 1;
    });
    expect(server?.log[0]).toMatch(
      /^close:the peer reads too slowly: .* maxOutgoingBytes = 3000000/,
    );
    socket.destroy();
  });

  it('reads no more from a peer that does not read the answers, until it does', async () => {
    let asked = 0;
    await listen({}, (to, text) => {
      asked += text.length;
      to.say(new Uint8Array(100_000 * text.length));
    });
    const client = connect({ port: listener.address.port, host: '127.0.0.1', noDelay: true });
    client.pause();
    for (let i = 0; i < 200; i++) {
      client.write('?');
      await new Promise((resolve) => setImmediate(resolve));
    }
    let before = -1;
    await until(() => {
      const still = before === asked && asked > 0;
      before = asked;
      return still;
    });
    expect(asked).toBeLessThan(200);
    let heard = 0;
    client.on('data', (chunk) => (heard += chunk.length)).resume();
    await until(() => heard === 200 * 100_000);
    expect(asked).toBe(200);
    client.destroy();
  });

  it('neither reads nor writes in a pause, and loses nothing', async () => {
    await listen({}, (to, text) => {
      to.say(`re:${text}`);
    });
    const early = new Recorder();
    early.pipe = tcpTransport().connect(listener.address, early);
    await until(() => accepted.length === 1 && early.log.length === 1);
    listener.pause();
    accepted[0]?.say('event;');
    early.say('one');
    const late = new Recorder();
    late.pipe = tcpTransport().connect(listener.address, late);
    late.say('two');
    await until(() => accepted.length === 2 && late.log.length === 1);
    // Another connection of this process has gone there and back meanwhile.
    const other = await listenTcp({}, () => new Recorder());
    const probe = new Recorder();
    probe.pipe = tcpTransport().connect(other.address, probe);
    await until(() => probe.log.length === 1);
    await other.close();
    expect([early.log, late.log]).toEqual([['open'], ['open']]);
    expect(accepted.map(({ log }) => log)).toEqual([[], []]);
    listener.resume();
    await until(() => early.received.length === 12 && late.received.length === 6);
    expect([early.received, late.received]).toEqual(['event;re:one', 're:two']);
  });

  it('says nothing on a connection that is closed in a pause', async () => {
    await listen({});
    const client = new Recorder();
    client.pipe = tcpTransport().connect(listener.address, client);
    await until(() => accepted.length === 1 && client.log.length === 1);
    listener.pause();
    accepted[0]?.say('secret');
    accepted[0]?.pipe?.close();
    await until(() => client.log.length === 2);
    expect(client.log).toEqual(['open', 'close:']);
  });

  it('destroys all connections when it closes, and frees the port', async () => {
    await listen({});
    const client = new Recorder();
    client.pipe = tcpTransport().connect(listener.address, client);
    await until(() => accepted.length === 1 && client.log.length === 1);
    await listener.close();
    await until(() => client.log.length === 2 && accepted[0]?.log.length === 1);
    expect(client.log[1]).toMatch(/^close:/);
    await listen({ port: listener.address.port });
    expect(accepted[0]?.log).toEqual(['close:']);
  });

  it('rejects if the port is taken', async () => {
    await listen({});
    const second = listenTcp({ port: listener.address.port }, () => new Recorder());
    await expect(second).rejects.toHaveProperty('code', 'EADDRINUSE');
  });
});
