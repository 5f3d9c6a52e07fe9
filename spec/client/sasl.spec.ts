/** Logging in by SASL as applications do it: the option, rotation, both sides' proofs, and no secret anywhere. */

import { inspect } from 'node:util';
import { map, of, throwError, timer } from 'rxjs';
import { answerChallenge, digestMd5 } from '../../src/client/sasl/digest-md5.js';
import { type SaslOption, type SaslOptions } from '../../src/client/sasl/sasl-options.js';
import { AuthFailedError, InvalidOptionError } from '../../src/errors/client-errors.js';
import { SessionClosedRequireSaslAuthError } from '../../src/errors/server-error.js';
import { checkAnswer } from '../../src/server/digest-md5.js';
import { type Direction } from '../../src/transport/memory-faults.js';
import { VirtualClient, watch } from './virtual-client.js';

const saslUsers = { bob: 'builder', zoë: 'geheim"\\' };
const bob: SaslOptions = { mechanism: 'DIGEST-MD5', username: 'bob', password: 'builder' };
const zoe: SaslOptions = { mechanism: 'DIGEST-MD5', username: 'zoë', password: 'geheim"\\' };

const start = (sasl?: SaslOption, requireSasl = true) =>
  new VirtualClient({
    client: { idleGraceMs: Infinity, ...(sasl === undefined ? {} : { sasl }) },
    server: { saslUsers, requireSasl },
  });

const latin = (chunk: Uint8Array) => Buffer.from(chunk).toString('latin1');

/** Replaces text in what the server says by text of the same length. */
function tamper({ network }: VirtualClient, from: RegExp, to: (found: string) => string): void {
  network.intercept((direction: Direction, chunk: Uint8Array) => {
    if (direction === 'toServer') return chunk;
    return Buffer.from(latin(chunk).replace(from, to), 'latin1');
  });
}

function causeOf(error: unknown): string {
  expect(error).toBeInstanceOf(AuthFailedError);
  expect((error as Error).message).toBe('AuthFailed (sasl): exists /zookeeper');
  return ((error as Error).cause as Error).message;
}

const look = ({ zk }: VirtualClient) => zk.exists('/zookeeper');

describe('the option sasl', () => {
  it.each([bob, zoe])('logs in with user and password', (sasl) => {
    const world = start(sasl);
    expect(world.run(look(world))).not.toBeNull();
    expect(world.run(world.zk.whoAmI())).toContainEqual({ scheme: 'sasl', user: sasl.username });
  });

  it('opens what is closed to others', () => {
    const world = start(bob, false);
    const acl = [{ perms: 31, scheme: 'sasl', id: 'bob' }];
    world.run(world.zk.create('/bob', 'his', { acl }));
    expect(world.run(world.zk.get('/bob')).data).toHaveLength(3);
    const other = world.client('', { sasl: zoe });
    expect(world.fail(other.get('/bob'))).toMatchObject({ message: 'NoAuth: get /bob' });
  });

  it('is missing where the server asks for it: an error of its own', () => {
    const world = start();
    const error = world.fail(look(world));
    expect(error).toBeInstanceOf(SessionClosedRequireSaslAuthError);
    expect(error).toMatchObject({ code: -124, path: '/zookeeper' });
  });

  it.each<[string, SaslOptions]>([
    ['a wrong password', { ...bob, password: 'wrong' }],
    ['an unknown user', { ...bob, username: 'eve' }],
  ])('with %s is refused for good', (_, sasl) => {
    const world = start(sasl);
    const states = watch(world.zk.state$);
    expect(causeOf(world.fail(look(world)))).toBe('AuthFailed: sasl');
    expect(causeOf(world.fail(look(world)))).toBe('AuthFailed: sasl');
    world.time.advanceBy(60_000);
    expect(states.values.map(({ status }) => status)).toEqual(['connecting', 'authFailed']);
    expect(world.network.links()).toEqual([]);
    void world.zk.close();
    expect(states.completed).toBe(true);
  });

  it('is an error where the server has no SASL, unless it is optional', () => {
    const without = (sasl: SaslOptions) =>
      new VirtualClient({ client: { sasl, idleGraceMs: Infinity } });
    const strict = without(bob);
    expect(causeOf(strict.fail(look(strict)))).toMatch(/has no SASL; `optional: true`/);
    const lenient = without({ ...bob, optional: true });
    expect(lenient.run(look(lenient))).not.toBeNull();
  });

  it.each<[unknown, string]>([
    [{ ...bob, mechanism: 'PLAIN' }, 'sasl.mechanism'],
    [{ ...bob, username: '' }, 'sasl.username'],
    [{ ...bob, password: undefined }, 'sasl.password'],
    [{ ...bob, optional: 1 }, 'sasl.optional'],
    [{ ...bob, pasword: 'builder' }, 'sasl.pasword'],
    [{ name: 'X', start: () => undefined, optional: 'yes' }, 'sasl.optional'],
    ['bob:builder', 'sasl'],
    [null, 'sasl'],
  ])('that cannot be used is refused by its name, and not shown: %o', (sasl, option) => {
    const make = () => start(sasl as SaslOptions);
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow(new RegExp(`^InvalidOption ${option}: (?!.*builder)`));
  });
});

