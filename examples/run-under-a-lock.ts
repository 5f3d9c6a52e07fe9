/** Run work under a lock: one at a time, first come first served, tried again if the lock is lost. */

import { defer, forkJoin, lastValueFrom, of, tap, timer, map } from 'rxjs';
import { lock$, retryLost, whileHeld, withLock, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  const path = '/examples/lock';

  const report$ = (name: string) =>
    defer(() => of(`${name} has the lock`)).pipe(tap(print), withLock(zk, path), retryLost());
  await lastValueFrom(forkJoin([report$('first'), report$('second')]));

  // The lease carries a fence that grows with each grant: give it to what the lock protects.
  const fenced$ = lock$(zk, path, { waitMs: 5_000 }).pipe(
    whileHeld((lease) => timer(10).pipe(map(() => ({ valid: lease.valid(), fence: lease.fence })))),
  );
  const { valid, fence } = await lastValueFrom(fenced$);
  print(`held with a fence, still valid: ${String(valid)}, positive: ${String(fence > 0n)}`);

  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
