/** TLS with real servers: who is trusted, what is refused, and that everything works over it. */

import {
  acl,
  NoAuthError,
  permissions,
  TlsError,
  type TlsOptions,
  zookeeper,
  type ZooKeeperError,
} from '../../src/index.js';
import { type ManagedServer, startZooKeeper } from '../../src/testing/index.js';
import { type Certificate } from '../../src/testing/real/certificates.js';
import { describeLive } from '../support/live.js';
import { openSocketsTo, portsOf } from '../support/open-sockets.js';
import { anHourAgo } from '../support/openssl.js';
import { refusalOf } from '../support/refusal.js';
import { type TlsFront, tlsFront } from '../support/tls-front.js';
import { secure } from './support/real-target.js';
import { expectFailure, record, until } from './support/recording.js';
import { describeLiveReads } from './suite/live-reads.js';
import { describeSessions } from './suite/sessions.js';
import { useTarget } from './suite/target.js';
import { describeTransactions } from './suite/transactions.js';

const limitMs = 120_000;

describeLive('a real server over TLS', () => {
  describe('that everything is asked of', () => {
    const target = useTarget(secure);
    describeSessions(target);
    describeTransactions(target);
    describeLiveReads(target);
  });
});

describeLive('a real server that wants certificates', () => {
  const fronts: TlsFront[] = [];
  let server: ManagedServer;
  let plainPort: number;
  let ca: string;

  beforeAll(async () => {
    server = await startZooKeeper({ tls: { clientAuth: 'need' } });
    plainPort = server.port;
    ({ ca } = server.tls);
  }, limitMs);

  afterEach(async () => {
    const frontPorts = fronts.map(({ port }) => port);
    await Promise.all(fronts.splice(0).map((front) => front.close()));
    const ports = [...frontPorts, ...[server.hosts, server.secureHosts].flatMap(portsOf)];
    await until('all sockets to be gone', () => openSocketsTo(ports) === 0);
  });

  afterAll(() => server.close(), limitMs);

  function client(tls: TlsOptions) {
    return zookeeper(server.secureHosts, { tls });
  }

  function issue(commonName: string): Promise<Certificate> {
    return server.certificates.issue({ commonName });
  }

  it('knows who shows one, and keeps what is theirs for them', async () => {
    const [alice, bob] = await Promise.all([issue('alice'), issue('bob')]);
    await using zk = client(alice);
    expect(await zk.whoAmI()).toContainEqual({ scheme: 'x509', user: 'CN=alice' });
    // What is looked for after each test can be seen.
    expect(openSocketsTo(portsOf(server.secureHosts))).toBe(1);
    await zk.create('/alice', 'hers', { acl: acl.x509('CN=alice') });
    expect((await zk.getAcl('/alice')).acl).toEqual(acl.x509('CN=alice'));
    await zk.set('/alice', 'still hers');
    await using other = client(bob);
    const denied = await expectFailure(other.get('/alice'), NoAuthError, 'NoAuth: get /alice');
    expect(denied.path).toBe('/alice');
    await zk.setAcl('/alice', [...acl.x509('CN=alice'), ...acl.x509('CN=bob', permissions.read)]);
    expect((await other.get('/alice')).data).toHaveLength(10);
    await expectFailure(other.set('/alice', ''), NoAuthError, 'NoAuth: set /alice');
    await using plain = zookeeper(server.hosts);
    await expectFailure(plain.get('/alice'), NoAuthError, 'NoAuth: get /alice');
    await zk.create('/hers', null, { acl: acl.creatorAll });
    expect((await zk.getAcl('/hers')).acl).toEqual(acl.x509('CN=alice'));
  });

  it('does not take a client without a certificate, with a strange one, or with one that has expired', async () => {
    const stranger = await (await server.certificates.stranger()).issue({ commonName: 'client' });
    const expired = await server.certificates.issue({
      ...{ commonName: 'client', notAfter: anHourAgo() },
    });
    for (const tls of [{ ca }, { ...stranger, ca }, expired]) {
      const error = await refusalOf(server.secureHosts, { tls });
      expect(error).toMatchObject({ name: 'TlsError', reason: 'certificate-refused' });
      expect(error.message).toContain('tls.cert');
    }
  });

  it('is refused where its authority is not trusted', async () => {
    const stranger = await server.certificates.stranger();
    const own = await issue('client');
    for (const tls of [
      { ...own, ca: stranger.ca },
      { cert: own.cert, key: own.key },
    ]) {
      const error = await refusalOf(server.secureHosts, { tls });
      expect(error).toBeInstanceOf(TlsError);
      expect(error).toMatchObject({ reason: 'untrusted' });
    }
  });

  it('is told from a man in the middle, who hears nothing', async () => {
    const own = await issue('client');
    const stranger = await (await server.certificates.stranger()).issue({ commonName: 'x' });
    // Even a certificate of the same authority does not help him, if it is for another host.
    const other = await server.certificates.issue({ commonName: 'x', hosts: ['elsewhere.test'] });
    for (const [shown, reason] of [
      [stranger, 'untrusted'],
      [other, 'wrong-name'],
    ] as const) {
      const front = await tlsFront({ cert: shown.cert, key: shown.key, target: plainPort });
      fronts.push(front);
      expect(await refusalOf(front.hosts, { tls: own })).toMatchObject({ reason });
      expect(front.heardBytes).toBe(0);
    }
    const honest = await tlsFront({ ...(await issue('x')), target: plainPort });
    fronts.push(honest);
    await using zk = zookeeper(honest.hosts, { tls: own });
    expect(await zk.exists('/')).not.toBeNull();
    expect(honest.heardBytes).toBeGreaterThan(0);
  });

  it('is found again, with the session, when the man in the middle has gone', async () => {
    const reasons: unknown[] = [];
    const honest = await issue('x');
    const stranger = await (await server.certificates.stranger()).issue({ commonName: 'x' });
    const front = await tlsFront({ ...honest, target: plainPort });
    fronts.push(front);
    await using zk = zookeeper(front.hosts, {
      ...{ tls: await issue('client'), reconnect: { maxDelayMs: 50 }, idleGraceMs: Infinity },
      onReport: (error) => reasons.push(Reflect.get(error, 'reason')),
    });
    const states = record(zk.state$);
    await zk.create('/held', 'x', { mode: 'ephemeral' });
    const { id } = zk.session ?? {};
    front.show(stranger);
    const heard = front.heardBytes;
    front.cut();
    await until(
      'some refusals',
      () => reasons.filter((reason) => reason === 'untrusted').length > 2,
    );
    expect(zk.state).toMatchObject({ status: 'suspended', cause: { reason: 'untrusted' } });
    expect(front.heardBytes).toBe(heard);
    front.show(honest);
    expect((await zk.exists('/held'))?.ephemeralOwner).toBe(id);
    const statuses = states.values.map(({ status }) => status);
    expect(statuses).toEqual(['connecting', 'connected', 'suspended', 'connected']);
  });

  it('is spoken to by the terms of the options, or not at all', async () => {
    const own = await issue('client');
    const asked: string[] = [];
    const checkServerIdentity = (host: string) => {
      asked.push(host);
      return asked.length > 1 ? new Error('not that one') : undefined;
    };
    const ciphers = 'ECDHE-ECDSA-AES256-GCM-SHA384';
    const terms = { minVersion: 'TLSv1.2', ciphers } as const;
    await using zk = client({ ...own, ...terms, checkServerIdentity });
    expect(await zk.whoAmI()).toContainEqual({ scheme: 'x509', user: 'CN=client' });
    expect(
      await refusalOf(server.secureHosts, { tls: { ...own, checkServerIdentity } }),
    ).toMatchObject({ name: 'TlsError' });
    expect(asked).toEqual(['127.0.0.1', '127.0.0.1']);
    // The server speaks 1.2 at most, and its key is none for this cipher.
    for (const more of [
      { minVersion: 'TLSv1.3' },
      { ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' },
    ] as const) {
      expect(await refusalOf(server.secureHosts, { tls: { ...own, ...more } })).toMatchObject({
        name: 'TlsError',
      });
    }
  });

  it('is said to have no TLS on its plain port, and to want it on the other', async () => {
    const reversed = await refusalOf(server.secureHosts);
    const plain = await refusalOf(server.hosts, { tls: await issue('client') });
    expect(plain).toMatchObject({ name: 'TlsError', reason: 'no-tls' });
    // Its answer is the end of the connection, which a server without quorum gives too.
    expect(reversed).toMatchObject({ name: 'ConnectError', reason: 'closed' });
    expect(reversed.message).toContain('option tls');
  });

  it(
    'takes the next certificate on the next connect, when the function gives one',
    async () => {
      const reports: ZooKeeperError[] = [];
      const stranger = await (await server.certificates.stranger()).issue({ commonName: 'old' });
      let current: Certificate = { ...stranger, ca };
      let asked = 0;
      await using zk = zookeeper(server.secureHosts, {
        tls: () => {
          asked++;
          return Promise.resolve(current);
        },
        reconnect: { maxDelayMs: 100 },
        onReport: (error) => reports.push(error),
      });
      const identities = record(zk.state$);
      await until('two refusals', () => reports.length > 1);
      expect(asked).toBeGreaterThan(1);
      current = await issue('first');
      expect(await zk.whoAmI()).toContainEqual({ scheme: 'x509', user: 'CN=first' });
      current = await issue('second');
      await server.restart();
      await identities.settles('a new connection', ({ status }) => status === 'connected');
      await until('the other identity', async () =>
        (await zk.whoAmI()).some(({ user }) => user === 'CN=second'),
      );
    },
    limitMs,
  );
});

describeLive('a real server with a wrong certificate', () => {
  it.each([
    ['expired', { notAfter: anHourAgo() }],
    ['wrong-name', { hosts: ['elsewhere.test'] }],
  ] as const)(
    'that is %s is refused',
    async (reason, certificate) => {
      await using server = await startZooKeeper({ tls: { clientAuth: 'none', certificate } });
      const tls = { ca: server.tls.ca };
      expect(await refusalOf(server.secureHosts, { tls })).toMatchObject({ reason });
      if (reason !== 'wrong-name') return;
      const named = { ...tls, servername: 'elsewhere.test' };
      await using zk = zookeeper(server.secureHosts, { tls: named });
      expect(await zk.exists('/')).not.toBeNull();
    },
    limitMs,
  );
});
