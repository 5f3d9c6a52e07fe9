/** Count, number and configure together: several clients change the same znodes, and no change is lost. */

import { concatMap, lastValueFrom, merge, range, reduce, toArray } from 'rxjs';
import { allocateIds, increment, json, updateShared, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const clients = [1, 2, 3].map(() => zookeeper(hosts));
  const [zk = zookeeper(hosts)] = clients;

  // Each adds 1 ten times, all at the same time.
  const counting = clients.map((client) =>
    range(10).pipe(concatMap(() => increment(client, '/examples/visitors', 1))),
  );
  const highest$ = merge(...counting).pipe(reduce((top, { after }) => Math.max(top, after), 0));
  print(`30 increments, ${String(await lastValueFrom(highest$))} counted`);

  // Unique over all processes; a chunk of 100 costs one read and one write.
  const ids = allocateIds(zk, '/examples/order-ids', { chunk: 100 });
  const numbered$ = range(3).pipe(
    concatMap(() => ids.next()),
    toArray(),
  );
  print((await lastValueFrom(numbered$)).map((id) => `order ${String(id)}`).join(', '));

  // Changed only from the value that the function was given.
  const limits = { codec: json<{ perSecond: number }>(), initial: { perSecond: 10 } };
  const double = ({ perSecond }: { perSecond: number }) => ({ perSecond: perSecond * 2 });
  await updateShared(zk, '/examples/limits', double, limits);
  const { after, version } = await updateShared(zk, '/examples/limits', double, limits);
  print(`limit: ${String(after.perSecond)} per second, version ${String(version)}`);

  await Promise.all(clients.map((client) => client.close()));
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
