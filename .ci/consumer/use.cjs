/** A user of the package in CommonJS: a value written and read back over a socket. */
const { zookeeper } = require('rxzk');
const { findZooKeeper, startServer, startZooKeeper } = require('rxzk/testing');

async function main() {
  const server = await startServer();
  const zk = zookeeper(server.hosts);
  await zk.create('/a', 'b');
  const { data } = await zk.get('/a');
  await zk.close();
  await server.stop();
  if (Buffer.from(data).toString() !== 'b')
    throw new Error('what was read is not what was written');
  // A real one, where there is one.
  if (!('missing' in findZooKeeper())) await (await startZooKeeper()).close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
