/**
 * Stats of what a transaction created, where the server did not tell them.
 *
 * Servers before 3.7.2 and 3.8.2 answer a create2 inside a multi with the path alone (ZOOKEEPER-4026), and those before 3.5
 * have none. What they left out is read right behind the transaction.
 */

import { forkJoin, map, type Observable, of } from 'rxjs';
import { type TransactionOperation } from '../transaction.js';
import { type Creation, statOfCreated } from './created-stat.js';
import { type RawResult, type RawResults } from './transaction.js';

/** The results of these operations with all stats that were asked for. */
export function withStats(
  { results, zxid }: RawResults,
  operations: readonly TransactionOperation[],
  creation: Creation,
): Observable<readonly RawResult[]> {
  if (!results.some(lacksStat)) return of(results);
  const complete = results.map((result, index) => {
    const operation = operations[index];
    if (!lacksStat(result) || operation?.type !== 'create') return of(result);
    const { path } = result;
    const { data, options } = operation;
    const znode = { path, data, mode: options.mode, zxid };
    return statOfCreated(znode, creation).pipe(map((stat) => ({ path, stat })));
  });
  return forkJoin(complete);
}

function lacksStat(result: RawResult): result is { path: string; stat: undefined } {
  return typeof result === 'object' && 'path' in result && result.stat === undefined;
}
