/** Show who leads, without standing in the election. */

import { filter, firstValueFrom, shareReplay, tap } from 'rxjs';
import { leader$, leaderElection$, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  const path = '/examples/leader';
  const until = (name: string | null) =>
    firstValueFrom(shown$.pipe(filter((leader) => leader === name)));

  const shown$ = leader$(zk, path).pipe(
    tap((leader) => {
      print(`${leader ?? 'nobody'} leads`);
    }),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  const watching = shown$.subscribe();
  await until(null);
  const first = leaderElection$(zk, path, { identifier: 'first' }).subscribe();
  await until('first');
  const second = leaderElection$(zk, path, { identifier: 'second' }).subscribe();
  first.unsubscribe();
  await until('second');
  second.unsubscribe();
  await until(null);

  watching.unsubscribe();
  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
