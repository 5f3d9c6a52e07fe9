/** Give each team a part of the tree, with paths of its own, on one session: namespaces. */

import { json, withLock, zookeeper, type ZooKeeper } from 'rxzk';
import { defer } from 'rxjs';

/** What a team's program does; it knows nothing of where in the tree it works. */
async function work(zk: ZooKeeper, print: (line: string) => void): Promise<void> {
  // Makes what leads to the namespace, too.
  await zk.create('/config', JSON.stringify({ workers: 2 }));
  await defer(() => zk.set('/config', JSON.stringify({ workers: 4 })))
    .pipe(withLock(zk, '/locks/config'))
    .forEach(() => undefined);
  const { path, data } = await zk.get('/config', json<{ workers: number }>());
  print(`${path}: ${String(data.workers)} workers, at ${zk.chroot}${path}`);
}

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  const teams = zk.namespace('/examples/teams');
  await work(teams.namespace('/red'), print);
  await work(teams.namespace('/blue'), print);
  print(`teams: ${[...(await teams.children('/'))].sort().join(', ')}`);
  print(`sessions: ${String(new Set([zk, teams].map(({ session }) => session?.id)).size)}`);

  // A view needs no closing: the session is the client's.
  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
