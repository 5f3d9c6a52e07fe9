/** Start and end together: workers that begin when all are there, and go on when all have ended; and a gate before it all. */

import { concat, defer, ignoreElements, lastValueFrom, merge, tap, timer } from 'rxjs';
import { barrier$, createBarrier, removeBarrier, withDoubleBarrier, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);

  // Begins when three are there, ends when all three have ended.
  const worker$ = (name: string, workMs: number) => {
    const begin$ = defer(() => {
      print(`${name} begins`);
      return timer(workMs);
    });
    return begin$.pipe(
      tap(() => {
        print(`${name} ends`);
      }),
      withDoubleBarrier(zk, '/examples/benchmark', { count: 3, identifier: name }),
      ignoreElements(),
    );
  };
  const all$ = merge(worker$('a', 600), worker$('b', 350), worker$('c', 100));
  await lastValueFrom(all$, { defaultValue: undefined });
  print('all have ended');

  // Whoever comes waits as long as the gate is closed.
  await createBarrier(zk, '/examples/gate');
  const open$ = concat(
    removeBarrier(zk, '/examples/gate').pipe(ignoreElements()),
    barrier$(zk, '/examples/gate'),
  );
  await lastValueFrom(open$);
  print('the gate is open');

  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
