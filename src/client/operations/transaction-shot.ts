/**
 * Sends a transaction, and does without what the server has not got.
 *
 * Servers before 3.5 take no create in it that tells its stat, and none of a container or a TTL: they refuse the whole
 * (MarshallingError), carry nothing out, and go on. The first can be had in another way; the others cannot.
 */

import { catchError, concatMap, defer, map, type Observable } from 'rxjs';
import { errorCodes } from '../../errors/codes.js';
import { ServerError, UnimplementedError } from '../../errors/server-error.js';
import { operations as operationTable } from '../../wire/operations.js';
import { OneShot } from '../one-shot.js';
import { type Shot } from '../request-kind.js';
import { checkRequestOptions } from '../request-options.js';
import { type CreateOperation, type TransactionOperation } from '../transaction.js';
import { Steps } from './steps.js';
import { type RawResult, transactionKind } from './transaction.js';
import { withStats } from './transaction-stats.js';

type Operations = readonly TransactionOperation[];

const context = { operation: 'transaction' } as const;

/** Emits the results once, with all stats that were asked for. */
export function transactionShot(shot: Shot<Operations>): Observable<readonly RawResult[]> {
  const creates = createsIn(shot.input);
  const needed = creates.find(({ options: { mode } }) => mode === 'container' || mode === 'ttl');
  if (needed === undefined && !creates.some(({ withStat }) => withStat)) {
    return new OneShot(transactionKind, shot).pipe(map(({ results }) => results));
  }
  return defer(() => {
    checkRequestOptions(transactionKind, shot);
    const { host, input } = shot;
    const steps = new Steps(shot);
    const send = (kind: typeof transactionKind) =>
      steps.inTime(context, (options) => new OneShot(kind, { ...shot, options }));
    return send(transactionKind).pipe(
      catchError((error: unknown) => {
        if (!(error instanceof ServerError) || error.code !== errorCodes.MarshallingError)
          throw error;
        if (needed !== undefined) throw unknownMode(needed);
        return send(withoutStats);
      }),
      concatMap((raw) => withStats(raw, input, { host, steps })),
    );
  });
}

// What comes back is still read as what was asked for.
const withoutStats: typeof transactionKind = {
  ...transactionKind,
  encode: (shot) =>
    transactionKind.encode({
      ...shot,
      input: shot.input.map((asked) =>
        asked.type === 'create' ? { ...asked, withStat: false } : asked,
      ),
    }),
};

function createsIn(input: Operations): readonly CreateOperation[] {
  // A caller without types may have put in anything; that is refused when it is encoded.
  if (!Array.isArray(input)) return [];
  return input.filter(isCreate);
}

function isCreate(asked: Partial<TransactionOperation> | undefined): asked is CreateOperation {
  return asked?.type === 'create' && typeof asked.options === 'object';
}

function unknownMode({ path, options }: CreateOperation): UnimplementedError {
  const isContainer = options.mode === 'container';
  const { since } = isContainer ? operationTable.createContainer : operationTable.createTtl;
  const what = isContainer ? 'a container' : 'a TTL';
  const detail = `${what} in a transaction needs ZooKeeper ${since}, and the server does not know it`;
  return new UnimplementedError({ operation: 'transaction', path }, { detail, since });
}
