/** The option `tls`, with an embedded server behind a TLS server of node:tls. */

import { inspect } from 'node:util';
import {
  ConnectError,
  InvalidOptionError,
  tcpTransport,
  TlsError,
  type TlsOptions,
  zookeeper,
  type ZooKeeperError,
} from '../../src/index.js';
import { type RunningServer, startServer } from '../../src/testing/index.js';
import { type Certificate } from '../../src/testing/real/certificates.js';
import { record, until } from '../contract/support/recording.js';
import { anHourAgo, describeWithOpenssl } from '../support/openssl.js';
import { refusalOf } from '../support/refusal.js';
import { type FrontOptions, type TlsFront, tlsFront } from '../support/tls-front.js';

describe('the option tls', () => {
  it.each<readonly [unknown, string]>([
    [true, 'InvalidOption tls: must be an object of options'],
    [null, 'InvalidOption tls: must be an object, not null'],
    [[], 'InvalidOption tls: must be an object of options'],
    [{ cs: 'x' }, 'InvalidOption tls.cs: there is no such option; did you mean ca?'],
    [
      { rejectUnauthorized: false },
      'InvalidOption tls.rejectUnauthorized: there is no such option',
    ],
    [{ ca: 1 }, 'InvalidOption tls.ca: must be PEM as text or bytes, or a list'],
    [{ ca: [] }, 'InvalidOption tls.ca: must be PEM as text or bytes, or a list'],
    [{ cert: 'x' }, 'InvalidOption tls.key: must be given with cert'],
    [{ key: 'x' }, 'InvalidOption tls.cert: must be given with key'],
    [{ passphrase: 'x' }, 'InvalidOption tls.passphrase: is for a key, and there is none'],
    [
      { minVersion: 'SSLv3' },
      'InvalidOption tls.minVersion: must be TLSv1.2 or TLSv1.3 (or TLSv1, TLSv1.1)',
    ],
    [{ servername: '' }, 'InvalidOption tls.servername: must be a text'],
    [{ checkServerIdentity: false }, 'InvalidOption tls.checkServerIdentity: must be a function'],
    [{ ciphers: 'NO-SUCH' }, expect.stringMatching(/^InvalidOption tls: .*no cipher match/)],
    [{ cert: 'x', key: 'hush' }, expect.stringMatching(/^InvalidOption tls: (?!.*hush)/)],
  ])('refuses %p', (tls, message) => {
    let error: unknown;
    try {
      zookeeper('localhost', { tls: tls as TlsOptions });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect((error as Error).message).toEqual(message);
  });

  it('is refused together with a transport', () => {
    const both = { tls: {}, transport: tcpTransport() };
    expect(() => zookeeper('localhost', both)).toThrow('InvalidOption tls: is for TCP');
  });
});

describeWithOpenssl('a client with tls', (authority) => {
  const fronts: TlsFront[] = [];
  let server: RunningServer;
  let good: Certificate;
  let plainPort: number;

  beforeAll(async () => {
    [server, good] = await Promise.all([
      startServer(),
      authority().issue({ commonName: 'localhost' }),
    ]);
    plainPort = Number(server.hosts.split(':')[1]);
  });

  afterEach(async () => {
    await Promise.all(fronts.splice(0).map((front) => front.close()));
  });

  afterAll(() => server.stop());

  async function listen(options: FrontOptions = good): Promise<TlsFront> {
    const front = await tlsFront({ target: plainPort, ...options });
    fronts.push(front);
    return front;
  }

  it('has a session like any other, which survives its connection', async () => {
    const front = await listen();
    await using zk = zookeeper(front.hosts, { tls: { ca: good.ca } });
    const states = record(zk.state$);
    const data = record(zk.data$('/live'));
    await zk.create('/live', 'x'.repeat(500_000), { mode: 'ephemeral' });
    server.dropConnections(zk);
    await states.count(4);
    expect(states.values.map(({ status }) => status)).toEqual([
      ...['connecting', 'connected', 'suspended', 'connected'],
    ]);
    expect(states.values[2]).toMatchObject({ cause: { name: 'ConnectError', reason: 'lost' } });
    await zk.set('/live', 'y');
    await data.settles('the last value', (value) => value?.length === 1);
    expect((await zk.get('/live')).stat.ephemeralOwner).toBe(zk.session?.id);
  });

  it.each(['expired', 'not-yet-valid', 'wrong-name', 'untrusted'] as const)(
    'refuses a man in the middle whose certificate is %s, and tells him nothing',
    async (reason) => {
      const stranger = await authority().stranger();
      const signer = reason === 'untrusted' ? stranger : authority();
      const certificate = await signer.issue({
        commonName: 'localhost',
        ...{
          expired: { notAfter: anHourAgo() },
          'not-yet-valid': { notBefore: new Date(Date.now() + 3_600_000) },
          'wrong-name': { hosts: ['elsewhere.test'] },
          untrusted: {},
        }[reason],
      });
      const front = await listen(certificate);
      const error = await refusalOf(front.hosts, { tls: { ca: good.ca } });
      expect(error).toBeInstanceOf(TlsError);
      expect(error).toMatchObject({ reason, server: front.hosts });
      expect(front.heardBytes).toBe(0);
    },
  );

  it('is told that a port does not speak TLS, and without tls that a port speaks nothing else', async () => {
    const front = await listen();
    const plain = `localhost:${String(plainPort)}`;
    expect(await refusalOf(plain, { tls: { ca: good.ca } })).toMatchObject({
      ...{ name: 'TlsError', reason: 'no-tls' },
    });
    const reversed = await refusalOf(front.hosts);
    expect(['tls-only', 'closed']).toContain(reversed.reason);
    expect(reversed.message).toMatch(/option tls/);
  });

  it('is told that its certificate is not taken', async () => {
    const front = await listen({ ...good, requestCert: true, rejectUnauthorized: true });
    const none = await refusalOf(front.hosts, { tls: { ca: good.ca } });
    const strange = await (await authority().stranger()).issue({ commonName: 'client' });
    const wrong = await refusalOf(front.hosts, { tls: { ...strange, ca: good.ca } });
    for (const error of [none, wrong]) {
      expect(['certificate-refused', 'closed']).toContain(error.reason);
      expect(error.message).toMatch(/tls\.cert/);
    }
  });

  it('asks its function on every connect, goes on when it fails, and quotes no secret', async () => {
    const front = await listen({ ...good, requestCert: true, rejectUnauthorized: true });
    const reports: ZooKeeperError[] = [];
    const [first, second] = await Promise.all(
      ['first', 'second'].map((commonName) => authority().issue({ commonName })),
    );
    let give = (): TlsOptions => {
      throw new Error('the vault is sealed, token hush');
    };
    await using zk = zookeeper(front.hosts, {
      tls: () => Promise.resolve().then(give),
      reconnect: { maxDelayMs: 100 },
      onReport: (error) => reports.push(error),
    });
    const states = record(zk.state$);
    await until('two failures', () => reports.length > 1);
    expect(reports[0]).toMatchObject({ name: 'TlsError', reason: 'options' });
    expect(reports[0]?.message).not.toContain('hush');
    expect(inspect(zk, { depth: 10 })).not.toContain('PRIVATE KEY');
    for (const options of [first, second]) {
      give = () => options as TlsOptions;
      if (zk.state.status === 'connected') server.dropConnections(zk);
      const count = front.shown.length;
      await until('a connection', () => front.shown.length > count);
      await states.settles('a session', ({ status }) => status === 'connected');
    }
    expect(front.shown.filter((name) => name !== undefined)).toEqual(['first', 'second']);
  });

  it('reads a key that is encrypted, and refuses a wrong passphrase without quoting it', async () => {
    const { createPrivateKey } = await import('node:crypto');
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'hush' };
    const key = createPrivateKey(good.key)
      .export({ type: 'pkcs8', format: 'pem', ...cipher })
      .toString();
    const front = await listen({ ...good, requestCert: true, rejectUnauthorized: true });
    await using zk = zookeeper(front.hosts, { tls: { ...good, key, passphrase: 'hush' } });
    expect(await zk.exists('/')).not.toBeNull();
    expect(inspect(zk, { depth: 10, showHidden: true })).not.toContain('hush');
    const wrong = () => zookeeper(front.hosts, { tls: { ...good, key, passphrase: 'shush' } });
    expect(wrong).toThrow(/^InvalidOption tls: (?!.*shush)/);
  });
});

