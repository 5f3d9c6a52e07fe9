/**
 * Who is refused by a real server, or refuses it, is told so with the right error, tries no more where that is final and on
 * where it is not, hears and says nothing more after `close`, and leaves nothing: no socket, no timer, no listener.
 *
 * The clients are in a process of their own, in which there is nothing else to be left.
 */

import { join } from 'node:path';
import { type DigestMd5Options, zookeeper, type ZooKeeperOptions } from '../../src/index.js';
import { type ManagedServer, startZooKeeper } from '../../src/testing/index.js';
import { describeLive } from '../support/live.js';
import { anHourAgo } from '../support/openssl.js';
import { type TlsFront, tlsFront } from '../support/tls-front.js';
import { type RefusedCase } from './programs/refused.js';
import { Program, type ProgramEvent } from './support/program.js';

const limitMs = 120_000;
const programs = join(__dirname, 'programs');
const saslUsers = { bob: 'builder' };
const sasl: DigestMd5Options = { mechanism: 'DIGEST-MD5', username: 'bob', password: 'builder' };
const bobs = { scheme: 'digest', credential: 'bob:pw' } as const;

type Tried = Omit<RefusedCase, 'name'>;

describeLive('who is refused', () => {
  const fronts: TlsFront[] = [];
  let server: ManagedServer;
  /** That demands a login. */
  let strict: ManagedServer;

  beforeAll(async () => {
    [server, strict] = await Promise.all([
      startZooKeeper({ tls: { clientAuth: 'need' }, saslUsers }),
      startZooKeeper({ saslUsers, requireSasl: true }),
    ]);
    await using zk = zookeeper(server.hosts, { auth: [bobs] });
    await zk.create('/bobs', 'x', { acl: [{ perms: 31, scheme: 'auth', id: '' }] });
  }, limitMs);

  afterEach(() => Promise.all(fronts.splice(0).map((front) => front.close())));

  afterAll(() => Promise.all([server.close(), strict.close()]), limitMs);

  /** Plays the cases in one process; what became of each, by its name. */
  async function play(
    cases: Readonly<Record<string, Tried>>,
  ): Promise<ReadonlyMap<string, ProgramEvent>> {
    const settings = {
      cases: Object.entries(cases).map(([name, one]) => ({ name, ...one })),
      control: server.hosts,
    };
    const program = new Program(process.execPath, [
      ...['-r', join(programs, 'typescript.cjs')],
      ...[join(programs, 'refused.ts'), JSON.stringify(settings)],
    ]);
    try {
      expect(await program.exit()).toBe(0);
    } finally {
      await program.end();
    }
    const played = new Map(program.events.map((event) => [String(event['name']), event]));
    expect([...played.keys()]).toEqual(Object.keys(cases));
    for (const [name, { left, triedAfterClose }] of played) {
      expect([name, left, triedAfterClose]).toEqual([name, 'nothing', 0]);
    }
    return played;
  }

  function plainly(options: ZooKeeperOptions, at = server): Tried {
    return { hosts: at.hosts, options, path: '/bobs' };
  }

  it(
    'for credentials: those of the wrong person open nothing, and the others end the client for good',
    async () => {
      const played = await play({
        'wrong digest': plainly({ auth: [{ scheme: 'digest', credential: 'bob:guess' }] }),
        'unknown scheme': plainly({ auth: [{ scheme: 'unheard-of', credential: 'x' }] }),
        'wrong password': plainly({ sasl: { ...sasl, password: 'guess' } }),
        'wrong password where it is demanded': plainly(
          { sasl: { ...sasl, password: 'guess' } },
          strict,
        ),
        'no login where it is demanded': plainly({}, strict),
      });
      expect(played.get('wrong digest')).toMatchObject({
        error: [{ name: 'NoAuthError', code: -102 }],
        states: ['connecting', 'connected', 'closed'],
      });
      const refused = (name: string, code: number) => ({
        error: expect.arrayContaining([{ name, code }]) as unknown,
        status: 'authFailed',
        triedOn: 0,
      });
      const wrong = refused('AuthFailedError', -115);
      expect(played.get('unknown scheme')).toMatchObject(wrong);
      expect(played.get('wrong password')).toMatchObject(wrong);
      expect(played.get('wrong password where it is demanded')).toMatchObject(wrong);
      const none = refused('SessionClosedRequireSaslAuthError', -124);
      expect(played.get('no login where it is demanded')).toMatchObject(none);
    },
    limitMs,
  );

  it(
    'for certificates: each with its reason, to be tried again until it is put right, and nothing is said before',
    async () => {
      const { certificates, tls } = server;
      const stranger = await (await certificates.stranger()).issue({ commonName: 'x' });
      const showing = async ({ cert, key }: { cert: string; key: string }): Promise<Tried> => {
        const front = await tlsFront({ cert, key, target: server.port });
        fronts.push(front);
        return { hosts: front.hosts, options: { tls }, path: '/bobs', failures: 3 };
      };
      const expired = { commonName: 'client', notAfter: anHourAgo() };
      const secure = (options: ZooKeeperOptions['tls']): Tried => ({
        ...{ hosts: server.secureHosts, path: '/bobs', failures: 3 },
        options: options === undefined ? {} : { tls: options },
      });
      const played = await play({
        "its certificate is a stranger's": await showing(stranger),
        'its certificate is for another host': await showing(
          await certificates.issue({ commonName: 'x', hosts: ['elsewhere.test'] }),
        ),
        'its certificate has expired': await showing(await certificates.issue(expired)),
        "mine is a stranger's": secure({ ...stranger, ca: tls.ca }),
        'mine has expired': secure(await certificates.issue(expired)),
        'I have none': secure({ ca: tls.ca }),
        'I trust somebody else': secure({ ...tls, ca: stranger.ca }),
      });
      const reasons = [...played].map(([name, { reasons: all }]) => [name, ...new Set(all as [])]);
      expect(Object.fromEntries(reasons)).toEqual({
        "its certificate is a stranger's": 'untrusted',
        'its certificate is for another host': 'wrong-name',
        'its certificate has expired': 'expired',
        "mine is a stranger's": 'certificate-refused',
        'mine has expired': 'certificate-refused',
        'I have none': 'certificate-refused',
        'I trust somebody else': 'untrusted',
      });
      for (const { enough, error, states, triedOn } of played.values()) {
        expect(error).toContainEqual(expect.objectContaining({ name: 'TlsError' }));
        expect(error).toContainEqual({ name: 'TimeoutError', outcome: 'not-sent' });
        expect([enough, states]).toEqual([true, ['connecting', 'closed']]);
        // Not final: a certificate can be renewed.
        expect(triedOn).toBeGreaterThan(0);
      }
      expect(fronts.map(({ heardBytes }) => heardBytes)).toEqual([0, 0, 0]);
    },
    limitMs,
  );

  it(
    'for a session: who has a wrong password, or the right one too late, has a new session, and nothing of the old one',
    async () => {
      await using zk = zookeeper(server.hosts, { auth: [bobs], idleGraceMs: Infinity });
      await zk.create('/mine', 'x', { mode: 'ephemeral' });
      const ephemeralOwner = zk.session?.id;
      const saved = zk.session?.serialize() ?? '';
      const wrong = saved.replace(/"password":"[0-9a-f]{4}/, '"password":"0bad');
      const over = async (end: (zk: ReturnType<typeof zookeeper>) => Promise<void>) => {
        const old = zookeeper(server.hosts, { idleGraceMs: Infinity });
        await old.create('/old', 'x', { mode: 'ephemeral' });
        const session = old.session?.serialize() ?? '';
        await end(old);
        await old.close();
        return session;
      };
      const closed = await over((old) => old.close());
      const expired = await over((old) => server.expireSession(old));
      const at = (session: string, path: string): Tried => ({ ...plainly({ session }), path });
      const played = await play({
        'wrong password': at(wrong, '/mine'),
        'a session that was closed': at(closed, '/old'),
        'a session that has expired': at(expired, '/old'),
      });
      expect(played.get('wrong password')).toMatchObject({
        error: [{ name: 'answered', owner: 'somebody else' }],
      });
      for (const name of ['a session that was closed', 'a session that has expired']) {
        expect(played.get(name)).toMatchObject({ error: [{ name: 'NoNodeError' }] });
      }
      for (const { states, reasons, triedOn } of played.values()) {
        expect(states).toEqual(['connecting', 'lost: no-session', 'connected', 'closed']);
        expect([reasons, triedOn]).toEqual([['no-session'], 0]);
      }
      expect(zk.state.status).toBe('connected');
      expect((await zk.get('/mine')).stat.ephemeralOwner).toBe(ephemeralOwner);
    },
    limitMs,
  );
});
