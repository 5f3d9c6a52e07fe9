/** Change several znodes together or not at all, and see which operation was refused. */

import { check, create, remove, set, TransactionError, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  await zk.ensurePath('/examples/accounts');

  const [path, stat] = await zk.transaction([
    create('/examples/accounts/a', '100'),
    set('/examples/accounts/a', '90'),
    create('/examples/accounts/b', '10'),
  ]);
  print(`${path} is at version ${String(stat.version)}`);

  try {
    await zk.transaction([
      set('/examples/accounts/a', '0'),
      check('/examples/accounts/b', 7),
      remove('/examples/accounts/b'),
    ]);
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error;
    print(`${error.name}: operation ${String(error.index + 1)} refused, ${error.codeName}`);
  }
  const { data } = await zk.get('/examples/accounts/a');
  print(`a is still ${new TextDecoder().decode(data ?? new Uint8Array())}`);

  await zk.delete('/examples/accounts', { recursive: true });
  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
