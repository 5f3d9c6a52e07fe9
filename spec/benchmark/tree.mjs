/**
 * What `tree$` costs over 100,000 znodes, and that it is right while a writer changes them flat out. Needs `npm run build`.
 *
 * Run it with `node --expose-gc spec/benchmark/tree.mjs`; `--folders N --size N --seconds N --version 3.5.10` for another
 * tree, a longer storm, another server (3.5: one-shot watches); `--real` takes a real server, behind a relay that can be cut.
 * The server (unless it is real) and the writer are in a process of their own.
 * Exit code 1 if the tree differs from a full walk, or if more than what changed is read again after a cut connection.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const built = process.env.RXZK_BUILT ?? '../../dist/cjs';

const { values } = parseArgs({
  options: {
    folders: { type: 'string', default: '100' },
    size: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '5' },
    version: { type: 'string', default: '3.9.3' },
    real: { type: 'boolean', default: false },
    peer: { type: 'boolean', default: false },
  },
});
const folders = Number(values.folders);
const size = Number(values.size);
const znodes = folders * size + 1;
const changedWhileAway = 100;

if (values.peer) await serve();
else await main();

/** The other process: the server, and somebody who writes. */
async function serve() {
  const { zookeeper } = require(`${built}/client/zookeeper-factory.js`);
  const running = await (values.real ? startReal() : startEmbedded());
  const zk = zookeeper(running.direct, { idleGraceMs: Infinity, sessionTimeoutMs: 30_000 });
  await fill(zk);
  let storm;
  const tasks = {
    storm: () => void (storm = startStorm(zk)),
    calm: () => storm.stop(),
    drop: async (id) => {
      running.drop(BigInt(id));
      const data = Buffer.alloc(100, 'd');
      const paths = Array.from({ length: changedWhileAway }, (_, i) => `/tree/f${i % folders}`);
      await Promise.all(paths.map((path, i) => zk.create(`${path}/away-${i}`, data)));
    },
  };
  process.on('message', async ({ task, argument }) => {
    process.send({ done: (await tasks[task](argument)) ?? null });
  });
  process.on('disconnect', () => void running.close().then(() => process.exit(0)));
  process.send({ hosts: running.hosts, version: running.version });
}

async function startEmbedded() {
  const { startServer } = require(`${built}/testing/start-server.js`);
  const { version } = values;
  const running = await startServer({ version });
  const { hosts, server } = running;
  const drop = (id) => server.dropConnections(id);
  return { hosts, direct: hosts, version, drop, close: () => running[Symbol.asyncDispose]() };
}

async function startReal() {
  const { startZooKeeper } = require(`${built}/testing/index.js`);
  const running = await startZooKeeper({ relay: true });
  const { hosts, port, version } = running;
  const drop = () => running.dropConnections();
  return {
    hosts,
    direct: `127.0.0.1:${port}`,
    version,
    drop,
    close: () => running[Symbol.asyncDispose](),
  };
}

async function fill(zk) {
  const data = Buffer.alloc(100, 'x');
  await zk.create('/tree', data);
  for (let folder = 0; folder < folders; folder++) {
    const create = (path) => ({ type: 'create', path, data, options: {}, withStat: false });
    const names = Array.from({ length: size - 1 }, (_, i) => `/tree/f${folder}/node-${i}`);
    await zk.transaction([`/tree/f${folder}`, ...names].map(create));
  }
}

/** Creates, changes and deletes at random, 256 requests under way at any time. */
function startStorm(zk) {
  const ignore = () => undefined;
  let state = 7;
  let writes = 0;
  let stopped = false;
  const roll = (bound) => (state = (state * 48_271) % 2_147_483_647) % bound;
  const writeOne = async () => {
    while (!stopped) {
      const path = `/tree/f${roll(folders)}/node-${roll(size * 2)}`;
      const kind = roll(4);
      const data = Buffer.alloc(100, String(writes++));
      if (kind === 0) await zk.delete(path).then(ignore, ignore);
      else if (kind === 1) await zk.create(path, data).then(ignore, ignore);
      else await zk.set(path, data).then(ignore, ignore);
    }
  };
  const lanes = Array.from({ length: 256 }, writeOne);
  const stop = async () => {
    stopped = true;
    await Promise.all(lanes);
    return writes;
  };
  return { stop };
}

function memory() {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage();
}

