/** `idempotent` and `guaranteed`: writes whose requests and answers are lost, and whose znodes others change meanwhile. */

import { type Observable } from 'rxjs';
import {
  BadVersionError,
  ConnectionLossError,
  InvalidOptionError,
  NoNodeError,
  NodeExistsError,
  NotEmptyError,
  SessionClosedError,
  TimeoutError,
  type ZooKeeperError,
  type ZooKeeperOptions,
} from '../../src/index.js';
import { operations } from '../../src/wire/operations.js';
import { type StreamRecord, VirtualClient, watch } from './virtual-client.js';

const idempotent = { idempotent: true } as const;

/** A connected client and another one of the same server. */
function stage(client: ZooKeeperOptions = {}): Stage {
  const world = new VirtualClient({ client, server: { extendedTypes: true } });
  watch(world.zk.state$);
  const other = world.client('', { requestTimeoutMs: Infinity });
  watch(other.state$);
  world.time.advanceBy(100);
  return { world, zk: world.zk, other };
}

interface Stage {
  readonly world: VirtualClient;
  readonly zk: VirtualClient['zk'];
  readonly other: VirtualClient['zk'];
}

type Name = 'create' | 'create2' | 'createTtl' | 'createContainer' | 'setData' | 'delete';

/** Breaks the connection at the next request of a kind: before the server has it, or before its answer comes. */
function lose({ world }: Stage, name: Name, what: 'request' | 'answer'): void {
  const { opcode } = operations[name];
  world.network.resetOnce({
    direction: 'toServer',
    when: what === 'request' ? 'before' : 'after',
    matching: (chunk) =>
      chunk.length >= 12 && new DataView(chunk.buffer, chunk.byteOffset).getInt32(8) === opcode,
  });
}

function outcome<T>({ world }: Stage, source$: Observable<T>): StreamRecord<T> {
  const record = watch(source$);
  world.time.advanceBy(5000);
  return record;
}

const modes = [
  ['persistent', 'create', {}],
  ['ephemeral', 'create', { mode: 'ephemeral' }],
  ['container', 'createContainer', { mode: 'container' }],
  ['ttl', 'createTtl', { mode: 'ttl', ttlMs: 2 ** 40 - 1 }],
] as const;

