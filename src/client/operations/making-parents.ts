/**
 * Creates that make what is missing above them: all of it where `parents` is given, and what a namespace names for a create
 * directly below its root.
 *
 * They find out by being refused. So nothing is looked at beforehand: a create costs nothing more, reads find nothing where
 * nothing is, and a container that the server has removed meanwhile is made again.
 */

import { catchError, concatMap, defer, type Observable } from 'rxjs';
import { NoNodeError } from '../../errors/server-error.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { parentPath } from '../../path.js';
import { type Place, placesBetween } from '../home.js';
import { type RequestHost } from '../request-host.js';
import { type Shot } from '../request-kind.js';
import { type TransactionOperation } from '../transaction.js';
import { type CreateOptions, type ParentsOptions } from '../znode.js';
import { type CreateInput } from './create.js';
import { makePlaces } from './make-places.js';
import { Steps } from './steps.js';

// Somebody may delete what has just been made.
const maxRepeats = 9;

/** What is done, once more if need be. */
interface Creation<Input, Value> {
  readonly operation: string;
  readonly make: (shot: Shot<Input>) => Observable<Value>;
  /** The places of which an error tells that some are missing; none if it is about something else. */
  readonly missing: (error: unknown) => readonly Place[];
}

/** Whether the parent of a path is what a namespace names: it is its root, or directly below it. */
function isAtHome(path: string | undefined): path is string {
  return typeof path === 'string' && path.lastIndexOf('/') === 0;
}

/** Whether a create may have to make what is above it first. */
export function makesParents({ host, path, input }: Shot<CreateInput>): boolean {
  return input.options.parents !== undefined || (host.makesHome && isAtHome(path));
}

/** A create of any kind of which {@link makesParents} is true. */
export function creatingParentsOptions<Value>(
  shot: Shot<CreateInput>,
  make: (shot: Shot<CreateInput>) => Observable<Value>,
): Observable<Value> {
  const { host, path = '/', input } = shot;
  const missing = (error: unknown): readonly Place[] =>
    error instanceof NoNodeError ? placesAbove({ ...input.options, path }, host) : [];
  return making(shot, { operation: 'create', make, missing });
}

/** A transaction through a namespace. A refused one has changed nothing, so it can be sent again. */
export function transactionAtHome<Value>(
  shot: Shot<readonly TransactionOperation[]>,
  make: (shot: Shot<readonly TransactionOperation[]>) => Observable<Value>,
): Observable<Value> {
  const missing = (error: unknown): readonly Place[] => {
    if (!(error instanceof TransactionError)) return [];
    const asked = shot.input[error.index];
    const isRefused = error.errors[error.index] instanceof NoNodeError;
    if (!isRefused || asked?.type !== 'create' || !isAtHome(asked.path)) return [];
    return placesAbove({ ...asked.options, path: asked.path }, shot.host);
  };
  return making(shot, { operation: 'transaction', make, missing });
}

/** What must be there for a create; without `parents` that of the namespace. */
function placesAbove(
  { path, sequential, parents }: CreateOptions & ParentsOptions & { readonly path: string },
  { home, chroot }: RequestHost,
): readonly Place[] {
  if (path === '/' && sequential !== true) return home.slice(0, -1);
  if (parents === undefined) return home;
  const parent = chroot.toServer(parentPath(path));
  const how = { container: parents === 'container', acl: undefined };
  return [...home, ...placesBetween(chroot.prefix, parent, how)];
}

function making<Input, Value>(
  shot: Shot<Input>,
  { operation, make, missing }: Creation<Input, Value>,
): Observable<Value> {
  return defer(() => {
    const { host, path } = shot;
    const context = { operation, path };
    const steps = new Steps(shot);
    let repeatsLeft = maxRepeats;
    const afterError = (error: unknown): Observable<Value> => {
      const places = missing(error);
      if (places.length === 0 || repeatsLeft-- <= 0) throw error;
      const again$ = () => steps.inTime(context, (options) => make({ ...shot, options }));
      const places$ = makePlaces({ shot, steps, operation, places, acl: host.defaultAcl });
      // A time limit that passes meanwhile is that of the request, not of the places.
      return steps
        .inTime(context, () => places$.pipe(concatMap(again$)))
        .pipe(catchError(afterError));
    };
    return make(shot).pipe(catchError(afterError));
  });
}