/** Every znode by its path, read one by one by another client. */
async function walk(hosts) {
  const { zookeeper } = require(`${built}/client/zookeeper-factory.js`);
  const zk = zookeeper(hosts, { sessionTimeoutMs: 30_000 });
  const found = new Map();
  const visit = async (path) => {
    const [node, names] = await Promise.all([zk.get(path), zk.children(path)]);
    found.set(path, node);
    for (let i = 0; i < names.length; i += 500)
      await Promise.all(names.slice(i, i + 500).map((name) => visit(`${path}/${name}`)));
  };
  await visit('/tree');
  await zk.close();
  return found;
}

/** How many znodes are missing, left over or of another version. */
function differences(tree, found) {
  let wrong = 0;
  for (const [path, node] of found) {
    const own = tree.get(path);
    const same = own?.stat.mzxid === node.stat.mzxid && own.stat.czxid === node.stat.czxid;
    if (!same || Buffer.compare(own.data, node.data) !== 0) wrong++;
  }
  for (const { path } of tree) if (!found.has(path)) wrong++;
  return wrong;
}

async function main() {
  const peer = fork(new URL(import.meta.url), [...process.argv.slice(2), '--peer']);
  const ask = async (task, argument) => {
    peer.send({ task, argument });
    const [{ done }] = await once(peer, 'message');
    return done;
  };
  const [{ hosts, version }] = await once(peer, 'message');
  const { zookeeper } = require(`${built}/client/zookeeper-factory.js`);
  const zk = zookeeper(hosts, { sessionTimeoutMs: 30_000, idleGraceMs: Infinity });
  const counts = new Map();
  zk.requests$.subscribe(({ request }) => counts.set(request, (counts.get(request) ?? 0) + 1));
  await zk.exists('/');

  const heapBefore = memory();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let tree;
  let emissions = 0;
  let changes = 0;
  let notify = () => undefined;
  const subscription = zk.tree$('/tree').subscribe((update) => {
    tree = update.tree;
    emissions++;
    changes += update.changes.length;
    notify();
  });
  await new Promise((resolve) => (notify = resolve));
  const readyMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  const heap = memory();
  const perNode = (bytes) => `${(bytes / znodes).toFixed(0)} bytes`;
  console.log(
    `${znodes.toLocaleString('en')} znodes with 100 bytes, ${values.real ? 'real ' : ''}server ${version}`,
  );
  console.log(
    `ready after ${readyMs.toFixed(0)} ms, ${((user + system) / znodes).toFixed(2)} µs of CPU for each znode`,
  );
  console.log(
    `heap ${perNode(heap.heapUsed - heapBefore.heapUsed)}, array buffers ${perNode(heap.arrayBuffers - heapBefore.arrayBuffers)} for each znode`,
  );
  if (tree.size !== znodes) throw new Error(`${tree.size} znodes`);

  emissions = changes = 0;
  const stormCpu = process.cpuUsage();
  await ask('storm');
  await new Promise((resolve) => setTimeout(resolve, Number(values.seconds) * 1000));
  const writes = await ask('calm');
  const storm = process.cpuUsage(stormCpu);
  console.log(
    `${values.seconds} s of storm: ${writes} writes, ${emissions} emissions with ${changes} changes, ${((storm.user + storm.system) / writes).toFixed(1)} µs of CPU for each write`,
  );
  const quiet = async () => {
    for (let before = -1; before !== emissions;) {
      before = emissions;
      await zk.sync('/');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  await quiet();
  const wrong = differences(tree, await walk(hosts));
  console.log(`full walk after it: ${tree.size} znodes, ${wrong} different`);

  const before = new Map(counts);
  const away = ask('drop', String(zk.session.id));
  const cut = performance.now();
  await new Promise((resolve) => (notify = resolve));
  const backMs = performance.now() - cut;
  await away;
  await quiet();
  const reads = (name) => (counts.get(name) ?? 0) - (before.get(name) ?? 0);
  console.log(
    `connection cut, ${changedWhileAway} znodes created meanwhile: first news after ${backMs.toFixed(0)} ms, ${reads('getData')} reads of data, ${reads('getChildren2')} lists`,
  );
  const wrongAfter = differences(tree, await walk(hosts));
  console.log(`full walk after it: ${tree.size} znodes, ${wrongAfter} different`);
  subscription.unsubscribe();
  await zk.close();
  peer.disconnect();
  if (wrong + wrongAfter > 0 || reads('getData') > 2 * changedWhileAway) process.exitCode = 1;
}
