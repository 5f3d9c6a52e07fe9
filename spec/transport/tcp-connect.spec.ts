/** How TCP pipes open, or do not: names, addresses, refusals. */
import { type Socket } from 'node:net';
import { tcpTransport, type TcpOptions } from '../../src/transport/tcp.js';
import { plainServer, type PlainServer } from './plain-server.js';
import { Recorder, until } from './recorder.js';

describe('tcpTransport, connecting', () => {
  let server: PlainServer;
  let peers: readonly Socket[];
  let port: number;

  beforeEach(async () => {
    server = await plainServer(() => undefined);
    ({ peers, port } = server);
  });

  afterEach(async () => {
    await server.close();
  });

  function connect(options: TcpOptions & { host?: string; to?: number } = {}): Recorder {
    const recorder = new Recorder();
    const { host = '127.0.0.1', to = port, ...rest } = options;
    recorder.pipe = tcpTransport(rest).connect({ host, port: to }, recorder);
    return recorder;
  }

  it('reports a refused connection once, with its cause', async () => {
    await server.close();
    const client = connect();
    expect(client.log).toEqual([]);
    await until(() => client.log.length > 0);
    expect(client.log).toEqual(['close:ECONNREFUSED']);
  });

  it('reports a port that cannot be, and does not throw', async () => {
    const client = connect({ to: 70_000 });
    expect(client.log).toEqual([]);
    await until(() => client.log.length > 0);
    expect(client.log).toEqual([expect.stringMatching(/^close:.*ERR_SOCKET_BAD_PORT/)]);
  });

  it('reports a name that does not resolve', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const client = connect({ host: 'nowhere', lookup });
    await until(() => client.log.length > 0);
    expect(client.log).toEqual(['close:ENOTFOUND']);
  });

  it('reports a name without addresses', async () => {
    const client = connect({ host: 'nowhere', lookup: () => Promise.resolve([]) });
    await until(() => client.log.length > 0);
    expect(client.log).toEqual(['close:ENODATA']);
  });

  it('resolves the name anew for each attempt', async () => {
    const asked: string[] = [];
    const lookup = (host: string) => {
      asked.push(host);
      return Promise.resolve(['127.0.0.1']);
    };
    const transport = tcpTransport({ lookup });
    for (let attempt = 0; attempt < 2; attempt++) {
      const client = new Recorder();
      client.pipe = transport.connect({ host: 'zk1', port }, client);
      await until(() => client.log.includes('open'));
      client.pipe.close();
    }
    expect(asked).toEqual(['zk1', 'zk1']);
  });

  it('tries the addresses of a name in random order until one answers', async () => {
    const lookup = () => Promise.resolve(['127.0.0.1', '::1']);
    // 0.99 picks the last one first, on which nobody listens.
    const client = connect({ host: 'both', lookup, random: () => 0.99 });
    await until(() => client.log.length > 0);
    expect(client.log).toEqual(['open']);
    client.pipe?.close();
  });

  it('calls no handler after close, wherever the attempt is', async () => {
    const lookups: (() => void)[] = [];
    const lookup = () =>
      new Promise<string[]>((resolve) => {
        lookups.push(() => {
          resolve(['127.0.0.1']);
        });
      });
    const resolving = connect({ host: 'slow', lookup });
    resolving.pipe?.close();
    lookups.forEach((answer) => {
      answer();
    });
    const dialling = connect();
    await Promise.resolve();
    await Promise.resolve();
    dialling.pipe?.close();
    const probe = connect();
    await until(() => probe.log.length > 0);
    probe.pipe?.close();
    await until(() => peers.every((peer) => peer.readableEnded || peer.destroyed));
    expect([...resolving.log, ...dialling.log]).toEqual([]);
  });
});
