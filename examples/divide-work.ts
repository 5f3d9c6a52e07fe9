/** Divide work among all who are there, and let one of many hosts do what is to be done once in a while. */

import { catchError, filter, firstValueFrom, lastValueFrom, map, of } from 'rxjs';
import { lease$, type Partition, partition$, TimeoutError, whileHeld, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const [one, two] = [zookeeper(hosts), zookeeper(hosts)];
  const shards = ['s1', 's2', 's3'];

  // Each member has a share; when somebody comes or goes, all divide anew.
  const log: Record<string, string> = {};
  const work = (zk: typeof one, identifier: string) =>
    partition$(zk, '/examples/shards', shards, { identifier, settleMs: 50 });
  const first$ = work(one, 'first');
  const shown = (state: Partition) => (state.status === 'acquired' ? state.items.join() : '');
  const alone = await firstValueFrom(first$.pipe(map(shown), filter(Boolean)));
  print(`alone: ${alone}`);
  await new Promise<void>((resolve) => {
    const note = (who: string) => (state: Partition) => {
      log[who] = shown(state);
      if (log['first'] === 's1,s3' && log['second'] === 's2') resolve();
    };
    first$.subscribe(note('first'));
    work(two, 'second').subscribe(note('second'));
  });
  print(`together: ${String(log['first'])} and ${String(log['second'])}`);

  // At most once in an hour, whoever comes first.
  const cleanUp = (zk: typeof one, identifier: string) =>
    lease$(zk, '/examples/cleanup', { durationMs: 3_600_000, identifier, onLeave: 'keep' }).pipe(
      whileHeld(() => of(`${identifier} cleans up`)),
      catchError((error: unknown) =>
        of(error instanceof TimeoutError ? `${identifier} has nothing to do` : String(error)),
      ),
    );
  print(await lastValueFrom(cleanUp(one, 'first')));
  print(await lastValueFrom(cleanUp(two, 'second')));

  await Promise.all([one.close(), two.close()]);
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
