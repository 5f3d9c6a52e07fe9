/**
 * Sends a create, and does without what the server has not got: before 3.5 it does not tell the stat of what it has created, so
 * that is read right behind it. (A container or a TTL cannot be had in another way: there the refusal is the answer.)
 */

import { catchError, defer, map, type Observable, switchMap } from 'rxjs';
import { UnimplementedError } from '../../errors/server-error.js';
import { awaitable } from '../awaitable.js';
import { OneShot } from '../one-shot.js';
import { type Shot } from '../request-kind.js';
import { checkRequestOptions } from '../request-options.js';
import { type Request } from '../request.js';
import {
  createAlone,
  createByMode,
  type Created,
  type CreateInput,
  type CreateKind,
  createWithStat,
} from './create.js';
import { statOfCreated } from './created-stat.js';
import { Steps } from './steps.js';

/** A create by the row for what is asked; whether it makes sense is looked at on subscribe. */
export function createShot(shot: Shot<CreateInput>): Request<Created> {
  return createByMode(shot.input.options, (kind) => {
    if (!tellsStat(kind)) return new OneShot(kind, shot);
    return awaitable(
      defer(() => {
        checkRequestOptions(kind, shot);
        return sendCreate({ kind, shot }, new Steps(shot));
      }),
    );
  });
}

/** A create as one step of several, in whichever way the server knows. */
export function sendCreate<Wire, Response>(
  { kind, shot }: { readonly kind: CreateKind<Wire, Response>; readonly shot: Shot<CreateInput> },
  steps: Steps,
): Observable<Created> {
  const { input, path = '' } = shot;
  const sent$ = steps.send(kind, { path, input });
  if (!tellsStat(kind)) return sent$;
  return sent$.pipe(
    catchError((error: unknown) => {
      if (!(error instanceof UnimplementedError)) throw error;
      return steps
        .send(createAlone, { path, input })
        .pipe(switchMap((created) => look(created, { shot, steps })));
    }),
  );
}

// Compared by its operation: the kind itself has other types here.
function tellsStat({ operation }: { readonly operation: { readonly opcode: number } }): boolean {
  return operation.opcode === createWithStat.operation.opcode;
}

function look(
  { path, zxid }: { readonly path: string; readonly zxid: bigint },
  { shot, steps }: { readonly shot: Shot<CreateInput>; readonly steps: Steps },
): Observable<Created> {
  const { host, input } = shot;
  const { data, options } = input;
  const znode = { path, data, mode: options.mode, zxid };
  return statOfCreated(znode, { host, steps }).pipe(map((stat) => ({ path, stat })));
}
