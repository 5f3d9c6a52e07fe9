/**
 * `idempotent: true`: create, set and delete that are sent again when their answer was lost, and that take a refusal for
 * success when the server has what was asked for.
 *
 * The client knows that a write may have been carried out when the connection is lost after it was sent. Sent again, it is
 * refused because of its own first time: NodeExists, BadVersion, NoNode. The znode shows whether that is so: never changed since
 * its creation and with the same data (and owner); one version on, with the same data; gone.
 */

import { catchError, defer, map, type Observable, of, retry } from 'rxjs';
import {
  ConnectionLossError,
  InvalidOptionError,
  TimeoutError,
} from '../../errors/client-errors.js';
import {
  BadVersionError,
  NodeExistsError,
  NoNodeError,
  ServerError,
} from '../../errors/server-error.js';
import { type Stat } from '../../wire/records.js';
import { type RequestKind, type Shot } from '../request-kind.js';
import { checkRequestOptions, toBytes } from '../request-options.js';
import { type Node } from '../znode.js';
import { createByMode, type Created, type CreateInput } from './create.js';
import { sendCreate } from './create-shot.js';
import { getKind } from './reads.js';
import { Steps } from './steps.js';
import { type DeleteInput, deleteKind, type SetInput, setKind } from './writes.js';

type Read = Node<Uint8Array | null>;

/** A create whose name has no number. Emits once. */
export function idempotentCreate(shot: Shot<CreateInput>): Observable<Created> {
  const { data, options } = shot.input;
  const context = { operation: 'create', path: shot.path };
  return defer(() => {
    if (options.sequential === true) {
      const reason = 'cannot recognize a znode whose number nobody knows; make it not sequential';
      throw new InvalidOptionError('idempotent', reason, context);
    }
    return createByMode(options, (kind) =>
      repeated(
        { kind, shot, send: (steps) => sendCreate({ kind, shot }, steps) },
        NodeExistsError,
        (found) => {
          const { stat } = found;
          // Servers tell the owner of an ephemeral znode only; a container looks like any other.
          const owner = options.mode === 'ephemeral' ? shot.host.sessionId : 0n;
          if (stat.version !== 0 || stat.ephemeralOwner !== owner) return undefined;
          if (!sameBytes(found.data, toBytes(data, context))) return undefined;
          const path = shot.path ?? '';
          return options.withStat === true ? { path, stat } : path;
        },
      ),
    );
  });
}

/** A set of one version, or of any. Emits once. */
export function idempotentSet(shot: Shot<SetInput>): Observable<Stat> {
  const { data, version = -1 } = shot.input;
  return repeated({ kind: setKind, shot }, BadVersionError, (found) => {
    const wanted = toBytes(data, { operation: 'set', path: shot.path });
    const isOurs = found.stat.version === version + 1 && sameBytes(found.data, wanted);
    return isOurs ? found.stat : undefined;
  });
}

/** A delete of one znode; there is nothing to look at when it is gone. Emits once. */
export function idempotentDelete(shot: Shot<DeleteInput>): Observable<void> {
  return sendAgain({ kind: deleteKind, shot }, (error) => {
    if (!(error instanceof NoNodeError)) throw error;
    return of(undefined);
  });
}

interface Repeatable<Input, Request, Response, Value> {
  readonly kind: RequestKind<Input, Request, Response, Value>;
  readonly shot: Shot<Input>;
  /** Default: as one request of that kind. */
  readonly send?: (steps: Steps) => Observable<Value>;
}

/** Repeats it, and answers its own refusal with what `accept` makes of the znode; `undefined` = it is not as it was asked for. */
function repeated<Input, Request, Response, Value>(
  repeatable: Repeatable<Input, Request, Response, Value>,
  refusal: abstract new (...args: never[]) => ServerError,
  accept: (found: Read) => Value | undefined,
): Observable<Value> {
  const { kind, shot } = repeatable;
  const look: typeof getKind = { ...getKind, name: kind.name };
  return sendAgain(repeatable, (error, steps) => {
    if (!(error instanceof refusal)) throw error;
    return steps.send(look, { path: shot.path ?? '', input: undefined }).pipe(
      catchError((failure: unknown) => {
        // Gone again, or not for us to see: then there is nothing to add to the refusal.
        throw failure instanceof ServerError ? error : failure;
      }),
      map((found) => {
        const value = accept(found);
        if (value === undefined) throw error;
        return value;
      }),
    );
  });
}

/** Sends it until it is answered, within the time limit of the request; `recover` says what other errors mean. */
function sendAgain<Input, Request, Response, Value>(
  { kind, shot, send }: Repeatable<Input, Request, Response, Value>,
  recover: (error: unknown, steps: Steps) => Observable<Value>,
): Observable<Value> {
  return defer(() => {
    checkRequestOptions(kind, shot);
    const steps = new Steps(shot);
    const step = { path: shot.path ?? '', input: shot.input };
    let mayHaveHappened = false;
    return defer(() => send?.(steps) ?? steps.send(kind, step)).pipe(
      retry({
        delay: (error: unknown) => {
          if (!isLost(error)) throw error;
          mayHaveHappened = true;
          // Paced by the connection: the next one waits for it.
          return of(true);
        },
      }),
      catchError((error: unknown) => recover(error, steps)),
      catchError((error: unknown) => {
        throw mayHaveHappened ? inDoubt(error) : error;
      }),
    );
  });
}

/** That a later attempt was not sent says nothing of the first one. */
function inDoubt(error: unknown): unknown {
  if (error instanceof TimeoutError) return new TimeoutError(error.timeoutMs, 'unknown', error);
  return error instanceof ConnectionLossError ? new ConnectionLossError('unknown', error) : error;
}

function isLost(error: unknown): boolean {
  return error instanceof ConnectionLossError && error.outcome === 'unknown';
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
