/** Do something that needs several locks, all or none of them, without waiting for each other in a circle. */

import { catchError, defer, lastValueFrom, map, of, take } from 'rxjs';
import { lock$, multiLock$, TimeoutError, whileHeld, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  const [a, b] = ['/examples/account-a', '/examples/account-b'];
  const balance = { a: 100, b: 100 };

  const transfer$ = multiLock$(zk, [a, b], { waitMs: 5_000 }).pipe(
    whileHeld((lease) =>
      defer(() => {
        balance.a -= 100;
        balance.b += 100;
        print(`a: ${String(balance.a)}, b: ${String(balance.b)}`);
        return of(lease.leases.length);
      }),
    ),
  );
  print(`held ${String(await lastValueFrom(transfer$))} locks`);

  // While somebody has one of them, none is taken.
  const refused$ = lock$(zk, a).pipe(
    whileHeld(() =>
      multiLock$(zk, [b, a], { waitMs: 0 }).pipe(
        map(() => 'held'),
        catchError((error: unknown) => of(error instanceof TimeoutError ? 'Timeout' : 'failed')),
        take(1),
      ),
    ),
  );
  print(`b is free, a is taken: ${await lastValueFrom(refused$)}`);

  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