describe('an idempotent create', () => {
  it('without the option errs, because nobody can know', () => {
    const s = stage();
    lose(s, 'create', 'answer');
    expect(outcome(s, s.zk.create('/a', 'x')).error).toBeInstanceOf(ConnectionLossError);
    expect(s.world.server.tree()).toHaveProperty(['/a']);
  });

  it.each(modes)('finds its own znode when its answer was lost: %s', (_, name, options) => {
    const s = stage();
    lose(s, name, 'answer');
    const record = outcome(s, s.zk.create('/a', 'x', { ...options, ...idempotent }));
    expect(record.log()).toEqual(["'/a'", '|']);
    expect(s.world.server.requestCounts()).toMatchObject({ [name]: 2, getData: 1 });
  });

  it('is done once when its request was lost', () => {
    const s = stage();
    lose(s, 'create', 'request');
    expect(outcome(s, s.zk.create('/a', 'x', idempotent)).log()).toEqual(["'/a'", '|']);
    expect(s.world.server.requestCounts()).toMatchObject({ create: 1 });
  });

  it('answers the stat if asked, and goes through a chroot', () => {
    const s = stage();
    s.world.run(s.zk.create('/app'));
    const zk = s.world.client('/app');
    lose(s, 'create2', 'answer');
    const record = outcome(s, zk.create('/a', null, { ...idempotent, withStat: true }));
    const { stat } = s.world.run(zk.get('/a'));
    expect(record.values).toEqual([{ path: '/a', stat }]);
  });

  it('survives as many losses as there are', () => {
    const s = stage();
    for (let loss = 0; loss < 5; loss++) lose(s, 'create', 'answer');
    expect(outcome(s, s.zk.create('/a', 'x', idempotent)).log()).toEqual(["'/a'", '|']);
    expect(s.world.server.requestCounts()).toMatchObject({ create: 6 });
  });

  it('takes what somebody else has made in just the same way', () => {
    const s = stage();
    s.world.run(s.other.create('/a', 'x'));
    expect(outcome(s, s.zk.create('/a', 'x', idempotent)).log()).toEqual(["'/a'", '|']);
  });

  it.each<[string, (s: Stage) => Observable<unknown>]>([
    ['has other data', ({ other }) => other.create('/a', 'y')],
    ['has no data', ({ other }) => other.create('/a', null)],
    ['is of another session', ({ other }) => other.create('/a', 'x', { mode: 'ephemeral' })],
  ])('is refused when the znode %s', (_, make) => {
    const s = stage();
    s.world.run(make(s));
    const { error } = outcome(s, s.zk.create('/a', 'x', idempotent));
    expect(error).toBeInstanceOf(NodeExistsError);
    expect(error).toMatchObject({ operation: 'create', path: '/a' });
    const ephemeral = { mode: 'ephemeral', ...idempotent } as const;
    expect(outcome(s, s.zk.create('/a', 'x', ephemeral)).error).toBeInstanceOf(NodeExistsError);
  });

  it('is refused when the znode has been set since, even to the same data', () => {
    const s = stage();
    s.world.run(s.other.create('/a', 'x'));
    s.world.run(s.other.set('/a', 'x'));
    const { error } = outcome(s, s.zk.create('/a', 'x', idempotent));
    expect(error).toBeInstanceOf(NodeExistsError);
  });

  it('keeps to its time limit over all its tries', () => {
    const s = stage();
    lose(s, 'create', 'answer');
    const record = watch(s.zk.create('/a', 'x', { ...idempotent, timeoutMs: 300 }));
    s.world.time.advanceBy(1);
    s.world.network.partition();
    s.world.time.advanceBy(298);
    expect(record.log()).toEqual([]);
    s.world.time.advanceBy(2);
    expect(record.error).toBeInstanceOf(TimeoutError);
    expect(record.error).toMatchObject({ timeoutMs: 300, operation: 'create', path: '/a' });
  });

  it.each([
    ['its time', { timeoutMs: 300 }, TimeoutError],
    ['the wait for a connection', {}, ConnectionLossError],
  ])('says that nobody can know when %s is over after a lost answer', (_what, options, kind) => {
    const s = stage({ waitForConnectionMs: 400 });
    lose(s, 'create', 'answer');
    const record = watch(s.zk.create('/a', 'x', { ...idempotent, ...options }));
    s.world.time.advanceBy(1);
    s.world.network.partition();
    s.world.time.advanceBy(1000);
    expect(s.world.server.tree()).toHaveProperty(['/a']);
    expect(record.error).toBeInstanceOf(kind);
    expect(record.error).toMatchObject({ outcome: 'unknown', operation: 'create', path: '/a' });
  });

  it('says that it was not sent when it never was, and why there is no connection', () => {
    const s = stage();
    s.world.network.partition();
    s.world.time.advanceBy(20_000);
    const plain = watch(s.zk.create('/a', 'x', { timeoutMs: 300 }));
    const record = watch(s.zk.create('/a', 'x', { ...idempotent, timeoutMs: 300 }));
    s.world.time.advanceBy(1000);
    const { cause } = plain.error as TimeoutError;
    expect(cause).toBeInstanceOf(Error);
    expect(record.error).toMatchObject({ outcome: 'not-sent', cause });
  });

  it('ends with the client', () => {
    const s = stage();
    s.world.network.partition();
    s.world.network.reset();
    const record = watch(s.zk.create('/a', 'x', idempotent));
    void s.zk.close();
    s.world.time.advanceBy(5000);
    expect(record.error).toBeInstanceOf(SessionClosedError);
  });

  it('cannot be sequential, and takes nothing but a boolean', () => {
    const { zk } = stage();
    const numbered = watch(zk.create('/a-', 'x', { ...idempotent, sequential: true }));
    expect(numbered.error).toBeInstanceOf(InvalidOptionError);
    expect(numbered.error).toMatchObject({ option: 'idempotent', path: '/a-' });
    // What a caller without types may pass.
    const odd = { idempotent: 'yes' } as unknown as { idempotent: boolean };
    const refused = [zk.create('/a', 'x', odd), zk.set('/a', 'x', odd), zk.delete('/a', odd)];
    for (const { error } of refused.map((request) => watch<unknown>(request))) {
      expect(error).toMatchObject({ option: 'idempotent', path: '/a' });
    }
  });
});

