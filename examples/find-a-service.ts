/** Tell others where a service is, find those of others, and ask them in turn: service discovery. */

import { filter, firstValueFrom } from 'rxjs';
import { buildUri, instances$, pick, type Picker, register$, services$, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const [zk, other] = [zookeeper(hosts), zookeeper(hosts)];
  const base = '/examples/services';

  let picker: Picker | undefined;
  const picking = instances$(zk, base, 'search')
    .pipe(pick(zk))
    .subscribe((one) => (picker = one));
  const next = () => {
    const instance = picker?.next();
    return instance === undefined ? 'nobody there yet' : buildUri(instance, { what: 'search' });
  };
  const found = (count: number) =>
    firstValueFrom(instances$(zk, base, 'search').pipe(filter((all) => all.length === count)));
  await found(0);
  print(next());

  const uriSpec = '{scheme}://{address}:{port}/{what}';
  const registrations = ['10.0.0.1', '10.0.0.2'].map((address) =>
    register$(other, base, {
      name: 'search',
      id: address,
      address,
      port: 8080,
      uriSpec,
    }).subscribe(),
  );
  const all = await found(2);
  print(`asked: ${[next(), next()].sort().join(', ')}`);

  const [first] = all;
  if (first !== undefined) {
    picker?.noteError(first);
    picker?.noteError(first);
  }
  print(`after two errors of one: ${[next(), next()].join(', ')}`);

  print(`registered: ${(await firstValueFrom(services$(zk, base))).join(', ')}`);
  picking.unsubscribe();
  registrations.forEach((registration) => {
    registration.unsubscribe();
  });
  await Promise.all([zk.close(), other.close()]);
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