describe('a client that reaches nobody', () => {
  it('says why: a name without address, a refused connection, a server that hangs up, one that is silent', async () => {
    const { plainServer } = await import('../transport/plain-server.js');
    const closing = await plainServer((peer) => peer.once('data', () => peer.end()));
    const silent = await plainServer(() => undefined);
    const babbling = await plainServer((peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const at = ({ port }: { port: number }) => `127.0.0.1:${String(port)}`;
    const wait = { connectTimeoutMs: 50 };
    try {
      expect(await refusalOf(at(closing))).toMatchObject({ reason: 'closed' });
      expect(await refusalOf(at(babbling))).toMatchObject({ reason: 'garbage' });
      expect(await refusalOf(at(silent), wait)).toMatchObject({ reason: 'timeout' });
      expect(await refusalOf(at(silent), { ...wait, tls: {} })).toMatchObject({
        reason: 'timeout',
      });
      const lookup = () => Promise.resolve([]);
      const nameless = await refusalOf('zk1.test', { transport: tcpTransport({ lookup }) });
      expect(nameless).toMatchObject({ reason: 'unknown-name', server: 'zk1.test:2181' });
    } finally {
      await Promise.all([closing, silent, babbling].map((server) => server.close()));
    }
    expect(await refusalOf(at(closing))).toMatchObject({ reason: 'refused' });
    expect(await refusalOf(at(closing), { tls: {} })).toMatchObject({ reason: 'refused' });
  });

  it('shows a late observer the newest cause, and forgets it when there is a connection', async () => {
    const reports: ZooKeeperError[] = [];
    const server = await startServer();
    const port = Number(server.hosts.split(':')[1]);
    await server.stop();
    await using zk = zookeeper(server.hosts, {
      reconnect: { maxDelayMs: 100 },
      onReport: (error) => {
        reports.push(error);
        throw new Error('an observer that throws');
      },
    });
    const thrown: unknown[] = [];
    const { config } = await import('rxjs');
    config.onUnhandledError = (error) => thrown.push(error);
    try {
      zk.state$.subscribe();
      await until('two attempts', () => reports.length > 1);
      const late = record(zk.state$);
      expect(late.values).toMatchObject([{ status: 'connecting', cause: { reason: 'refused' } }]);
      expect(reports[0]).toBeInstanceOf(ConnectError);
      await using again = await startServer({ port });
      await late.settles('a connection', ({ status }) => status === 'connected');
      expect('cause' in zk.state).toBe(false);
      expect(again.hosts).toBe(server.hosts);
      await zk.close();
    } finally {
      config.onUnhandledError = null;
    }
    expect(thrown.length).toBeGreaterThan(1);
  });
});