describe('an idempotent set', () => {
  it('of one version finds its own value when its answer was lost', () => {
    const s = stage();
    s.world.run(s.zk.create('/a', 'x'));
    lose(s, 'setData', 'answer');
    const record = outcome(s, s.zk.set('/a', 'y', { version: 0, ...idempotent }));
    expect(record.values).toMatchObject([{ version: 1 }]);
    expect(s.world.server.tree()['/a']?.stat.version).toBe(1);
  });

  it('of any version sets it again', () => {
    const s = stage();
    s.world.run(s.zk.create('/a', 'x'));
    lose(s, 'setData', 'answer');
    expect(outcome(s, s.zk.set('/a', 'y', idempotent)).values).toMatchObject([{ version: 2 }]);
  });

  it.each([
    ['other data', ['z']],
    ['a later version', ['y', 'y']],
  ])('is refused when somebody else has set %s', (_, values) => {
    const s = stage();
    s.world.run(s.other.create('/a', 'x'));
    for (const value of values) s.world.run(s.other.set('/a', value));
    const { error } = outcome(s, s.zk.set('/a', 'y', { version: 0, ...idempotent }));
    expect(error).toBeInstanceOf(BadVersionError);
    expect(error).toMatchObject({ operation: 'set', path: '/a' });
  });

  it('of what is not there is refused', () => {
    const s = stage();
    const { error } = outcome(s, s.zk.set('/a', 'y', { version: 0, ...idempotent }));
    expect(error).toBeInstanceOf(NoNodeError);
  });
});

describe('an idempotent delete', () => {
  it('is done when the znode is not there, whoever has deleted it', () => {
    const s = stage();
    s.world.run(s.zk.create('/a', 'x'));
    lose(s, 'delete', 'answer');
    expect(outcome(s, s.zk.delete('/a', idempotent)).log()).toEqual(['undefined', '|']);
    expect(outcome(s, s.zk.delete('/a', idempotent)).log()).toEqual(['undefined', '|']);
  });

  it('is refused when the znode is another one', () => {
    const s = stage();
    s.world.run(s.other.create('/a', 'x'));
    const versioned = outcome(s, s.zk.delete('/a', { version: 3, ...idempotent }));
    expect(versioned.error).toBeInstanceOf(BadVersionError);
  });
});

const guaranteed = { guaranteed: true } as const;

