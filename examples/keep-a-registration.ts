/** Keep a registration alive: an ephemeral znode with changing data, and a party of all who are there. */

import { BehaviorSubject, filter, firstValueFrom, map } from 'rxjs';
import { ephemeral$, join$, members$, text, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const [worker, observer] = [zookeeper(hosts), zookeeper(hosts)];

  // Registered as long as it is subscribed, over disconnects and new sessions; its data follow the load.
  const load$ = new BehaviorSubject(0.1);
  const registration$ = ephemeral$(
    worker,
    '/examples/workers/w1',
    load$.pipe(map((load) => JSON.stringify({ load }))),
  );
  const registration = registration$.subscribe(({ status }) => {
    print(`the registration is ${status}`);
  });

  const seen$ = observer.data$('/examples/workers/w1', text());
  const seen = (what: string | null) => firstValueFrom(seen$.pipe(filter((data) => data === what)));
  print(`seen: ${String(await seen('{"load":0.1}'))}`);
  load$.next(0.9);
  print(`seen: ${String(await seen('{"load":0.9}'))}`);
  registration.unsubscribe();
  await seen(null);
  print('seen: it is gone');

  // A party: who is there, by name.
  const party$ = members$(observer, '/examples/party').pipe(
    map((members) => members.map(({ identifier }) => identifier)),
  );
  const parties = ['ann', 'bob'].map((identifier) =>
    join$(worker, '/examples/party', { identifier }).subscribe(),
  );
  const here = await firstValueFrom(party$.pipe(filter(({ length }) => length === 2)));
  print(`in the party: ${here.join(' and ')}`);
  parties[0]?.unsubscribe();
  const left = await firstValueFrom(party$.pipe(filter(({ length }) => length === 1)));
  print(`in the party: ${left.join()}`);

  await Promise.all([worker.close(), observer.close()]);
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
