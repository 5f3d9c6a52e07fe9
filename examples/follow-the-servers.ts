/** Servers that come and go while the program runs: the connect string is a stream, and the session goes on. */

import { zookeeper } from 'rxzk';
import { BehaviorSubject } from 'rxjs';

export async function main(hosts: string, print = console.log): Promise<void> {
  // In a program: `srvHosts$('_zookeeper._tcp.example.com')`, or a stream of your configuration.
  const hosts$ = new BehaviorSubject(hosts);
  const zk = zookeeper(hosts$, {
    chroot: '/examples',
    onReport: (error) => {
      print(error.message);
    },
  });
  // The ensemble's own configuration, which a server on its own does not have, is another source.
  const following = zk.followConfig().subscribe(print);
  await zk.ensurePath('/');
  await zk.create('/here', 'still', { mode: 'ephemeral' });
  const session = zk.session?.id;

  // The same server by another name: the old one is not in the list, so the client moves.
  hosts$.next(hosts.replace('127.0.0.1', 'localhost'));
  hosts$.next('localhost:port');
  await zk.sync('/here');
  const there = await zk.exists('/here');
  print(`the same session: ${String(there?.ephemeralOwner === session)}`);

  following.unsubscribe();
  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