describe('a guaranteed delete', () => {
  it('answers when the server has confirmed it, also when an answer was lost', () => {
    const s = stage();
    s.world.run(s.zk.create('/a'));
    lose(s, 'delete', 'answer');
    expect(outcome(s, s.zk.delete('/a', guaranteed)).log()).toEqual(['undefined', '|']);
    const { error } = outcome(s, s.zk.delete('/a', guaranteed));
    expect(error).toBeInstanceOf(NoNodeError);
    const both = s.zk.delete('/a', { ...guaranteed, ...idempotent });
    expect(outcome(s, both).log()).toEqual(['undefined', '|']);
  });

  it.each<[string, (s: Stage) => StreamRecord<unknown>, unknown]>([
    [
      'unsubscribed',
      ({ zk }) => {
        const record = watch(zk.delete('/a', guaranteed));
        record.subscription?.unsubscribe();
        return record;
      },
      undefined,
    ],
    [
      'out of time',
      ({ zk }) => watch(zk.delete('/a', { ...guaranteed, timeoutMs: 50 })),
      TimeoutError,
    ],
    [
      'aborted',
      ({ zk }) => {
        const controller = new AbortController();
        const record = watch(zk.delete('/a', { ...guaranteed, signal: controller.signal }));
        controller.abort(new RangeError('enough'));
        return record;
      },
      RangeError,
    ],
  ])('goes on when it is %s, over a lost session, and leaves nothing', (_, start, error) => {
    const s = stage({ idleGraceMs: 0 });
    s.world.run(s.zk.create('/a'));
    s.world.network.partition();
    s.world.network.reset();
    const record = start(s);
    s.world.time.advanceBy(60_000);
    if (error !== undefined) expect(record.error).toBeInstanceOf(error);
    expect(record.values).toEqual([]);
    expect(s.world.server.tree()).toHaveProperty(['/a']);
    s.world.network.heal();
    s.world.time.advanceBy(10_000);
    expect(s.world.server.tree()).not.toHaveProperty(['/a']);
  });

  it('holds the session open until it is done, and no longer', () => {
    const { zk, server, network, time } = new VirtualClient({ client: { idleGraceMs: 100 } });
    watch(zk.create('/a'));
    time.advanceBy(50);
    network.partition('toClient');
    watch(zk.delete('/a', guaranteed)).subscription?.unsubscribe();
    time.advanceBy(2000);
    expect(zk.state.status).toBe('connected');
    network.heal();
    time.advanceBy(1000);
    expect([zk.state.status, server.sessions().length, time.pending]).toEqual(['closed', 0, 0]);
  });

  it('passes with a full queue', () => {
    const s = stage({ maxPendingRequests: 1 });
    s.world.run(s.zk.create('/a'));
    watch(s.zk.exists('/'));
    const record = watch(s.zk.delete('/a', guaranteed));
    s.world.time.advanceBy(5000);
    expect(record.log()).toEqual(['undefined', '|']);
  });

  it('ends with the refusal of the server, which goes to onReport if nobody hears it', () => {
    const reports: ZooKeeperError[] = [];
    const s = stage({ onReport: (error) => reports.push(error) });
    s.world.run(s.zk.create('/a'));
    s.world.run(s.zk.create('/a/b'));
    expect(outcome(s, s.zk.delete('/a', guaranteed)).error).toBeInstanceOf(NotEmptyError);
    expect(reports).toEqual([]);
    watch(s.zk.delete('/a', guaranteed)).subscription?.unsubscribe();
    s.world.time.advanceBy(1000);
    expect(reports.map(({ name, path }) => [name, path])).toEqual([['NotEmptyError', '/a']]);
  });

  it('ends with the client', () => {
    const s = stage();
    s.world.run(s.zk.create('/a'));
    s.world.network.partition();
    s.world.network.reset();
    const record = watch(s.zk.delete('/a', guaranteed));
    void s.zk.close();
    s.world.time.advanceBy(5000);
    expect(record.error).toBeInstanceOf(SessionClosedError);
    s.world.network.heal();
    s.world.time.advanceBy(60_000);
    expect(s.world.server.tree()).toHaveProperty(['/a']);
  });

  it('starts nothing when it is wrong, or aborted already', () => {
    const { zk, world } = stage();
    const { error } = watch(zk.delete('/a', { ...guaranteed, recursive: true }));
    expect(error).toMatchObject({ option: 'guaranteed', path: '/a' });
    expect(watch(zk.delete('a', guaranteed)).error).toMatchObject({ name: 'InvalidPathError' });
    const signal = AbortSignal.abort('before');
    expect(watch(zk.delete('/a', { ...guaranteed, signal })).error).toBe('before');
    world.time.advanceBy(1000);
    expect(world.server.requestCounts()).not.toHaveProperty('delete');
  });
});
