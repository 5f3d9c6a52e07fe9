/** A login by SASL on a session: when it runs, what waits for it, and what each way of going wrong means. */

import { EMPTY, finalize, map, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { AuthFailedError, UsageError } from '../../src/errors/client-errors.js';
import { ServerError } from '../../src/errors/server-error.js';
import { type SaslAnswer, type SaslMechanism } from '../../src/session/sasl-mechanism.js';
import { type SessionConfig } from '../../src/session/session-config.js';
import { replyHeaderCodec, xids } from '../../src/wire/records.js';
import { Harness } from './harness.js';
import { ScriptedServer } from './scripted-server.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (body: unknown) =>
  new TextDecoder().decode((body as { token: Uint8Array | null }).token ?? undefined);

/** Says `hello`, answers `who` by `me`, and believes a server that says `yes`. */
const simple: SaslMechanism = {
  name: 'SIMPLE',
  start: () => ({
    begin: () => bytes('hello'),
    respond: (challenge) => {
      const said = new TextDecoder().decode(challenge ?? undefined);
      if (said === 'yes') return undefined;
      if (said === 'who') return bytes('me');
      throw new Error('an impostor');
    },
  }),
};

const replies: Readonly<Record<string, string>> = { hello: 'who', me: 'yes' };

/** A server that answers each token of the mechanism, but for those that a spec answers itself. */
function answering(known: Readonly<Record<string, string>> = replies): ScriptedServer {
  return new ScriptedServer({
    onRequest: (request) => {
      const reply = request.name === 'sasl' ? known[textOf(request.body)] : undefined;
      if (reply !== undefined) request.reply({ token: bytes(reply) }, 0n);
    },
  });
}

function harnessOf(
  source: () => Observable<SaslMechanism> = () => of(simple),
  server = answering(),
  auth: SessionConfig['auth'] = [],
): Harness {
  return new Harness([server], { sasl: source, auth });
}

const names = ({ server }: Harness) => server.arrived.map(({ name }) => name);

describe('a login by SASL', () => {
  it('comes before credentials, watches and requests, and connected is told after all of them', () => {
    const auth = [{ scheme: 'digest', credential: bytes('bob:secret') }];
    const harness = harnessOf(undefined, answering({ hello: 'who' }), auth);
    harness.get('/a');
    harness.time.advanceTo(100);
    expect(names(harness)).toEqual(['sasl', 'sasl']);
    harness.server.last('sasl').reply({ token: bytes('yes') });
    harness.time.advanceTo(110);
    expect([names(harness).slice(2), harness.told]).toEqual([['auth'], []]);
    harness.server.current.frame((writer) => {
      replyHeaderCodec.write(writer, { xid: xids.auth, zxid: 0n, error: 0 });
    });
    harness.time.advanceTo(120);
    expect([names(harness).slice(3), harness.told]).toEqual([['getData'], ['c', 'w']]);
  });

  it('is done anew on every connection, by what the function gives then, and the session is kept', () => {
    let asked = 0;
    const harness = harnessOf(() => of({ ...simple, name: `asked ${String(++asked)}` }));
    harness.time.advanceTo(100);
    for (let i = 1; i <= 3; i++) {
      harness.network.reset();
      harness.time.advanceBy(3_000);
    }
    expect(asked).toBe(4);
    expect(harness.told.join('')).toBe('cw-suspendedscw-suspendedscw-suspendedscw');
    expect(new Set(harness.server.connects.slice(1).map(({ sessionId }) => sessionId)).size).toBe(
      1,
    );
  });

  it('may take its time, and no ping goes out meanwhile', () => {
    const exchange = {
      begin: () => bytes('hello'),
      respond: (): SaslAnswer => timer(4_000, harness.time).pipe(map(() => undefined)),
    };
    const harness: Harness = harnessOf(() => of({ name: 'SLOW', start: () => exchange }));
    harness.time.advanceTo(3_500);
    expect([harness.server.pings, harness.told]).toEqual([0, []]);
    harness.time.advanceTo(4_100);
    expect(harness.told).toEqual(['c', 'w']);
    harness.time.advanceTo(20_000);
    expect(harness.server.pings).toBeGreaterThan(3);
    expect(harness.told).toEqual(['c', 'w']);
  });

  it('is a failed attempt if it takes longer than one may, and the next one is made', () => {
    const server = answering({ hello: 'who' });
    const harness = new Harness([server], { sasl: () => of(simple), connectTimeoutMs: 2_000 });
    harness.time.advanceTo(1_990);
    expect(harness.server.connections).toHaveLength(1);
    harness.time.advanceTo(3_000);
    expect(harness.server.connections).toHaveLength(2);
    expect(harness.server.connections[0]?.closed).toBe(true);
    expect(harness.session.state.status).toBe('connecting');
    harness.server.last('sasl').reply({ token: bytes('yes') });
    harness.time.advanceBy(10);
    expect(harness.told).toEqual(['c', 'w']);
  });

  it.each([0, 1, 2])('cut after %i of its tokens is a failed attempt and no refusal', (tokens) => {
    let arrived = 0;
    const server = new ScriptedServer({
      onRequest: (request) => {
        if (request.name !== 'sasl') return;
        if (arrived++ === tokens && tokens < 2) request.connection.close();
        else request.reply({ token: bytes(replies[textOf(request.body)] ?? '') });
      },
    });
    const harness = harnessOf(undefined, server);
    // With two tokens the login is done, and it is a request that is cut.
    if (tokens === 2) {
      harness.time.advanceTo(50);
      harness.network.reset();
    }
    harness.time.advanceTo(5_000);
    expect(server.connections.length).toBe(2);
    expect(harness.session.state.status).toBe('connected');
  });

  it('lets go of a mechanism that is at work when the connection drops', () => {
    let working = 0;
    const exchange = {
      begin: (): SaslAnswer => {
        working++;
        return NEVER.pipe(finalize(() => working--));
      },
      respond: (): SaslAnswer => undefined,
    };
    const harness = harnessOf(() => of({ name: 'NEVER', start: () => exchange }));
    harness.time.advanceTo(50);
    expect(working).toBe(1);
    harness.network.reset();
    harness.time.advanceTo(500);
    expect([working, harness.server.connections.length]).toEqual([1, 2]);
    harness.session.close(() => undefined);
    harness.time.advanceTo(10_000);
    expect([working, harness.session.state.status, harness.time.pending]).toEqual([0, 'closed', 0]);
  });
});

describe('a login that is refused', () => {
  const refusals: readonly [string, (harness: Harness) => void, RegExp][] = [
    ['by the server', (h) => h.server.last('sasl').refuse(-115), /^AuthFailed: sasl$/],
    ['by the mechanism', (h) => h.server.last('sasl').reply({ token: bytes('x') }), /an impostor/],
    ['for a null token', (h) => h.server.last('sasl').reply({ token: null }), /has no SASL/],
  ];

  it.each(refusals)('%s is terminal, and says so in state and errors', (_, refuse, why) => {
    const harness = harnessOf(undefined, answering({}));
    const before = harness.get('/a');
    harness.time.advanceTo(10);
    refuse(harness);
    harness.time.advanceTo(20);
    expect(harness.told).toEqual(['!']);
    expect(harness.session.state).toMatchObject({ status: 'authFailed', scheme: 'sasl' });
    for (const { error } of [before, harness.get('/b')]) {
      expect(error).toBeInstanceOf(AuthFailedError);
      expect(error?.message).toMatch(/^AuthFailed \(sasl\): spec \/[ab]$/);
      expect((error?.cause as Error).message).toMatch(why);
    }
    harness.time.advanceTo(60_000);
    expect([harness.server.connections.length, harness.time.pending]).toEqual([1, 0]);
    expect(harness.server.current.closed).toBe(true);
  });

  it('carries the code of the server', () => {
    const harness = harnessOf(undefined, answering({ hello: 'who' }));
    harness.time.advanceTo(10);
    harness.server.last('sasl').refuse(-115);
    harness.time.advanceTo(20);
    const { cause } = harness.session.state as { cause?: unknown };
    expect(cause).toBeInstanceOf(ServerError);
    expect((cause as ServerError).code).toBe(-115);
  });

  it('while the session is being closed ends in closed', () => {
    const harness = harnessOf(undefined, answering({}));
    harness.time.advanceTo(10);
    let done = 0;
    harness.session.close(() => done++);
    harness.server.last('sasl').refuse(-115);
    harness.time.advanceTo(20);
    expect([harness.told.at(-1), done, harness.time.pending]).toEqual(['k', 1, 0]);
  });
});

describe('a server without SASL', () => {
  it('will do where the mechanism is optional', () => {
    const harness = harnessOf(() => of({ ...simple, optional: true }), answering({}));
    harness.time.advanceTo(10);
    harness.server.last('sasl').reply({ token: null });
    harness.time.advanceTo(20);
    expect(harness.told).toEqual(['c', 'w']);
  });

  it('is not one that has nothing to say to a later token: the mechanism judges that', () => {
    const optional = { ...simple, optional: true };
    const harness = harnessOf(() => of(optional), answering({ hello: 'who' }));
    harness.time.advanceTo(10);
    harness.server.last('sasl').reply({ token: null });
    harness.time.advanceTo(20);
    expect(harness.told).toEqual(['!']);
  });
});

describe('a function that gives the mechanism', () => {
  it('and errs makes a failed attempt, and is asked again', () => {
    let asked = 0;
    const harness = harnessOf(() =>
      ++asked < 3 ? throwError(() => new Error('the vault is locked')) : of(simple),
    );
    harness.time.advanceTo(20_000);
    expect([asked, harness.told]).toEqual([3, ['c', 'w']]);
  });

  it.each([
    ['with a usage error', () => throwError(() => new UsageError('no such mechanism'))],
    ['with nothing', () => EMPTY],
  ])('and ends %s ends the client', (_, source) => {
    const harness = harnessOf(source);
    harness.time.advanceTo(20_000);
    expect([harness.told, harness.server.connections.length]).toEqual([['!'], 1]);
  });

  it('that throws is one that errs', () => {
    let asked = 0;
    const harness = harnessOf(() => {
      if (++asked === 1) throw new Error('not yet');
      return of(simple);
    });
    harness.time.advanceTo(5_000);
    expect(harness.told).toEqual(['c', 'w']);
  });
});

describe('a session that is closed in the middle of its login', () => {
  it('is ended on the server after the login, and nothing else is sent', () => {
    const harness = harnessOf(undefined, answering({ hello: 'who' }));
    harness.get('/a');
    harness.time.advanceTo(10);
    let done = 0;
    harness.session.close(() => done++);
    harness.time.advanceTo(20);
    expect(names(harness)).toEqual(['sasl', 'sasl']);
    harness.server.last('sasl').reply({ token: bytes('yes') });
    harness.time.advanceTo(30);
    expect(names(harness)).toEqual(['sasl', 'sasl', 'closeSession']);
    harness.server.last('closeSession').reply(undefined);
    harness.time.advanceTo(40);
    expect([done, harness.told.at(-1), harness.time.pending]).toEqual([1, 'k', 0]);
  });

  it('gives up in bounded time if the login never ends', () => {
    const harness = harnessOf(undefined, answering({}));
    harness.time.advanceTo(10);
    let done = 0;
    harness.session.close(() => done++);
    harness.time.advanceTo(2_100);
    expect([done, harness.time.pending]).toEqual([1, 0]);
  });
});

describe('what a server may not say during a login', () => {
  const wrong: readonly [string, (harness: Harness) => void][] = [
    ['a reply with another xid', ({ server }) => header(server, 99)],
    ['an answer to credentials', ({ server }) => header(server, xids.auth)],
    ['a token without its bytes', ({ server }) => header(server, server.last('sasl').xid)],
  ];

  it.each(wrong)('%s costs it the connection, and says nothing about credentials', (_, say) => {
    const harness = harnessOf(undefined, answering({ hello: 'who' }));
    harness.time.advanceTo(10);
    say(harness);
    harness.time.advanceTo(400);
    expect([harness.server.connections.length, harness.session.state.status]).toEqual([
      2,
      'connecting',
    ]);
  });

  it('an answer to credentials that were given to the connection before', () => {
    const harness = harnessOf(undefined, answering({ hello: 'who' }));
    const told: string[] = [];
    harness.time.advanceTo(10);
    harness.server.last('sasl').reply({ token: bytes('yes') });
    harness.time.advanceTo(20);
    harness.session.addAuth('digest', bytes('bob:secret'), {
      reply: () => told.push('ok'),
      fail: (error) => told.push(error.name),
    });
    harness.time.advanceTo(30);
    harness.network.reset();
    harness.time.advanceTo(400);
    expect([names(harness).at(-1), harness.server.connections.length]).toEqual(['sasl', 2]);
    header(harness.server, xids.auth);
    harness.time.advanceTo(800);
    expect([told, harness.server.connections.length]).toEqual([[], 3]);
  });

  it('a second answer to one token, while the mechanism is at work', () => {
    const never = { begin: () => bytes('hello'), respond: (): SaslAnswer => NEVER };
    const harness = harnessOf(() => of({ name: 'NEVER', start: () => never }), answering({}));
    harness.time.advanceTo(10);
    harness.server.last('sasl').reply({ token: bytes('a') });
    harness.server.last('sasl').reply({ token: bytes('b') });
    harness.time.advanceTo(400);
    expect(harness.server.connections).toHaveLength(2);
  });
});

function header({ current }: ScriptedServer, xid: number): void {
  current.frame((writer) => {
    replyHeaderCodec.write(writer, { xid, zxid: 0n, error: 0 });
  });
}