describe('a man in the middle', () => {
  it.each<[string, RegExp, (found: string) => string, RegExp]>([
    ['does not know the password', /rspauth=../, () => 'rspauth=zz', /no proof that it knows/],
    ['says nothing of a proof', /rspauth=/, () => 'rspeuth=', /no proof that it knows/],
    ['sends garbage', /realm="/, () => '"""""""', /cannot be read/],
    ['has no nonce', /nonce=/, () => 'monce=', /without a nonce/],
    ['has another algorithm', /md5-sess/, () => 'sha2-ses', /not for md5-sess/],
  ])('that %s is not believed, for good', (_, from, to, why) => {
    const world = start(bob);
    tamper(world, from, to);
    expect(causeOf(world.fail(look(world)))).toMatch(why);
    expect(world.network.links()).toEqual([]);
  });
});

describe('a connection that is lost during the login', () => {
  const places = (['toServer', 'toClient'] as const).flatMap((direction) =>
    (['before', 'after'] as const).flatMap((when) =>
      [0, 1, 2, 3].map((nth) => [direction, when, nth] as const),
    ),
  );

  it.each(places)('%s, %s chunk %i, is made again, with the same session', (...place) => {
    const [direction, when, nth] = place;
    const world = start(bob);
    const states = watch(world.zk.state$);
    let seen = 0;
    world.network.resetOnce({ direction, when, matching: () => seen++ === nth });
    world.time.advanceBy(5_000);
    expect(world.run(look(world))).not.toBeNull();
    expect(seen).toBeGreaterThan(nth);
    expect(states.values.map(({ status }) => status)).not.toContain('authFailed');
    // What was cut before the client knew of its session is left to expire.
    expect(world.server.sessions().length).toBeLessThanOrEqual(2);
    world.network.reset();
    world.time.advanceBy(5_000);
    expect(world.zk.state.status).toBe('connected');
  });

  it('in pieces of a byte is none', () => {
    const world = start(bob);
    world.network.splitAt(1);
    expect(world.run(look(world))).not.toBeNull();
  });
});

describe('a function as sasl', () => {
  it('is asked on every connect, so that credentials can change under one session', () => {
    const users: Record<string, string> = { bob: 'old' };
    let password = 'old';
    let asked = 0;
    const world = new VirtualClient({
      client: { idleGraceMs: Infinity, sasl: () => ({ ...bob, password: (asked++, password) }) },
      server: { saslUsers: users, requireSasl: true },
    });
    expect(asked).toBe(0);
    world.run(world.zk.create('/mine', null, { mode: 'ephemeral' }));
    const session = world.zk.session?.id;
    users['bob'] = password = 'new';
    world.network.reset();
    world.time.advanceBy(3_000);
    expect(world.run(world.zk.exists('/mine'))).toMatchObject({ ephemeralOwner: session });
    expect(asked).toBe(2);
  });

  it('may answer later, and may fail for a while', () => {
    let asked = 0;
    const world: VirtualClient = start(() =>
      ++asked < 3
        ? throwError(() => new Error('the vault is locked'))
        : timer(500, world.time).pipe(map(() => bob)),
    );
    const seen = watch(look(world));
    world.time.advanceBy(400);
    expect(seen.log()).toEqual([]);
    world.time.advanceBy(5_000);
    expect([asked, seen.completed]).toEqual([3, true]);
  });

  it('may answer with a Promise', async () => {
    const world = start(() => Promise.resolve(bob));
    const seen = watch(look(world));
    world.time.advanceBy(100);
    expect(seen.log()).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    world.time.advanceBy(100);
    expect(seen.completed).toBe(true);
  });

  it('that gives what cannot be used ends the client', () => {
    const world = start(() => ({ ...bob, mechanism: 'PLAIN' }) as unknown as SaslOptions);
    expect(causeOf(world.fail(look(world)))).toMatch(/^InvalidOption sasl.mechanism/);
    expect(causeOf(world.fail(look(world)))).not.toContain('builder');
  });

  it('may give a mechanism of its own', () => {
    const own = { ...digestMd5({ username: 'bob', password: 'builder' }, () => 0.5), name: 'OWN' };
    const world = start(() => of(own));
    expect(world.run(look(world))).not.toBeNull();
  });
});

describe('the password', () => {
  const all = { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null };

  it('is in nothing that can be looked at, before, during and after the login', () => {
    const world = start(bob);
    const shown = [inspect(world.zk, all)];
    const seen = watch(look(world));
    for (let i = 0; i < 8; i++) {
      world.time.advanceBy(1);
      shown.push(inspect(world.zk, all));
    }
    expect(seen.completed || world.run(look(world)) !== null).toBe(true);
    expect(shown.filter((text) => text.includes('builder'))).toEqual([]);
    expect(shown.at(-1)).toContain('zk1');
  });

  it('is not in the errors of a refusal', () => {
    const world = start({ ...bob, password: 'wrong-secret' });
    const error = world.fail(look(world));
    expect(inspect(error, all)).toContain('AuthFailed');
    expect(inspect([error, world.zk.state, world.zk], all)).not.toContain('wrong-secret');
  });

  it('is not on the wire', () => {
    const world = start(bob);
    let sent = '';
    world.network.intercept((_, chunk) => {
      sent += latin(chunk);
      return chunk;
    });
    world.run(look(world));
    expect(sent).toContain('username="bob"');
    expect(sent).not.toContain('builder');
  });
});

describe('an answer to a challenge', () => {
  const challenge = 'realm="zk-sasl-md5",nonce="n",charset=utf-8,algorithm=md5-sess';
  const login = { username: 'b"o\\b', password: 'builder' };

  it('is taken by the server, and what the server proves is what is expected', () => {
    const answer = answerChallenge(challenge, login, 'cn');
    const proof = checkAnswer(answer.text, { nonce: 'n', users: { 'b"o\\b': 'builder' } });
    expect(proof).toEqual({ user: 'b"o\\b', answer: `rspauth=${answer.rspauth}` });
  });

  it('has another cnonce each time, from the chance that is injected', () => {
    let n = 0;
    const mechanism = digestMd5(login, () => (n++ % 256) / 256);
    const texts = [1, 2].map(() => {
      const exchange = mechanism.start({ host: 'zk1', port: 2181 });
      exchange.begin();
      const token = exchange.respond(new TextEncoder().encode(challenge));
      return new TextDecoder().decode(token as Uint8Array);
    });
    expect(texts[0]).toContain('cnonce="000102030405060708090a0b0c0d0e0f"');
    expect(texts[1]).toContain('cnonce="101112131415161718191a1b1c1d1e1f"');
  });

  it.each(['auth-int', 'auth-conf,auth-int'])('is refused where only %s is offered', (qop) => {
    const asked = `${challenge},qop="${qop}"`;
    expect(() => answerChallenge(asked, login, 'cn')).toThrow(/without the protection `auth`/);
    expect(answerChallenge(`${challenge},qop="auth-int, auth"`, login, 'cn').text).toMatch(
      /qop=auth$/,
    );
  });

  it('is refused where the challenge is longer than any may be', () => {
    const exchange = digestMd5(login, () => 0).start({ host: 'zk1', port: 2181 });
    exchange.begin();
    const long = new TextEncoder().encode(`${challenge},x="${'y'.repeat(2048)}"`);
    expect(() => exchange.respond(long)).toThrow(/a token too long/);
  });
});
