/** What a row of the table of all recipes says, and what the rows are made of. */

import { catchError, concat, map, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { type Lease } from '../../../src/client/lease.js';
import { type ZooKeeper } from '../../../src/client/zookeeper.js';
import { LockLostError } from '../../../src/errors/client-errors.js';
import { retryLost } from '../../../src/recipes/held/retry-lost.js';
import { dataAt } from '../counts.js';
import { type World } from '../world.js';

/** Where everybody meets. Its parent is what is removed. */
export const path = '/every/here';

/** A use of a recipe, and what must be so when all has come to rest. */
export interface Recipe {
  /** The export that it is a row of. */
  readonly name: string;
  readonly variant?: string;
  /** Makes what is there before anybody comes. */
  readonly ground?: (zk: ZooKeeper) => Observable<unknown>;
  /** What an application does: it rides out what the docs of the recipe say may happen, and nothing else. Each text is news. */
  readonly use: (zk: ZooKeeper, who: string) => Observable<string>;
  /** Whether each text is told once, to one user: who comes again has been told what he was told before. Default: false. */
  readonly once?: boolean;
  /** What others do meanwhile: the news that it waits for. It may fail, and be done again. */
  readonly stir?: (zk: ZooKeeper, text: string) => Observable<unknown>;
  /** Expects what must be so, given the last that each user was told and the text of the last stir. */
  readonly atRest: (world: World, last: readonly string[], stirred: string) => void;
  /** Which znodes may stay when all have gone. Default: the place itself. */
  readonly stays?: RegExp;
  /** Znodes whose sequential children the recipe makes, or looks at. */
  readonly counted?: readonly string[];
}

/** Its name in titles. */
export function titleOf({ name, variant }: Recipe): string {
  return variant === undefined ? name : `${name} (${variant})`;
}

/** What is true of all users: the last that each was told. */
export function everybody(truth: (world: World) => string): Recipe['atRest'] {
  return (world, last) => {
    expect(last).toEqual(last.map(() => truth(world)));
  };
}

/** What is true of one user, whoever that is, and of no other. */
export function oneOfThem(truth: (world: World) => string): Recipe['atRest'] {
  return (world, last) => {
    const mine = truth(world);
    expect(mine).not.toBe('');
    expect(last.filter((text) => text === mine)).toEqual([mine]);
  };
}

/** Names and data of the znodes below a znode, as `name=data`, in the order of their making. */
export function below(world: World, parent: string = path): readonly string[] {
  const tree = world.server.tree();
  return (world.names(parent) ?? [])
    .filter((name) => !name.includes('/'))
    .sort((a, b) => {
      const [x, y] = [a, b].map((name) => tree[`${parent}/${name}`]?.stat.czxid ?? 0n);
      return x !== undefined && y !== undefined && x < y ? -1 : 1;
    })
    .map((name) => `${name}=${dataAt(world.server, `${parent}/${name}`) ?? ''}`);
}

/** The same without the names. */
export function dataBelow(world: World, parent: string = path): readonly string[] {
  return below(world, parent).map((line) => line.slice(line.indexOf('=') + 1));
}

/** The ephemeral znodes under the place: nobody else makes any. */
export function ephemerals(world: World): readonly bigint[] {
  const tree = world.server.tree();
  return world.server
    .ephemerals()
    .filter((one) => one.startsWith('/every'))
    .map((one) => tree[one]?.stat.czxid ?? 0n);
}

/** A lease that is acquired again whenever it is lost; `held` with its fence. */
export function holding(lease$: Observable<Lease>): Observable<string> {
  return lease$.pipe(
    map(({ fence }) => `held ${String(fence)}`),
    tellLoss(),
    retryLost(),
  );
}

/** Work under a lease, which is acquired again whenever it is lost. */
export function working(
  run: (work$: Observable<string>) => Observable<string>,
): Observable<string> {
  return run(concat(of('held'), NEVER)).pipe(tellLoss(), retryLost());
}

function tellLoss(): (source: Observable<string>) => Observable<string> {
  return catchError((error: unknown) => {
    const rethrown$ = throwError(() => error);
    return error instanceof LockLostError ? concat(of('lost'), rethrown$) : rethrown$;
  });
}

/** Makes a znode with its parents, or writes it; `undefined` for the data lets those be that are there. */
export function put(zk: ZooKeeper, znode: string, data?: string): Observable<unknown> {
  const made$ = zk.ensurePath(znode);
  return data === undefined ? made$ : concat(made$, zk.set(znode, data));
}

/** Time that passes on a client's scheduler. */
export function pause(zk: ZooKeeper, ms: number): Observable<unknown> {
  return timer(ms, zk.scheduler);
}
