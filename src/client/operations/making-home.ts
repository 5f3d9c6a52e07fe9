/**
 * Creates directly below the root of a namespace: what the namespace itself lacks is made when a create finds it missing.
 *
 * So nothing is looked at beforehand: a create costs nothing more, reads find nothing where nothing is, and a container that
 * the server has removed meanwhile is made again.
 */

import { catchError, concatMap, defer, type Observable } from 'rxjs';
import { NoNodeError } from '../../errors/server-error.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { type Shot } from '../request-kind.js';
import { type TransactionOperation } from '../transaction.js';
import { type CreateOptions } from '../znode.js';
import { type CreateInput } from './create.js';
import { makePlaces } from './make-places.js';
import { Steps } from './steps.js';

// Somebody may delete what has just been made.
const maxRepeats = 9;

/** Who creates the root of the namespace lacks what is above it; who creates below it, all of it. */
type Missing = 'above' | 'all';

/** What is done, once more if need be. */
interface Creation<Input, Value> {
  readonly operation: string;
  readonly make: (shot: Shot<Input>) => Observable<Value>;
  /** What of the namespace's places an error tells to be missing; `undefined` if it is about something else. */
  readonly missing: (error: unknown) => Missing | undefined;
}

/** Whether the parent of a path is what a namespace names: it is its root, or directly below it. */
function isAtHome(path: string | undefined): path is string {
  return typeof path === 'string' && path.lastIndexOf('/') === 0;
}

/** Whether a create may have to make the namespace first. */
export function createsAtHome({ host, path }: Shot<unknown>): boolean {
  return host.makesHome && isAtHome(path);
}

/** A create of any kind whose {@link createsAtHome} is true. */
export function creatingAtHome<Value>(
  shot: Shot<CreateInput>,
  make: (shot: Shot<CreateInput>) => Observable<Value>,
): Observable<Value> {
  const { path, input } = shot;
  const missing = (error: unknown): Missing | undefined =>
    error instanceof NoNodeError ? missingFor(path, input.options) : undefined;
  return makingHome(shot, { operation: 'create', make, missing });
}

/** A transaction through a namespace. A refused one has changed nothing, so it can be sent again. */
export function transactionAtHome<Value>(
  shot: Shot<readonly TransactionOperation[]>,
  make: (shot: Shot<readonly TransactionOperation[]>) => Observable<Value>,
): Observable<Value> {
  const missing = (error: unknown): Missing | undefined => {
    if (!(error instanceof TransactionError)) return undefined;
    const asked = shot.input[error.index];
    const isRefused = error.errors[error.index] instanceof NoNodeError;
    if (!isRefused || asked?.type !== 'create' || !isAtHome(asked.path)) return undefined;
    return missingFor(asked.path, asked.options);
  };
  return makingHome(shot, { operation: 'transaction', make, missing });
}

function missingFor(path: string | undefined, { sequential }: CreateOptions): Missing {
  return path === '/' && sequential !== true ? 'above' : 'all';
}

function makingHome<Input, Value>(
  shot: Shot<Input>,
  { operation, make, missing }: Creation<Input, Value>,
): Observable<Value> {
  return defer(() => {
    const { host, path } = shot;
    const context = { operation, path };
    const steps = new Steps(shot);
    let repeatsLeft = maxRepeats;
    const afterError = (error: unknown): Observable<Value> => {
      const what = missing(error);
      const places = what === 'above' ? host.home.slice(0, -1) : host.home;
      if (what === undefined || places.length === 0 || repeatsLeft-- <= 0) throw error;
      const again$ = () => steps.inTime(context, (options) => make({ ...shot, options }));
      const home$ = makePlaces({ shot, steps, operation, places, acl: host.defaultAcl });
      // A time limit that passes meanwhile is that of the request, not of the places.
      return steps
        .inTime(context, () => home$.pipe(concatMap(again$)))
        .pipe(catchError(afterError));
    };
    return make(shot).pipe(catchError(afterError));
  });
}
