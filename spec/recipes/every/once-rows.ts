/** The recipes that do something once, done again and again; and the queues. */

import { catchError, defer, map, type Observable, of, repeat, throwError } from 'rxjs';
import { type ZooKeeper } from '../../../src/client/zookeeper.js';
import { ConnectionLossError, SessionExpiredError } from '../../../src/errors/client-errors.js';
import * as rxzk from '../../../src/index.js';
import { fromUtf8 } from '../../../src/recipes/core/utf8.js';
import { dataAt } from '../counts.js';
import { type World } from '../world.js';
import { pause, path, put, type Recipe } from './recipe.js';

/** Asks for it again and again, and rides out what nobody can know about. */
function again(
  zk: ZooKeeper,
  once$: () => Observable<unknown>,
  everyMs = 1000,
): Observable<string> {
  return defer(once$).pipe(
    map(String),
    catchError((error: unknown) =>
      error instanceof ConnectionLossError ? of('unknown') : throwError(() => error),
    ),
    repeat({ delay: () => pause(zk, everyMs) }),
  );
}

function numberAt(world: World): number {
  return Number(dataAt(world.server, path) ?? 0);
}

/** The highest that was told is what stands there, but for what is on its way right now. */
function counts(perUser: number): Recipe['atRest'] {
  return (world, last) => {
    const highest = Math.max(...last.map(Number));
    expect(highest).toBeLessThanOrEqual(numberAt(world));
    expect(highest).toBeGreaterThan(numberAt(world) - 1 - perUser * last.length);
  };
}

const stays = /./;
const text = { codec: rxzk.text(), initial: '0' };

const increment: Recipe = {
  name: 'increment',
  use: (zk) => again(zk, () => rxzk.increment(zk, path, 1).pipe(map(({ after }) => after))),
  atRest: counts(1),
  stays,
};

const updateShared: Recipe = {
  name: 'updateShared',
  use: (zk) =>
    again(zk, () =>
      rxzk
        .updateShared(zk, path, (value) => String(Number(value) + 1), text)
        .pipe(map(({ after }) => after)),
    ),
  atRest: counts(1),
  stays,
};

const allocateIds: Recipe = {
  name: 'allocateIds',
  use: (zk) => {
    const ids = rxzk.allocateIds(zk, path, { chunk: 3 });
    return again(zk, () => ids.next());
  },
  atRest: (world, last) => {
    // Whoever removes the counter makes ids that are given out already come again: that they go on is all.
    expect(last.filter((one) => /^\d+$/.test(one))).toHaveLength(last.length);
    expect(numberAt(world)).toBeGreaterThan(0);
  },
  stays,
};

const exists: Recipe['atRest'] = (world, last) => {
  for (const entry of last.flatMap((one) => one.split(','))) {
    expect(Object.keys(world.server.tree())).toContain(entry);
  }
};

const enqueue: Recipe = {
  name: 'enqueue',
  use: (zk, who) => again(zk, () => rxzk.enqueue(zk, path, who)),
  atRest: exists,
  stays,
};

const enqueueAll: Recipe = {
  name: 'enqueueAll',
  use: (zk, who) => again(zk, () => rxzk.enqueueAll(zk, path, [who, who])),
  atRest: exists,
  stays,
};

const entries = `${path}/entries`;
// An entry stays that nobody has had the time to take.
const queueStays = /^\/every(\/here(\/entries(\/entry-100-\d+)?|\/taken|\/queue-\d+)?|\/marks)?$/;
const stir: Recipe['stir'] = (zk, entry) => rxzk.enqueue(zk, path, entry);
/** The one that was put in last was taken, by somebody; the queue is empty. */
const taken: Recipe['atRest'] = (world, last, stirred) => {
  expect(last).toContain(stirred);
  expect(world.names(entries) ?? []).toEqual([]);
};
const queue = { ground: (zk: ZooKeeper) => rxzk.enqueue(zk, path, 'first'), stir };

const dequeue: Recipe = {
  name: 'dequeue$',
  ...queue,
  use: (zk) =>
    rxzk.dequeue$(zk, path).pipe(
      map(({ data }) => fromUtf8(data)),
      // It names what it cannot know of.
      catchError((error: unknown, more$) =>
        error instanceof ConnectionLossError ? more$ : throwError(() => error),
      ),
    ),
  once: true,
  atRest: taken,
  stays: queueStays,
  counted: [entries, `${path}/waiting`],
};

