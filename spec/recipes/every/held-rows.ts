/** The recipes that hold something, or stand for something. */

import { map, retry, throwError, timer } from 'rxjs';
import { TimeoutError } from '../../../src/errors/client-errors.js';
import * as rxzk from '../../../src/index.js';
import { type World } from '../world.js';
import { ephemerals, everybody, holding, oneOfThem, path, type Recipe, working } from './recipe.js';

const layouts = ['kazoo', 'curator'] as const;

/** The first to have come of all whose znodes are there. */
function eldest(world: World): string {
  const [first] = [...ephemerals(world)].sort((a, b) => (a < b ? -1 : 1));
  return first === undefined ? '' : `held ${String(first)}`;
}

/** The one that has a znode: others have given theirs back. */
function somebody(world: World): string {
  return ephemerals(world).length > 0 ? 'held' : '';
}

/** All who have a znode of their own. */
const all: Recipe['atRest'] = (world, last) => {
  const told = last.map((text) => text.replace('held ', ''));
  expect(told.sort()).toEqual(ephemerals(world).map(String).sort());
};

function locks(layout: rxzk.Layout): readonly Recipe[] {
  const rest = { variant: layout, counted: [path] };
  const one = { atRest: oneOfThem(eldest), ...rest };
  const work = { atRest: oneOfThem(somebody), ...rest };
  return [
    { name: 'lock$', use: (zk) => holding(rxzk.lock$(zk, path, { layout })), ...one },
    {
      name: 'withLock',
      use: (zk) => working((work$) => work$.pipe(rxzk.withLock(zk, path, { layout }))),
      ...work,
    },
    { name: 'writeLock$', use: (zk) => holding(rxzk.writeLock$(zk, path, { layout })), ...one },
    {
      name: 'withWriteLock',
      use: (zk) => working((work$) => work$.pipe(rxzk.withWriteLock(zk, path, { layout }))),
      ...work,
    },
    {
      name: 'readLock$',
      use: (zk) => holding(rxzk.readLock$(zk, path, { layout })),
      ...rest,
      atRest: all,
    },
    {
      name: 'withReadLock',
      use: (zk) => working((work$) => work$.pipe(rxzk.withReadLock(zk, path, { layout }))),
      ...rest,
      atRest: everybody(somebody),
    },
    {
      name: 'leaderElection$',
      use: (zk) =>
        rxzk
          .leaderElection$(zk, path, { layout })
          .pipe(map((at) => (at.role === 'leader' ? `held ${String(at.lease.fence)}` : at.role))),
      ...one,
    },
    {
      name: 'whileLeader',
      use: (zk) => working((work$) => work$.pipe(rxzk.whileLeader(zk, path, { layout }))),
      ...work,
      // Losing is no error, so what was told before may be old: that it has its znode is what can be said.
      atRest: (world, last) => {
        expect(last).toContain('held');
        expect(ephemerals(world)).toHaveLength(last.length);
      },
    },
  ];
}

function semaphores(layout: rxzk.Layout): readonly Recipe[] {
  const options = { layout, maxLeases: 1 };
  const kazoo = layout === 'kazoo';
  const rest = {
    variant: layout,
    counted: kazoo ? [`${path}-__lock__`] : [`${path}/locks`, `${path}/leases`],
    stays: /^\/every(\/here(-__lock__|\/locks|\/leases)?)?$/,
  };
  return [
    {
      name: 'semaphore$',
      use: (zk) => holding(rxzk.semaphore$(zk, path, options)),
      ...rest,
      // Who waits has no lease yet, but a znode that is younger.
      atRest: oneOfThem(eldestLease),
    },
    {
      name: 'withSemaphore',
      use: (zk) => working((work$) => work$.pipe(rxzk.withSemaphore(zk, path, options))),
      ...rest,
      atRest: oneOfThem(somebody),
    },
  ];
}

/** The one lease that there may be. */
function eldestLease(world: World): string {
  const tree = world.server.tree();
  const leases = world.server.ephemerals().filter((one) => !/lock__\/|\/locks\//.test(one));
  const [only] = leases;
  const czxid = only === undefined ? undefined : tree[only]?.stat.czxid;
  return czxid === undefined || leases.length > 1 ? '' : `held ${String(czxid)}`;
}

const multi: Recipe = {
  name: 'multiLock$',
  use: (zk) => holding(rxzk.multiLock$(zk, ['/every/two', path])),
  atRest: (world, last) => {
    const fences = ephemerals(world).map((fence) => `held ${String(fence)}`);
    expect(last.filter((text) => fences.includes(text))).toHaveLength(1);
  },
  counted: ['/every/two', path],
  stays: /^\/every(\/here|\/two)?$/,
};

function barriers(layout: rxzk.Layout): readonly Recipe[] {
  const options = { layout, count: 1 };
  const rest: Pick<Recipe, 'variant' | 'atRest' | 'stays'> = {
    variant: layout,
    // Those who come at the same time are in the same round, also when they are more than they need be.
    atRest: (world, last) => {
      expect(last).toContain('held');
      expect(ephemerals(world).length).toBeGreaterThan(0);
    },
    // Whoever leaves alone leaves it behind, and the next who comes takes it away.
    stays: /^\/every(\/here(\/ready)?)?$/,
  };
  return [
    {
      name: 'doubleBarrier$',
      use: (zk) => holding(rxzk.doubleBarrier$(zk, path, options)).pipe(map(withoutFence)),
      ...rest,
    },
    {
      name: 'withDoubleBarrier',
      use: (zk) => working((work$) => work$.pipe(rxzk.withDoubleBarrier(zk, path, options))),
      ...rest,
    },
  ];
}

function withoutFence(text: string): string {
  return text.startsWith('held') ? 'held' : text;
}

const lease: Recipe = {
  name: 'lease$',
  use: (zk, identifier) => {
    const options = { durationMs: 4000, skewMarginMs: 500, identifier };
    return holding(rxzk.lease$(zk, path, options)).pipe(
      retry({
        delay: (error: unknown) =>
          // It is taken.
          error instanceof TimeoutError ? timer(1000, zk.scheduler) : throwError(() => error),
      }),
    );
  },
  atRest: oneOfThem((world) => {
    const stat = world.server.tree()[`${path}/lease_holder`]?.stat;
    return stat === undefined ? '' : `held ${String(stat.czxid)}`;
  }),
  counted: [path],
};

const partition: Recipe = {
  name: 'partition$',
  use: (zk, identifier) =>
    rxzk
      .partition$(zk, path, ['a', 'b', 'c'], { settleMs: 100, identifier })
      .pipe(map((at) => (at.status === 'acquired' ? at.items.join('') : at.status))),
  atRest: (world, last) => {
    expect(last.join('').split('').sort().join('')).toBe('abc');
    // One in the party for each, and one in the lock of each item.
    expect(ephemerals(world)).toHaveLength(last.length + 3);
  },
  counted: ['a', 'b', 'c'].map((item) => `${path}/locks/${item}`),
  stays: /^\/every(\/here(\/party|\/locks(\/[abc])?)?)?$/,
};

/** One row for each, or for each layout. */
export const heldRows: readonly Recipe[] = [
  ...layouts.flatMap(locks),
  ...layouts.flatMap(semaphores),
  ...layouts.flatMap(barriers),
  multi,
  lease,
  partition,
];
