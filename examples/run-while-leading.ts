/** Run work only while this process leads: two candidates, one steps down, the other takes over. */

import { interval, map, take, tap } from 'rxjs';
import { whileLeader, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const clients = ['anna', 'bert'].map((name) => ({ name, zk: zookeeper(hosts) }));

  // Each candidate does three rounds of work while it leads, and resigns when its work is done.
  const done = clients.map(
    ({ name, zk }) =>
      new Promise<void>((resolve, reject) => {
        interval(50)
          .pipe(
            take(3),
            map((round) => `${name} leads, round ${String(round + 1)}`),
            tap(print),
            whileLeader(zk, '/examples/election', { identifier: name }),
          )
          .subscribe({ complete: resolve, error: reject });
      }),
  );

  await Promise.all(done);
  await Promise.all(clients.map(({ zk }) => zk.close()));
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
