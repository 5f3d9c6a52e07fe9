/**
 * No secret can be seen in what a program may log of a client of real servers: in errors, reports, states, requests, streams,
 * sessions and the client itself, however deep they are printed, when all goes well and when it fails in every way.
 */

import {
  acl,
  AuthFailedError,
  BadVersionError,
  ConnectionLossError,
  create,
  fourLetterWord,
  FourLetterWordError,
  InvalidAclError,
  LockLostError,
  lock$,
  NoAuthError,
  NodeExistsError,
  type SaslOption,
  SchemaViolationError,
  SessionClosedError,
  type SessionState,
  TimeoutError,
  type TlsOptions,
  TransactionError,
  type ZooKeeper,
  zookeeper,
} from '../../src/index.js';
import { type ManagedServer, startZooKeeper } from '../../src/testing/index.js';
import { type Certificate } from '../../src/testing/real/certificates.js';
import { describeLive } from '../support/live.js';
import { until } from './support/recording.js';
import { addedCredential, saslUsers, Vault } from './support/vault.js';

const limitMs = 120_000;
const hers = acl.digest('carol', 'hush-hush-2');
const his = acl.digest('dave', 'open-sesame-3');

describeLive('the secrets of a client of a real server', () => {
  const logged: unknown[] = [];
  let server: ManagedServer;
  let stranger: Certificate;
  let vault: Vault;

  beforeAll(async () => {
    server = await startZooKeeper({ tls: { clientAuth: 'need' }, saslUsers, relay: true });
    stranger = await (await server.certificates.stranger()).issue({ commonName: 'stranger' });
    for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
      jest.spyOn(console, method).mockImplementation((...args) => void logged.push(args));
    }
  }, limitMs);

  beforeEach(() => {
    logged.length = 0;
    vault = new Vault(server.tls);
  });

  afterEach(() => {
    server.relay.restore();
    expect(vault.things.size).toBeGreaterThan(8);
    expect(vault.found()).toEqual([]);
    expect(logged).toEqual([]);
  }, limitMs);

  afterAll(async () => {
    jest.restoreAllMocks();
    await server.close();
  }, limitMs);

  /** What must err, with what. */
  async function refused(
    type: abstract new (...args: never[]) => Error,
    request: PromiseLike<unknown>,
  ): Promise<void> {
    expect(await vault.outcome(type.name, request)).toBeInstanceOf(type);
  }

  /** Keeps all that the client tells of itself. */
  function follow(zk: ZooKeeper) {
    const states = vault.follow('states', zk.state$);
    return { states, requests: vault.follow('requests', zk.requests$) };
  }

  async function granted(name: string, request: PromiseLike<unknown>): Promise<void> {
    expect(await vault.outcome(name, request)).toBeUndefined();
  }

  async function settle(zk: ZooKeeper, status: SessionState['status']): Promise<void> {
    await until(status, () => zk.state.status === status, 60_000);
    vault.keep(`the client, ${status}`, zk);
    vault.keep(`the state, ${status}`, zk.state);
  }

  it.each(['options', 'functions'] as const)(
    'are not seen while all goes well, or the server refuses something, with credentials from %s',
    async (how) => {
      await using zk = zookeeper(`${server.secureHosts}/${how}`, vault[how]);
      vault.keep('the client before it is opened', zk);
      const { requests } = follow(zk);
      await granted('addAuth', zk.addAuth('digest', addedCredential));
      await granted('root', zk.ensurePath('/'));
      await granted('create', zk.create('/a', 'x', { acl: hers }));
      vault.watch('client', zk);
      expect((await zk.whoAmI()).map(({ scheme }) => scheme).sort()).toEqual([
        ...['digest', 'digest', 'ip', 'sasl', 'x509'],
      ]);
      const data = vault.follow('data', zk.data$('/a'));
      vault.follow('lock', lock$(zk, '/lock'));
      await data.count(1);
      await refused(NodeExistsError, zk.create('/a', 'x', { acl: his }));
      await refused(BadVersionError, zk.setAcl('/a', his, { version: 7 }));
      await refused(InvalidAclError, zk.setAcl('/a', [...his, { ...his[0], id: 'open' }] as never));
      const bad = zk.transaction([
        create('/b', 'x', { acl: his }),
        create('/a', 'x', { acl: hers }),
      ]);
      await refused(TransactionError, bad);
      const rules = [{ path: '/c', acl: () => 'hers only' }];
      const view = zk.namespace('/', { schema: { rules } });
      await refused(SchemaViolationError, view.create('/c', 'x', { acl: his }));
      expect(requests.values.map(({ operation }) => operation)).toContain('setAcl');
      await zk.close();
      await refused(SessionClosedError, zk.setAcl('/a', his));
      await using eve = zookeeper(`${server.hosts}/${how}`);
      await refused(NoAuthError, eve.setAcl('/a', his));
      await refused(NoAuthError, eve.get('/a'));
    },
    limitMs,
  );

  it(
    'are not seen when connections and sessions are lost, nor of a session that is taken over',
    async () => {
      await using zk = zookeeper(server.secureHosts, vault.functions);
      follow(zk);
      const lock = vault.follow('lock', lock$(zk, '/loss/lock'));
      await lock.count(1);
      vault.watch('client', zk);
      server.relay.holdReplies();
      const lost = vault.follow('write', zk.create('/loss/a', 'x', { acl: hers }));
      vault.keep('the client, with a write under way', zk);
      vault.keep('the write under way', lost);
      await refused(TimeoutError, zk.get('/loss', { timeoutMs: 200 }));
      server.relay.refuse();
      expect(await lost.failure()).toBeInstanceOf(ConnectionLossError);
      await settle(zk, 'suspended');
      const cause = (): unknown => (zk.state.status === 'suspended' ? zk.state.cause : undefined);
      await until('an attempt to fail', () => cause() !== undefined);
      vault.keep('the cause', cause());
      await refused(TimeoutError, zk.setAcl('/loss', hers, { timeoutMs: 100 }));
      const session = zk.session?.serialize() ?? '';
      await server.expireSession(zk);
      server.relay.restore();
      expect(await lock.failure()).toBeInstanceOf(LockLostError);
      await zk.exists('/');
      // It is over, and so is refused, to the one who was to take it over.
      await using heir = zookeeper(server.secureHosts, { ...vault.options, session });
      const states = vault.follow('states of the heir', heir.state$);
      const over = await states.value('its end', ({ status }) => status === 'lost');
      expect(over).toMatchObject({ cause: { reason: 'no-session' } });
      await heir.exists('/');
      vault.watch('heir', heir);
    },
    limitMs,
  );

  it.each<[string, () => SaslOption]>([
    ['is wrong', () => ({ ...vault.sasl, password: 'hush-hush-2' })],
    // What a caller without types may give.
    ['is misspelt', () => () => ({ ...vault.sasl, passwort: saslUsers.bob })],
    ['is none', () => () => saslUsers.bob as never],
  ])('are not seen when the login %s', async (_, sasl) => {
    await using zk = zookeeper(server.secureHosts, { ...vault.functions, sasl: sasl() });
    follow(zk);
    await refused(AuthFailedError, zk.create('/x', 'x', { acl: hers }));
    expect(zk.state).toMatchObject({ status: 'authFailed', scheme: 'sasl' });
    vault.keep('cause', Reflect.get(zk.state, 'cause'));
    vault.watch('client', zk);
  });

  it('are not seen when a scheme is unknown to the server', async () => {
    await using zk = zookeeper(server.secureHosts, vault.options);
    follow(zk);
    await zk.exists('/');
    vault.watch('client', zk);
    await refused(AuthFailedError, zk.addAuth('unheard-of', addedCredential));
    await refused(AuthFailedError, zk.setAcl('/', his));
    vault.keep('the client, refused', zk);
  });

  it.each<[string, () => TlsOptions, string]>([
    ['a wrong passphrase', () => ({ ...vault.tls, passphrase: 'wrong' }), 'options'],
    ["a key that is another's", () => ({ ...vault.tls, key: stranger.key }), 'options'],
    ['no trust', () => ({ ...vault.tls, ca: stranger.ca }), 'untrusted'],
    ['no certificate', () => ({ ca: server.tls.ca }), 'certificate-refused'],
    // What a caller without types may give.
    [
      'a misspelt option',
      () => ({ ...vault.tls, password: vault.tls.passphrase }) as never,
      'options',
    ],
  ])('are not seen when TLS fails for %s', async (_, options, reason) => {
    const tls = options();
    await using zk = zookeeper(server.secureHosts, { ...vault.options, tls: () => tls });
    const { states } = follow(zk);
    await until('an attempt to fail', () => Reflect.has(zk.state, 'cause'), 60_000);
    expect(zk.state).toMatchObject({ status: 'connecting', cause: { reason } });
    await refused(TimeoutError, zk.setAcl('/', hers, { timeoutMs: 100 }));
    await refused(
      FourLetterWordError,
      fourLetterWord(server.secureHosts, 'srvr', { tls: () => tls }),
    );
    vault.watch('client', zk);
    vault.keep('states', states.values);
  });
});
