/**
 * Deletes a znode and everything below it.
 *
 * First the subtree is listed level by level, then it is deleted from the leaves up. The server carries out the requests of
 * one session in order, so deletes are sent without waiting for each other, in batches; nothing recurses. Somebody may
 * add a znode meanwhile: then the rest is listed and deleted again, a bounded number of times.
 */

import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  expand,
  from,
  ignoreElements,
  map,
  mergeMap,
  type Observable,
  of,
  retry,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { InvalidPathError } from '../../errors/client-errors.js';
import { BadVersionError, NoNodeError, NotEmptyError } from '../../errors/server-error.js';
import { joinPath } from '../../path.js';
import { type RequestHost } from '../request-host.js';
import { type Shot } from '../request-kind.js';
import { checkRequestOptions } from '../request-options.js';
import { childrenKind, existsKind } from './reads.js';
import { Steps } from './steps.js';
import { type DeleteInput, deleteKind } from './writes.js';

// Requests under way at once, and listings tried again because something was added meanwhile.
const batchSize = 1000;
const maxRepeats = 9;

// In errors all steps are called what the user called.
const list: typeof childrenKind = { ...childrenKind, name: 'delete' };
const look: typeof existsKind = { ...existsKind, name: 'delete' };

/** Emits once, when nothing is left. Errs with `NoNodeError` if the znode itself is not there. */
export function deleteRecursive(shot: Shot<DeleteInput>): Observable<void> {
  return defer(() => {
    checkRequestOptions(deleteKind, shot);
    const { path } = deleteKind.encode(shot);
    const root = shot.path ?? '';
    if (path === '/') {
      throw new InvalidPathError(root, 'the root cannot be deleted', { operation: 'delete' });
    }
    const steps = new Steps(shot);
    const tree: Tree = { steps, host: shot.host, root, input: { ...shot.input, recursive: false } };
    return concat(checkVersion(tree), deleteAll(tree));
  });
}

interface Tree {
  readonly steps: Steps;
  readonly host: RequestHost;
  readonly root: string;
  /** Of the delete of the root. */
  readonly input: DeleteInput;
}

/** A wrong version is found before anything is deleted, not after all but the root. */
function checkVersion({ steps, root, input }: Tree): Observable<never> {
  const { version = -1 } = input;
  if (version === -1) return EMPTY;
  return steps.send(look, { path: root, input: undefined }).pipe(
    map((stat) => {
      const context = { operation: 'delete', path: root };
      if (stat === null) throw new NoNodeError(context);
      if (stat.version !== version) throw new BadVersionError(context);
    }),
    ignoreElements(),
  );
}

function deleteAll(tree: Tree): Observable<void> {
  return listTree(tree).pipe(
    tap((below) => {
      checkAll(tree, below);
    }),
    concatMap((below) => concat(deleteEach(tree, below), deleteRoot(tree))),
    retry({
      count: maxRepeats,
      delay: (error: unknown) =>
        error instanceof NotEmptyError ? of(true) : throwError(() => error),
    }),
  );
}

/** What may not be deleted is found before anything is. */
function checkAll({ host }: Tree, below: readonly string[]): void {
  const { schema, chroot } = host;
  if (schema === undefined) return;
  for (const path of below) {
    schema.checkDelete(chroot.toServer(path), { operation: 'delete', path });
  }
}

/** The paths below the root, parents before their children. */
function listTree({ steps, root }: Tree): Observable<readonly string[]> {
  const listLevel = (level: readonly string[]): Observable<readonly string[]> =>
    inBatches(level, (path) =>
      steps.send(list, { path, input: undefined }).pipe(
        map((names) => names.map((name) => joinPath(path, name))),
        // Gone by now; except that the root must be there.
        catchError((error: unknown) => {
          if (error instanceof NoNodeError && path !== root) return EMPTY;
          throw error;
        }),
      ),
    ).pipe(
      toArray(),
      map((lists) => lists.flat()),
    );
  return of<readonly string[]>([root]).pipe(
    expand((level) => (level.length === 0 ? EMPTY : listLevel(level))),
    toArray(),
    map((levels) => levels.slice(1).flat()),
  );
}

function deleteEach({ steps }: Tree, below: readonly string[]): Observable<never> {
  const input: DeleteInput = { version: undefined, recursive: false };
  return inBatches([...below].reverse(), (path) =>
    steps.send(deleteKind, { path, input }).pipe(
      catchError((error: unknown) => {
        if (error instanceof NoNodeError) return EMPTY;
        throw error;
      }),
    ),
  ).pipe(ignoreElements());
}

function deleteRoot({ steps, root, input }: Tree): Observable<void> {
  return steps.send(deleteKind, { path: root, input });
}

/** Does the work for each item: all of a batch at once, one batch after the other. */
function inBatches<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Observable<Result>,
): Observable<Result> {
  const batches = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, index) =>
    items.slice(index * batchSize, (index + 1) * batchSize),
  );
  return from(batches).pipe(concatMap((batch) => from(batch).pipe(mergeMap(work))));
}
