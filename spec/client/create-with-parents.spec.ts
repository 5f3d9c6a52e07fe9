/** `create` with `parents`: requests and answers that are lost, ancestors that others delete, one time limit for all of it. */

import { type Observable } from 'rxjs';
import {
  ConnectionLossError,
  create,
  InvalidOptionError,
  NoNodeError,
  TimeoutError,
  UsageError,
} from '../../src/index.js';
import { operations } from '../../src/wire/operations.js';
import { VirtualClient, watch } from './virtual-client.js';

const parents = { parents: 'persistent' } as const;

function connected(latencyMs = 1): VirtualClient {
  const world = new VirtualClient({ latencyMs });
  watch(world.zk.state$);
  world.time.advanceBy(100);
  return world;
}

/** Loses the `count`th create that is sent, or its answer. */
function loseCreate(world: VirtualClient, count: number, when: 'before' | 'after'): void {
  let seen = 0;
  world.network.resetOnce({
    direction: 'toServer',
    when,
    matching: (chunk) =>
      chunk.length >= 12 &&
      new DataView(chunk.buffer, chunk.byteOffset).getInt32(8) === operations.create.opcode &&
      ++seen === count,
  });
}

function creates(world: VirtualClient): number {
  return world.server.requestCounts().create ?? 0;
}

function outcome(world: VirtualClient, request$: Observable<unknown>): readonly string[] {
  const record = watch(request$);
  world.time.advanceBy(20_000);
  return record.log();
}

describe('create with parents', () => {
  it('is one request if nothing is missing', () => {
    const world = connected();
    world.run(world.zk.create('/a'));
    const before = creates(world);
    expect(world.run(world.zk.create('/a/b', 'x', parents))).toBe('/a/b');
    expect(creates(world) - before).toBe(1);
  });

  it('sends nothing before it is subscribed to, and all of it each time', () => {
    const world = connected();
    const create$ = world.zk.create('/a/n-', '', { ...parents, sequential: true });
    world.time.advanceBy(100);
    expect(creates(world)).toBe(0);
    expect(world.run(create$)).toBe('/a/n-0000000000');
    expect(world.run(create$)).toBe('/a/n-0000000001');
  });

  it.each(['before', 'after'] as const)(
    'makes ancestors again whose request or answer was lost (%s it came)',
    (when) => {
      const world = connected();
      // 1: /a/b/c, 2: /a/b, 3: /a, which is lost.
      loseCreate(world, 3, when);
      expect(outcome(world, world.zk.create('/a/b/c', 'x', parents))).toEqual(["'/a/b/c'", '|']);
      expect(Object.keys(world.server.tree())).toEqual(
        expect.arrayContaining(['/a', '/a/b', '/a/b/c']),
      );
    },
  );

  it('errs if the answer to the create itself is lost, unless it is idempotent', () => {
    const world = connected();
    // 1: /a/b, 2: /a, 3: /a/b again.
    loseCreate(world, 3, 'after');
    const lost = watch(world.zk.create('/a/b', 'x', parents));
    world.time.advanceBy(5000);
    expect(lost.error).toBeInstanceOf(ConnectionLossError);
    expect(lost.error).toMatchObject({ outcome: 'unknown', operation: 'create', path: '/a/b' });

    const other = connected();
    loseCreate(other, 3, 'after');
    const create$ = other.zk.create('/a/b', 'x', { ...parents, idempotent: true });
    expect(outcome(other, create$)).toEqual(["'/a/b'", '|']);
  });

  it('gives up when somebody deletes the ancestors again and again', () => {
    const world = connected();
    const vandal = world.client();
    watch(vandal.state$);
    world.time.advanceBy(100);
    const record = watch(world.zk.create('/a/b', 'x', parents));
    for (let i = 0; i < 200 && record.error === undefined; i++) {
      world.time.advanceBy(1);
      watch(vandal.delete('/a'));
    }
    expect(record.error).toBeInstanceOf(NoNodeError);
    expect(creates(world)).toBeLessThan(40);
  });

  it('has one time limit, and says that one', () => {
    // Each of the five creates takes twice that.
    const world = connected(10);
    const record = watch(world.zk.create('/a/b/c', 'x', { ...parents, timeoutMs: 50 }));
    world.time.advanceBy(49);
    expect(record.error).toBeUndefined();
    world.time.advanceBy(1);
    expect(record.error).toBeInstanceOf(TimeoutError);
    expect(record.error).toMatchObject({ timeoutMs: 50 });
  });

  it('sends nothing more once it is unsubscribed', () => {
    const world = connected();
    world.zk.create('/a/b/c', 'x', parents).subscribe().unsubscribe();
    world.time.advanceBy(1000);
    expect(Object.keys(world.server.tree())).not.toContain('/a');
  });

  it.each([
    ['nonsense', 'a value of type string'],
    [null, 'null'],
  ])('refuses %j', (given, name) => {
    const world = connected();
    // As a caller without types may.
    const error = world.fail(world.zk.create('/a/b', '', { parents: given as 'persistent' }));
    expect(error).toBeInstanceOf(InvalidOptionError);
    const reason = "InvalidOption parents: must be 'persistent' or 'container', not";
    expect(String(error)).toContain(`${reason} ${name}: create /a/b`);
  });

  it('is no option of a create in a transaction, and refuses a malformed path before anything is made', () => {
    const world = connected();
    // As a caller without types may.
    const refused = world.fail(world.zk.transaction([create('/a/b', '', parents as object)]));
    expect(String(refused)).toContain('parents: there is no such option');
    expect(world.fail(world.zk.create('/a/../b', '', parents))).toBeInstanceOf(UsageError);
    expect(creates(world)).toBe(0);
  });
});
