/** Replace a process without its ephemerals going: the session is left by one client and taken over by the next. */

import { filter, firstValueFrom } from 'rxjs';
import { zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const before = zookeeper(hosts);
  await before.ensurePath('/examples/workers');
  await before.create('/examples/workers/w1', 'up', { mode: 'ephemeral' });
  // Holds the session's password: keep it where only the next process can read it.
  const saved = before.session?.serialize() ?? '';
  await before.close({ keepSession: true });

  const after = zookeeper(hosts, { session: saved });
  const state = await firstValueFrom(
    after.state$.pipe(filter(({ status }) => status !== 'connecting')),
  );
  print(
    `the next process is ${state.status}, and the worker is ${(await after.exists('/examples/workers/w1')) ? 'there' : 'gone'}`,
  );
  await after.close();

  const observer = zookeeper(hosts);
  print(
    `after the end of the session it is ${(await observer.exists('/examples/workers/w1')) ? 'there' : 'gone'}`,
  );
  await observer.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
