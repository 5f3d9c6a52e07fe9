/** Many read at once, one writes: a read/write lock. */

import { defer, finalize, forkJoin, lastValueFrom, map, timer } from 'rxjs';
import { readLock$, whileHeld, withReadLock, writeLock$, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  const path = '/examples/catalogue';
  const reading = { now: 0, most: 0, besideWriter: 0 };
  const writing = { now: 0, most: 0 };

  const read$ = defer(() => {
    reading.most = Math.max(reading.most, ++reading.now);
    return timer(100).pipe(finalize(() => reading.now--));
  });
  await lastValueFrom(
    forkJoin([read$.pipe(withReadLock(zk, path)), read$.pipe(withReadLock(zk, path))]),
  );
  print(`readers at once: ${String(reading.most)}`);

  // The fence orders writers and readers: a store that refuses smaller ones is safe from a late writer.
  const write$ = writeLock$(zk, path).pipe(
    whileHeld(({ fence }) => {
      writing.most = Math.max(writing.most, ++writing.now);
      reading.besideWriter += reading.now;
      return timer(20).pipe(
        map(() => fence),
        finalize(() => writing.now--),
      );
    }),
  );
  const before$ = readLock$(zk, path).pipe(
    whileHeld(({ fence }) => timer(20).pipe(map(() => fence))),
  );
  const readFence = await lastValueFrom(before$);
  const fences = await lastValueFrom(forkJoin([write$, write$]));
  const counts = `${String(writing.most)}, beside readers: ${String(reading.besideWriter)}`;
  print(`writers at once: ${counts}`);
  print(`the writer has the greatest fence: ${String(fences.every((fence) => fence > readFence))}`);

  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
