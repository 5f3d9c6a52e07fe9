/** At most so many at a time, in all processes together: a semaphore. */

import { defer, finalize, forkJoin, lastValueFrom, tap, timer } from 'rxjs';
import { retryLost, withSemaphore, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  let underWay = 0;
  let most = 0;

  const upload$ = defer(() => {
    most = Math.max(most, ++underWay);
    return timer(20).pipe(
      tap(() => {
        print(`${String(underWay)} upload(s) under way`);
      }),
      finalize(() => underWay--),
    );
  });
  const uploads = Array.from({ length: 5 }, () =>
    upload$.pipe(withSemaphore(zk, '/examples/uploads', { maxLeases: 2 }), retryLost()),
  );
  await lastValueFrom(forkJoin(uploads));
  print(`${String(uploads.length)} uploads done, at most ${String(most)} at a time`);

  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
