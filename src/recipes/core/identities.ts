/** Who the children of a znode are: the live list, with the data of each child read once. */

import {
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  from,
  ignoreElements,
  map,
  mergeMap,
  type Observable,
  of,
  tap,
  throwError,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { joinPath } from '../../path.js';
import { latestMap } from '../../rx/latest-map.js';
import { type RecipeCall } from './options.js';
import { persist$, untilAnswered } from './persist.js';
import { fromUtf8 } from './utf8.js';

/** How many znodes are read at the same time. */
const maxReads = 100;

/** What is known of a child. */
interface Known {
  readonly path: string;
  /** Its data, as it was when the child was first seen. */
  readonly identifier: string;
  /** Zxid that created it. */
  readonly czxid: bigint;
}

/** A child and what is known of it. */
export type Identity<T> = T & Known;

/** Whose children, and which of them. */
export interface IdentitiesOptions<T> extends RecipeCall {
  /** The children that count, in the order in which they are to be told. */
  readonly select: (names: readonly string[]) => readonly T[];
}

/**
 * Emits the children that count now and whenever there are others; none while the znode is absent. Those that are gone before
 * they could be read are left out. Completes when the client is closed.
 */
export function identities$<T extends { readonly name: string }>(
  zk: ZooKeeper,
  { path, operation, select }: IdentitiesOptions<T>,
): Observable<readonly Identity<T>[]> {
  return defer(() => {
    let known: ReadonlyMap<string, Known> = new Map();
    return zk.children$(path).pipe(
      map((names) => select(names ?? [])),
      latestMap((chosen) => {
        const next = new Map<string, Known>();
        const fresh: string[] = [];
        for (const { name } of chosen) {
          const seen = known.get(name);
          if (seen === undefined) fresh.push(name);
          else next.set(name, seen);
        }
        known = next;
        const reading$ = from(fresh).pipe(
          mergeMap((name) => {
            const call = { operation, path: joinPath(path, name) };
            return identity$(zk, call).pipe(tap((one) => next.set(name, one)));
          }, maxReads),
          ignoreElements(),
        );
        const all = () =>
          chosen.flatMap((one): Identity<T>[] => {
            const about = next.get(one.name);
            return about === undefined ? [] : [{ ...one, ...about }];
          });
        return concat(
          reading$,
          defer(() => of(all())),
        );
      }),
      distinctUntilChanged<readonly Identity<T>[]>(isSame),
      // A list that was not read to its end is not told.
      catchError((error: unknown) =>
        error instanceof SessionClosedError ? EMPTY : throwError(() => error),
      ),
    );
  });
}

function identity$(zk: ZooKeeper, { operation, path }: RecipeCall): Observable<Known> {
  const request = () => zk.get(path, untilAnswered);
  return persist$(zk, { operation, path, request }).pipe(
    map(({ data, stat }) => ({ path, identifier: fromUtf8(data), czxid: stat.czxid })),
    catchError((error: unknown) =>
      error instanceof NoNodeError ? EMPTY : throwError(() => error),
    ),
  );
}

function isSame(a: readonly Known[], b: readonly Known[]): boolean {
  return a.length === b.length && a.every(({ czxid }, i) => czxid === b[i]?.czxid);
}
