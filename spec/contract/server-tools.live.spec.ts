/** Questions to real servers by four-letter words, over TCP and TLS, beside an embedded one; and to sockets that misbehave. */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  conf,
  fourLetterWord,
  FourLetterWordError,
  isReadOnly,
  mntr,
  ruok,
  serverVersion,
  srvr,
  zookeeper,
} from '../../src/index.js';
import { type ManagedServer, startServer, startZooKeeper } from '../../src/testing/index.js';
import { describeLive } from '../support/live.js';

const limitMs = 120_000;
const generous = { timeoutMs: 60_000 };

/** Reason and message of the error. */
async function refusal(question: PromiseLike<unknown>): Promise<readonly [string, string]> {
  const error: unknown = await question.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(FourLetterWordError);
  // Its class was looked at.
  const { reason, message } = error as FourLetterWordError;
  return [reason, message];
}

// A secure port that is asked without TLS hangs up after ten seconds.
jest.setTimeout(limitMs);

describeLive('a real server, asked by TCP and by TLS', () => {
  let server: ManagedServer;
  let tls: { readonly ca: string; readonly cert: string; readonly key: string };

  beforeAll(async () => {
    server = await startZooKeeper({ tls: { clientAuth: 'need' }, tickMs: 500 });
    const { ca, cert, key } = server.tls;
    tls = { ca, cert, key };
    await using zk = zookeeper(server.hosts);
    await zk.create('/tools', 'data');
  }, limitMs);

  afterAll(() => server.close(), limitMs);

  it('tells the same both ways', async () => {
    const secure = { ...generous, tls };
    const release = server.version;
    expect(await serverVersion(server.hosts, generous)).toMatchObject({ release });
    expect(await serverVersion(server.secureHosts, secure)).toMatchObject({ release });
    const status = await srvr(server.secureHosts, secure);
    expect(status).toMatchObject({ mode: 'standalone', nodeCount: 6 });
    expect(status.zxid).toBeGreaterThan(1n);
    expect(await isReadOnly(server.hosts, generous)).toBe(false);
    expect(await isReadOnly(server.secureHosts, secure)).toBe(false);
    expect(await ruok(server.hosts, generous)).toBe(true);
    expect((await conf(server.secureHosts, secure)).get('tickTime')).toBe(500);
  });

  it('gives each line of mntr a name', async () => {
    const text = await fourLetterWord(server.hosts, 'mntr', generous);
    const figures = await mntr(server.hosts, generous);
    const names = text
      .split('\n')
      .flatMap((line) => line.split('\t', 1))
      .filter(Boolean);
    expect(names.length).toBeGreaterThan(50);
    expect([...figures.keys()]).toEqual(names);
    expect(figures.get('zk_znode_count')).toBe(6);
    expect(figures.get('zk_server_state')).toBe('standalone');
    const texts = [...figures].filter(([, value]) => typeof value === 'string');
    const words = texts.filter(([, value]) => value !== 'NaN').map(([name]) => name);
    expect(words).toEqual(['zk_version', 'zk_server_state']);
  });

  it('answers far more than 8 KiB', async () => {
    const zk = zookeeper(server.hosts, { idleGraceMs: Infinity });
    const paths = Array.from(
      { length: 600 },
      (_, i) => `/tools/a-long-name-for-a-znode-${String(i)}`,
    );
    const subscriptions = paths.map((path) => zk.exists$(path).subscribe());
    await zk.sync('/');
    const text = await fourLetterWord(server.secureHosts, 'wchp', { ...generous, tls });
    expect(text.length).toBeGreaterThan(16_384);
    expect(paths.filter((path) => !text.includes(`${path}\n`))).toEqual([]);
    for (const subscription of subscriptions) subscription.unsubscribe();
    await zk.close();
  });

  it('is spoken to in the wrong way', async () => {
    expect((await refusal(fourLetterWord(server.hosts, 'srvr', { ...generous, tls })))[0]).toBe(
      'no-tls',
    );
    const [reason, message] = await refusal(fourLetterWord(server.secureHosts, 'srvr', generous));
    expect(['closed', 'tls-only']).toContain(reason);
    expect(message).toContain('TLS');
    const { ca } = tls;
    const unknown = fourLetterWord(server.secureHosts, 'srvr', { ...generous, tls: { ca } });
    expect(['closed', 'certificate-refused']).toContain((await refusal(unknown))[0]);
    const { cert, key } = tls;
    const stranger = srvr(server.secureHosts, { ...generous, tls: { cert, key } });
    expect((await refusal(stranger))[0]).toBe('untrusted');
    const hasty = await refusal(srvr(server.secureHosts, { timeoutMs: 1000 }));
    expect(hasty[0]).toBe('timeout');
    expect(hasty[1]).toContain('does the port want TLS (option tls)?');
  });
});

