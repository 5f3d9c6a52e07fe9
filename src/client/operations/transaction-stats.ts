/**
 * Stats of what a transaction created, where the server did not tell them.
 *
 * Servers before 3.7.2 and 3.8.2 answer a create2 inside a multi with the path alone (ZOOKEEPER-4026). What they left out
 * is read right behind the transaction. If the znode is no longer the one that was created, or cannot be read, the
 * transaction has still happened, so the stat is what is certain of a new znode, with times of 0 for "not known".
 */

import { catchError, forkJoin, map, type Observable, of } from 'rxjs';
import { type Stat } from '../../wire/records.js';
import { OneShot } from '../one-shot.js';
import { type Shot } from '../request-kind.js';
import { type CreateOperation, type TransactionOperation } from '../transaction.js';
import { existsKind } from './reads.js';
import { type RawResult, type RawResults } from './transaction.js';

interface Missing {
  readonly path: string;
  readonly operation: CreateOperation;
}

/** The results with all stats that were asked for. */
export function withStats(
  { results, zxid }: RawResults,
  shot: Shot<readonly TransactionOperation[]>,
): Observable<readonly RawResult[]> {
  if (!results.some(lacksStat)) return of(results);
  const complete = results.map((result, index) => {
    const operation = shot.input[index];
    if (!lacksStat(result) || operation?.type !== 'create') return of(result);
    const { path } = result;
    return statOf({ path, operation }, { shot, zxid }).pipe(map((stat) => ({ path, stat })));
  });
  return forkJoin(complete);
}

function lacksStat(result: RawResult): result is { path: string; stat: undefined } {
  return typeof result === 'object' && 'path' in result && result.stat === undefined;
}

function statOf(
  missing: Missing,
  { shot, zxid }: { readonly shot: Shot<unknown>; readonly zxid: bigint },
): Observable<Stat> {
  const { host, options } = shot;
  const owner = host.sessionId ?? 0n;
  const certain = newStat(missing.operation, { zxid, owner });
  const exists = new OneShot(existsKind, { host, path: missing.path, input: undefined, options });
  return exists.pipe(
    map((stat) => (stat?.czxid === zxid ? stat : certain)),
    catchError(() => of(certain)),
  );
}

function newStat(
  { data, options }: CreateOperation,
  { zxid, owner }: { readonly zxid: bigint; readonly owner: bigint },
): Stat {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  return {
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: options.mode === 'ephemeral' ? owner : 0n,
    dataLength: bytes?.length ?? 0,
    numChildren: 0,
  };
}
