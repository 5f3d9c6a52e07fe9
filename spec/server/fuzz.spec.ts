/** The embedded server under bytes of every kind: each connection hurts only itself, and leaves nothing. */

import fc from 'fast-check';
import { type EmbeddedServerOptions } from '../../src/server/server.js';
import * as hostile from '../support/hostile-bytes.js';
import { bytes, type Speaker, startWorld, type World } from './world.js';

const runs = 500;
const saslUsers = { bob: 'secret' };

/** A world with one who behaves: a session with an ephemeral, a watch, and a znode that is nobody else's. */
class Town {
  readonly world: World;
  readonly good: Speaker;
  private readonly timers: number;

  constructor(options: Partial<EmbeddedServerOptions> = {}) {
    this.world = startWorld({ tickMs: 500, ...options });
    this.good = this.world.connect();
    this.good.auth('good:good');
    const acl = [{ perms: 31, scheme: 'auth', id: '' }];
    this.good.create('/good', { acl });
    this.good.create('/good/mine', { acl, flags: 1 });
    this.good.addWatch('/good', 0);
    this.world.time.advanceBy(100);
    this.timers = this.world.time.pending;
  }

  /** Somebody sends this and is gone, cut or not. */
  suffer(sent: readonly Uint8Array[], size = 0): void {
    const state = { wanted: false, closed: false };
    const pipe = {
      wantWrite: () => {
        state.wanted = true;
      },
      close: () => {
        state.closed = true;
      },
    };
    const handlers = this.world.server.acceptor(pipe, { host: '10.6.6.6', port: 6 });
    for (const piece of hostile.pieces(sent, size)) {
      if (!state.closed) handlers.onData(piece);
      while (state.wanted) {
        state.wanted = false;
        handlers.onFlush();
      }
    }
    if (!state.closed) handlers.onClose();
  }

  /** The one who behaves is served. */
  expectService(): void {
    const { good } = this;
    expect([good.getData('/good'), good.setData('/good'), good.exists('/good/mine')]).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(good.events()).toEqual(['dataChanged /good']);
  }

  /** When all sessions but the good one have ended, nothing of the others is left. */
  expectNothingLeft(): void {
    const { server, time } = this.world;
    expect(server.connectionCount()).toBe(1);
    for (let i = 0; i < 30; i++) {
      time.advanceBy(1000);
      this.good.call('ping', undefined, -2);
    }
    expect(server.sessions().map(({ id }) => id)).toEqual([this.good.sessionId]);
    expect([server.watchCount(), server.ephemerals()]).toEqual([1, ['/good/mine']]);
    expect(time.pending).toBeLessThanOrEqual(this.timers + 1);
    this.good.call('closeSession', undefined);
    time.advanceBy(60_000);
    expect([server.connectionCount(), server.watchCount()]).toEqual([0, 0]);
  }
}

function check(
  sent: fc.Arbitrary<readonly Uint8Array[]>,
  options: Partial<EmbeddedServerOptions> = {},
): void {
  const town = new Town(options);
  fc.assert(
    fc.property(sent, hostile.pieceSize, (all, size) => {
      town.suffer(all, size);
      town.expectService();
    }),
    { numRuns: runs },
  );
  town.expectNothingLeft();
}

const greeted = (rest: fc.Arbitrary<readonly Uint8Array[]>): typeof rest =>
  fc.tuple(hostile.handshake, rest).map(([hello, more]) => [hostile.greeting(), ...more, hello]);

const one = (single: fc.Arbitrary<Uint8Array>) => single.map((only) => [only]);

describe('an embedded server under fuzz', () => {
  it('goes on through handshakes of every kind', () => {
    check(one(fc.oneof(hostile.handshake, hostile.mutated(hostile.handshake), hostile.garbage)));
  });

  it('goes on through every truncation and every length of a handshake', () => {
    const town = new Town();
    const whole = hostile.greeting();
    for (let end = 0; end <= whole.length; end++) {
      town.suffer([whole.slice(0, end)]);
      // As a frame of its own: readOnly may be missing, the rest may not.
      const cut = new Uint8Array(end);
      cut.set(whole.subarray(0, end));
      if (end >= 4) new DataView(cut.buffer).setInt32(0, end - 4);
      town.suffer([cut], 1);
    }
    for (const length of [-1, -0x8000_0000, 0, 1, 44, 46, 0xf_ffff, 0x10_0000, 0x7fff_ffff]) {
      const wrong = whole.slice();
      new DataView(wrong.buffer).setInt32(0, length);
      town.suffer([wrong, whole]);
    }
    town.expectService();
    town.expectNothingLeft();
  });

  it('goes on through requests, mutated requests and garbage', () => {
    check(greeted(hostile.requests));
  });

  it('goes on through them where there is SASL', () => {
    check(greeted(hostile.requests), { saslUsers });
  });

  it('goes on through every byte of each request being every odd byte', () => {
    const town = new Town();
    const sound = fc.sample(hostile.request, { numRuns: 40, seed: 5 });
    for (const frame of sound) {
      for (let i = 0; i < Math.min(frame.length, 64); i++) {
        for (const value of [0, 0x7f, 0x80, 0xff]) {
          const changed = frame.slice();
          changed[i] = value;
          town.suffer([hostile.greeting(), changed]);
        }
      }
    }
    town.expectService();
    town.expectNothingLeft();
  });

  it('goes on through SASL tokens of every kind', () => {
    const field = fc.constantFrom(
      'username',
      'realm',
      'nonce',
      'nc',
      'cnonce',
      'response',
      'qop',
      'authzid',
      'x',
    );
    const value = fc.oneof(
      fc.constantFrom('"bob"', '""', '"', '\\', '00000001', '=', ','),
      fc.string(),
    );
    const token = fc
      .array(fc.tuple(field, value), { maxLength: 8 })
      .map((fields) => fields.map(([name, text]) => `${name}=${text}`).join(','));
    const frames = token.map((text) => [
      hostile.greeting(),
      sasl(new Uint8Array(0)),
      sasl(bytes(text)),
      sasl(bytes(text)),
    ]);
    check(frames, { saslUsers });
  });

  it('goes on through four-letter words, parts of them, and what begins like one', () => {
    const words = [
      'ruok',
      'stat',
      'srvr',
      'mntr',
      'cons',
      'dump',
      'wchc',
      'wchp',
      'stmk',
      'gtmk',
      'srst',
      'xxxx',
    ];
    const word = fc.tuple(fc.constantFrom(...words), fc.nat(4), fc.uint8Array({ maxLength: 12 }));
    check(
      word.map(([text, length, rest]) => [bytes(text).subarray(0, length), Uint8Array.from(rest)]),
    );
  });
});

function sasl(token: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + 8 + 4 + token.length);
  const view = new DataView(frame.buffer);
  [frame.length - 4, 1, 102, token.length].forEach((int, i) => {
    view.setInt32(i * 4, int);
  });
  frame.set(token, 16);
  return frame;
}
