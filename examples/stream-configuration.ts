/** Stream configuration: the current value now, and every change after it. */

import { json, zookeeper } from 'rxzk';

interface Config {
  readonly greeting: string;
  readonly workers: number;
}

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  const path = '/examples/config';
  await zk.ensurePath('/examples');

  // `null` while the znode does not exist; silent while the connection is down; then the latest value.
  const stream = zk.data$(path, json<Config>()).subscribe((config) => {
    print(
      config === null
        ? 'no configuration yet'
        : `${config.greeting}, ${String(config.workers)} workers`,
    );
  });

  const codec = json<Config>();
  await zk.exists(path);
  await zk.create(path, codec.encode({ greeting: 'hello', workers: 2 }));
  const { stat } = await zk.get(path, codec);
  await zk.set(path, codec.encode({ greeting: 'hello', workers: 4 }), { version: stat.version });
  await zk.sync(path);

  stream.unsubscribe();
  await zk.delete(path);
  await zk.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
