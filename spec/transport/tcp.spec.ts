/** Open TCP pipes against a plain server of node:net. */
import { Socket } from 'node:net';
import { tcpTransport, type TcpOptions } from '../../src/transport/tcp.js';
import { plainServer, type PlainServer } from './plain-server.js';
import { Recorder, until } from './recorder.js';

describe('tcpTransport', () => {
  let server: PlainServer;
  let peers: readonly Socket[];
  let port: number;
  let onPeer: (peer: Socket) => void;

  beforeEach(async () => {
    onPeer = () => undefined;
    server = await plainServer((peer) => {
      onPeer(peer);
    });
    ({ peers, port } = server);
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await server.close();
  });

  function connect(options: TcpOptions = {}): Recorder {
    const recorder = new Recorder();
    recorder.pipe = tcpTransport(options).connect({ host: '127.0.0.1', port }, recorder);
    return recorder;
  }

  /** Counts the writes of all sockets from here on. */
  function countWrites(): { count: number } {
    const seen = { count: 0 };
    const real = Socket.prototype.write;
    jest.spyOn(Socket.prototype, 'write').mockImplementation(function (this: Socket, ...args) {
      seen.count++;
      return Reflect.apply<Socket, typeof args, boolean>(real, this, args);
    });
    return seen;
  }

  it('opens, sends and receives', async () => {
    onPeer = (peer) => peer.on('data', (chunk) => peer.write(`re:${chunk.toString()}`));
    const client = connect();
    client.say('early');
    await until(() => client.log.length === 2);
    client.say('late');
    await until(() => client.log.length === 3);
    expect(client.log).toEqual(['open', 'data:re:early', 'data:re:late']);
    client.pipe?.close();
  });

  it('sends what is said in one turn, in promises of any depth too, as one write', async () => {
    let heard = '';
    onPeer = (peer) => peer.on('data', (chunk) => (heard += chunk.toString()));
    const client = connect();
    await until(() => client.log.length === 1);
    const writes = countWrites();
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        client.say('a');
        process.nextTick(() => {
          client.say('b');
        });
        void (async () => {
          for (let hop = 0; hop < 20; hop++) await Promise.resolve();
          client.say('c');
          resolve();
        })();
      });
    });
    await until(() => heard.length === 3);
    expect(heard).toBe('abc');
    expect(writes.count).toBe(1);
    client.pipe?.close();
  });

  it('reads into one buffer, so that a chunk is valid only during the call', async () => {
    onPeer = (peer) => peer.on('data', (chunk) => peer.write(chunk));
    const client = connect();
    const kept: Uint8Array[] = [];
    const onData = client.onData.bind(client);
    client.onData = (chunk) => {
      kept.push(chunk);
      onData(chunk);
    };
    client.say('one');
    await until(() => kept.length === 1);
    client.say('two');
    await until(() => kept.length === 2);
    expect(kept[0]?.buffer).toBe(kept[1]?.buffer);
    expect(client.received).toBe('onetwo');
    client.pipe?.close();
  });

  it('hears nothing more once it has closed', async () => {
    onPeer = (peer) => peer.on('data', () => peer.write('answer'));
    const client = connect();
    await until(() => client.log.length === 1);
    client.say('question');
    client.pipe?.close();
    client.pipe?.close();
    await until(() => peers[0]?.readableEnded === true);
    peers[0]?.end();
    await until(() => peers[0]?.destroyed === true);
    expect(client.log).toEqual(['open']);
  });

  it('sends what is left when it closes, however much it is', async () => {
    let heard = 0;
    onPeer = (peer) =>
      peer.on('data', (chunk) => (heard += chunk.length)).on('end', () => peer.end());
    const client = connect({ closeGraceMs: 10_000 });
    await until(() => client.log.length === 1);
    client.say(new Uint8Array(20_000_000));
    client.pipe?.close();
    await until(() => peers[0]?.destroyed === true);
    expect(heard).toBe(20_000_000);
  });

  it('destroys the socket when the peer does not close its side in time', async () => {
    const client = connect({ closeGraceMs: 20 });
    await until(() => client.log.length === 1 && peers.length === 1);
    client.pipe?.close();
    let broken = false;
    peers[0]?.on('error', () => (broken = true));
    // The peer never ends: what it goes on writing meets a socket that is gone.
    await until(() => {
      peers[0]?.write('more');
      return broken;
    });
    expect(client.log).toEqual(['open']);
  });

  it('takes the end of the peer as the end of the pipe, and still sends what was said', async () => {
    let heard = '';
    onPeer = (peer) => {
      peer.on('data', (chunk) => (heard += chunk.toString()));
      peer.end('bye');
    };
    const client = connect();
    const onData = client.onData.bind(client);
    client.onData = (chunk) => {
      onData(chunk);
      client.say('last words');
    };
    await until(() => client.log.length === 3);
    expect(client.log).toEqual(['open', 'data:bye', 'close:']);
    await until(() => peers[0]?.readableEnded === true);
    expect(heard).toBe('last words');
  });

  it('reports a reset once, with its cause', async () => {
    const client = connect();
    await until(() => client.log.length === 1 && peers.length === 1);
    peers[0]?.resetAndDestroy();
    await until(() => client.log.length === 2);
    expect(client.log).toEqual(['open', 'close:ECONNRESET']);
  });

  it('asks for no bytes while the peer does not read, and goes on when it does', async () => {
    onPeer = (peer) => peer.pause();
    const client = connect();
    await until(() => client.log.length === 1);
    let flushes = 0;
    client.onFlush = () => {
      flushes++;
      client.pipe?.wantWrite();
      return new Uint8Array(1_000_000);
    };
    client.pipe?.wantWrite();
    let before = -1;
    await until(() => {
      const still = before === flushes && flushes > 0;
      before = flushes;
      return still;
    });
    const stuckAt = flushes;
    // What the kernel buffers of a connection is far below this.
    expect(stuckAt).toBeLessThan(50);
    peers[0]?.on('data', () => undefined).resume();
    await until(() => flushes > stuckAt + 20);
    client.pipe?.close();
  });

  it('moves much data in both directions unharmed', async () => {
    onPeer = (peer) => peer.pipe(peer);
    const client = connect();
    const sent = Buffer.alloc(8_000_000);
    for (let i = 0; i < sent.length; i++) sent[i] = (i * 31 + (i >> 8)) & 0xff;
    for (let at = 0; at < sent.length; at += 1_000_000) {
      client.say(sent.subarray(at, at + 1_000_000));
    }
    let total = 0;
    const onData = client.onData.bind(client);
    client.onData = (chunk) => {
      total += chunk.length;
      onData(chunk);
    };
    await until(() => total >= sent.length);
    expect(Buffer.concat(client.chunks).equals(sent)).toBe(true);
    client.pipe?.close();
  });
});
