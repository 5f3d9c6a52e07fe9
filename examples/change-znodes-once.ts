/** Bring znodes up to date, once, whichever process comes first: migrations. */

import { create, migrate, type Migration, MigrationError, set, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const [zk, other] = [zookeeper(hosts), zookeeper(hosts)];
  const paths = {
    lockPath: '/examples/migrations/locks',
    metaDataPath: '/examples/migrations/done',
  };
  const release = (...migrations: readonly Migration[]) => ({ id: 'shop', ...paths, migrations });

  const first: Migration = { name: 'the shop', operations: [create('/shop', 'v1')] };
  const second: Migration = { name: 'orders', operations: [create('/shop/orders')] };
  const third: Migration = { name: 'new format', operations: [set('/shop', 'v2')] };

  // All processes do this when they start.
  const one = release(first, second);
  const made = await Promise.all([migrate(zk, one), migrate(other, one)]);
  print(`made by one of two: ${made.sort().join(' + ')}`);
  print(`the next release makes ${String(await migrate(zk, release(first, second, third)))}`);

  // What was made must not be changed.
  const changed: Migration = { name: 'a region', operations: [create('/shop/region')] };
  await migrate(zk, release(first, changed, third)).then(undefined, (error: unknown) => {
    if (!(error instanceof MigrationError)) throw error;
    print(`${error.name}: ${error.reason.split(' is not')[0] ?? ''}`);
  });

  await Promise.all([zk.close(), other.close()]);
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
