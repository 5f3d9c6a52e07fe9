/** See who holds a lock, and ask for it: the holder gives it back when it suits it. */

import { filter, firstValueFrom, lastValueFrom, NEVER, of, takeUntil, tap } from 'rxjs';
import { contenders$, lock$, requestRevocation, whileHeld, withLock, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  const path = '/examples/index';

  // Works for ever, unless somebody asks for the lock.
  const indexing$ = lock$(zk, path, { identifier: 'indexer' }).pipe(
    whileHeld((lease) =>
      NEVER.pipe(
        takeUntil(
          lease.revocation$.pipe(
            tap(() => {
              print('indexer gives the lock back');
            }),
          ),
        ),
      ),
    ),
  );
  const indexing = indexing$.subscribe();

  const queue$ = contenders$(zk, path).pipe(filter((queue) => queue.length > 0));
  const [holder] = await firstValueFrom(queue$);
  if (holder === undefined) return;
  print(`in line: ${holder.identifier}`);
  const urgent = lastValueFrom(of('urgent job has the lock').pipe(withLock(zk, path)));
  const asked = requestRevocation(zk, holder.path).pipe(
    tap((found) => {
      print(`indexer is asked: ${String(found)}`);
    }),
  );
  await lastValueFrom(asked);
  print(await urgent);

  indexing.unsubscribe();
  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
