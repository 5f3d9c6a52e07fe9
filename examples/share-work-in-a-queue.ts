/** Share work among processes: jobs by priority, each done by one worker, none lost when a worker fails. */

import { delay, filter, firstValueFrom, map, merge, of, takeUntil, tap, toArray } from 'rxjs';
import { consume$, dequeue$, enqueue, enqueueAll, queueLength$, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  const path = '/examples/jobs';

  await enqueueAll(zk, path, ['resize a.jpg', 'resize b.jpg', 'resize c.jpg']);
  await enqueue(zk, path, 'resize now.jpg', { priority: 1 });
  print(`${String(await firstValueFrom(queueLength$(zk, path)))} jobs`);

  // A worker marks a job, does it, and takes it out of the queue when it is done. A job that fails is tried again.
  const failed: string[] = [];
  const worker$ = consume$(
    zk,
    path,
    ({ data }) => {
      const job = new TextDecoder().decode(data);
      if (job.includes('b.jpg') && failed.length === 0) throw new Error('out of memory');
      return of(job).pipe(delay(20));
    },
    {
      concurrency: 2,
      retryDelayMs: 50,
      onError: (error) => {
        failed.push(String(error));
        return 'requeue';
      },
    },
  );
  // Until the queue is empty: whoever leaves earlier gives back what is not done.
  const empty$ = queueLength$(zk, path).pipe(filter((length) => length === 0));
  const done = await firstValueFrom(merge(worker$, worker$).pipe(takeUntil(empty$), toArray()));
  print(`done: ${done.sort().join(', ')}`);
  print(`failed on the way: ${failed.join(', ')}`);

  // For what may be lost, but must not be done twice: out of the queue first.
  await enqueue(zk, path, 'ping');
  await firstValueFrom(
    dequeue$(zk, path).pipe(
      map(({ data }) => new TextDecoder().decode(data)),
      tap((job) => {
        print(`taken: ${job}`);
      }),
    ),
  );

  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