const consumes = (['kazoo', 'curator'] as const).map((layout): Recipe => {
  const place = layout === 'curator' ? { layout, lockPath: '/every/marks' } : { layout };
  const from = layout === 'kazoo' ? entries : path;
  const add: NonNullable<Recipe['stir']> = (zk, entry) => rxzk.enqueue(zk, path, entry, { layout });
  return {
    name: 'consume$',
    variant: layout,
    ground: (zk) => add(zk, 'first'),
    use: (zk) =>
      rxzk.consume$(zk, path, ({ data }) => pause(zk, 5).pipe(map(() => fromUtf8(data))), place),
    once: true,
    stir: add,
    atRest: (world, last, stirred) => {
      expect(last).toContain(stirred);
      expect(world.names(from) ?? []).toEqual([]);
    },
    stays: queueStays,
    counted: [from, layout === 'kazoo' ? `${path}/waiting` : `${path}__waiting`],
  };
});

const queueLength: Recipe = {
  name: 'queueLength$',
  ...queue,
  use: (zk) => rxzk.queueLength$(zk, path).pipe(map((count) => String(count))),
  atRest: (world, last) => {
    expect(last).toEqual(last.map(() => String(world.names(entries)?.length ?? 0)));
  },
  stays,
};

const barrier: Recipe = {
  name: 'barrier$',
  ground: (zk) => put(zk, path),
  use: (zk) => rxzk.barrier$(zk, path).pipe(map(() => 'open')),
  stir: (zk) => zk.delete(path),
  atRest: (_world, last) => {
    expect(last).toEqual(last.map(() => 'open'));
  },
};

const createBarrier: Recipe = {
  name: 'createBarrier',
  use: (zk) => again(zk, () => rxzk.createBarrier(zk, path)),
  atRest: (world, last) => {
    expect(last).toEqual(last.map(() => 'false'));
    expect(world.names(path)).toEqual([]);
  },
};

const removeBarrier: Recipe = {
  name: 'removeBarrier',
  ground: (zk) => put(zk, path),
  use: (zk) => again(zk, () => rxzk.removeBarrier(zk, path)),
  stir: (zk) => put(zk, path),
  atRest: (world, last) => {
    expect(last).toEqual(last.map(() => 'false'));
    expect(world.names(path)).toBeUndefined();
  },
};

const contender = `${path}/id__lock__0000000000`;

const requestRevocation: Recipe = {
  name: 'requestRevocation',
  ground: (zk) => put(zk, contender),
  use: (zk) => again(zk, () => rxzk.requestRevocation(zk, contender)),
  stir: (zk) => put(zk, contender, 'somebody'),
  atRest: (world, last) => {
    expect(last).toEqual(last.map(() => 'true'));
    expect(dataAt(world.server, contender)).toBe('__REVOKE__');
  },
  stays,
};

const migrate: Recipe = {
  name: 'migrate',
  use: (zk) => {
    const set = {
      id: 'all',
      lockPath: `${path}/lock`,
      metaDataPath: `${path}/meta`,
      migrations: [{ operations: [rxzk.create(`${path}/made`)] }],
    };
    const once$ = () =>
      rxzk.migrate(zk, set).pipe(
        // Who removes what is recorded before what was made, or a lock while it is held, hears of it.
        catchError((error: unknown) =>
          error instanceof rxzk.MigrationError ||
          error instanceof rxzk.LockLostError ||
          error instanceof SessionExpiredError
            ? of(error.name)
            : throwError(() => error),
        ),
      );
    return again(zk, once$, 4000);
  },
  atRest: (world, last) => {
    expect(last).toEqual(last.map(() => '0'));
    const tree = Object.keys(world.server.tree());
    expect(tree).toContain(`${path}/made`);
    expect(tree.filter((one) => one.startsWith(`${path}/meta/all/`))).toHaveLength(1);
  },
  counted: [`${path}/lock`],
  stays: /^\/every(\/here(\/lock(\/all(\/locks)?)?|\/made|\/meta(\/all(\/[^/]*)?)?)?)?$/,
};

/** One row for each. */
export const onceRows: readonly Recipe[] = [
  increment,
  updateShared,
  allocateIds,
  enqueue,
  enqueueAll,
  dequeue,
  ...consumes,
  queueLength,
  barrier,
  createBarrier,
  removeBarrier,
  requestRevocation,
  migrate,
];
