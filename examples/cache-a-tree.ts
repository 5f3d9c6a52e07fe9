/** Cache a tree: everything below a znode in memory, up to date, with each change as it comes. */

import { filter, firstValueFrom } from 'rxjs';
import { text, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  const root = '/examples/shop';
  await zk.ensurePath(`${root}/books`);

  // One recursive watch for all of it; late subscribers get the tree at once.
  const shop$ = zk.tree$(root, { codec: text() });
  const stream = shop$.subscribe(({ tree, changes }) => {
    if (changes.length === 0) {
      const paths = [...tree].map(({ path }) => path);
      print(`${String(tree.size)} znodes: ${paths.join(' ')}`);
    }
    for (const change of changes) {
      const stock = change.type === 'removed' ? '' : ` = ${change.node.data} in stock`;
      print(`${change.type} ${change.path}${stock}`);
    }
  });

  const path = `${root}/books/rxjs`;
  const until = (stock: string | undefined) =>
    firstValueFrom(shop$.pipe(filter(({ tree }) => tree.get(path)?.data === stock)));
  await until(undefined);
  await zk.create(path, '42');
  await until('42');
  await zk.set(path, '41');
  await until('41');
  await zk.delete(path);
  await until(undefined);

  stream.unsubscribe();
  await zk.delete(root, { recursive: true });
  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