describeLive('a real server that answers srvr only, as it does by default', () => {
  it(
    'is told apart from one that is down',
    async () => {
      const server = await startZooKeeper({ properties: { '4lw.commands.whitelist': 'srvr' } });
      expect((await serverVersion(server.hosts, generous)).release).toBe(server.version);
      for (const question of [mntr, isReadOnly, ruok, conf]) {
        const [reason, message] = await refusal(question(server.hosts, generous));
        expect(reason).toBe('not-allowed');
        expect(message).toMatch(/4lw\.commands\.whitelist=(?:mntr|isro|ruok|conf) in zoo\.cfg/);
      }
      await server.close();
      expect((await refusal(srvr(server.hosts, generous)))[0]).toBe('refused');
    },
    limitMs,
  );
});

describe('a socket that misbehaves', () => {
  let server: Server;
  const sockets = new Set<Socket>();

  async function listen(talk: (socket: Socket) => void): Promise<string> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      talk(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // It listens on a port.
    return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is given up when it hangs', async () => {
    const host = await listen((socket) => socket.resume());
    const [reason, message] = await refusal(mntr(host, { timeoutMs: 200 }));
    expect(reason).toBe('timeout');
    expect(message).toContain(
      `mntr of ${host}: connected, but no answer within 200 ms (timeoutMs)`,
    );
  });

  it('is given up when it hangs in the handshake of TLS', async () => {
    const host = await listen((socket) => socket.resume());
    const [reason, message] = await refusal(mntr(host, { timeoutMs: 200, tls: {} }));
    expect(reason).toBe('timeout');
    expect(message).toBe(`mntr of ${host}: no connection within 200 ms (timeoutMs)`);
  });

  it('is given up when it closes at once', async () => {
    const host = await listen((socket) => socket.end());
    expect((await refusal(srvr(host, generous)))[0]).toBe('closed');
  });

  it('is left when it goes on for ever', async () => {
    const host = await listen((socket) => {
      const block = Buffer.alloc(65_536, 'x');
      const pour = (): void => {
        while (!socket.destroyed && socket.write(block));
      };
      socket.on('drain', pour);
      pour();
    });
    const options = { ...generous, maxBytes: 1_000_000 };
    expect((await refusal(fourLetterWord(host, 'cons', options)))[0]).toBe('too-large');
    // It is not read from any more, and closed soon.
    await new Promise<void>((resolve) => {
      const [socket] = sockets;
      if (socket === undefined) resolve();
      else
        socket.on('close', () => {
          resolve();
        });
    });
  });

  it('is not believed to be a server because it answers', async () => {
    const host = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await refusal(srvr(host, generous)))[0]).toBe('unreadable');
  });
});

describe('an embedded server on a port', () => {
  it('is asked like a real one', async () => {
    await using server = await startServer({ version: '3.5.9' });
    expect((await serverVersion(server.hosts, generous)).atLeast('3.6')).toBe(false);
    expect((await mntr(server.hosts, generous)).get('zk_num_alive_connections')).toBe(1);
  });
});
