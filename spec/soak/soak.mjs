/**
 * The soak: processes that use every recipe at once on a real ensemble, while servers and processes are killed, frozen and cut off.
 * At the end the records of all processes are checked. Needs `npm run build` and a real ZooKeeper.
 *
 *     node spec/soak/soak.mjs [minutes, default 5] [processes, default 4]
 *
 * The exit code is 1 if anything was violated. See check.mjs for what is checked.
 */
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zookeeper } from '../../dist/esm/index.js';
import { check, readRecord } from './check.mjs';

const { startEnsemble } = createRequire(import.meta.url)('../../dist/cjs/testing/index.js');
const minutes = Number(process.argv[2] ?? 5);
const processes = Number(process.argv[3] ?? 4);
const folder = mkdtempSync(join(tmpdir(), 'rxzk-soak-'));
const record = join(folder, 'record.jsonl');
const worker = new URL('./worker.mjs', import.meta.url).pathname;

const ensemble = await startEnsemble(3, { tickMs: 500, relay: true });
const zk = zookeeper(ensemble.hosts, { sessionTimeoutMs: 30_000 });
const workers = new Map();
let born = 0;
const deaths = [];
const counts = {};

function spawn() {
  const name = `p${++born}`;
  const child = fork(worker, [ensemble.hosts, name, record], { stdio: 'inherit' });
  workers.set(name, child);
  child.once('exit', (code, signal) => {
    workers.delete(name);
    if (signal !== 'SIGKILL' && code !== 0) deaths.push({ name, code, signal });
  });
}
const any = (list) => list[Math.floor(Math.random() * list.length)];
const between = (from, to) => from + Math.random() * (to - from);

/** What can go wrong, and how it is put right. */
const upheavals = {
  async killServer() {
    const server = any(ensemble.servers);
    await server.kill();
    await sleep(between(200, 3_000));
    await server.start();
  },
  async freezeServer() {
    const server = any(ensemble.servers);
    await server.pause();
    await sleep(between(500, 6_000));
    server.resume();
  },
  async cut() {
    ensemble.dropConnections();
    await sleep(10);
  },
  async holdReplies() {
    const { relay } = any(ensemble.servers);
    relay.holdReplies();
    await sleep(between(20, 1_500));
    if (Math.random() < 0.7) relay.cut();
    relay.restore();
  },
  async killProcess() {
    any([...workers.values()]).kill('SIGKILL');
    spawn();
    await sleep(10);
  },
  async freezeProcess() {
    const child = any([...workers.values()]);
    child.kill('SIGSTOP');
    await sleep(between(500, 8_000));
    child.kill('SIGCONT');
  },
};

/** Writes until told to stop; each write is tried until it is known to have been made. */
function writeAllTheTime() {
  let on = true;
  const done = (async () => {
    for (let i = 0; on; i++) {
      const path = `/soak/tree/${i % 7}/${i % 31}`;
      try {
        await zk.set('/soak/hot', String(i));
        if (i % 3 === 0) await zk.delete(path).then(undefined, () => undefined);
        else await zk.create(path, String(i)).then(undefined, () => zk.set(path, String(i)));
      } catch {
        // A write of unknown outcome; what the znodes are in the end is read from the server.
      }
      await sleep(3);
    }
  })();
  return async () => {
    on = false;
    await done;
  };
}

let failed = true;
try {
  await zk.ensurePath('/soak/hot');
  await zk.ensurePath('/soak/tree');
  for (let i = 0; i < 7; i++) await zk.ensurePath(`/soak/tree/${i}`);
  for (let i = 0; i < processes; i++) spawn();
  const stopWriting = writeAllTheTime();
  const end = Date.now() + minutes * 60_000;
  while (Date.now() < end) {
    const name = any(Object.keys(upheavals));
    counts[name] = (counts[name] ?? 0) + 1;
    await upheavals[name]();
    await sleep(between(100, 4_000));
  }
  await stopWriting();
  await sleep(6_000);
  const children = [...workers.values()];
  const ask = (message, ready) =>
    Promise.all(
      children.map(async (child) => {
        const answer = new Promise((resolve, reject) => {
          child.once('message', resolve);
          setTimeout(reject, 20_000, new Error(`no answer to ${message}`)).unref();
        });
        child.send(message);
        return await answer;
      }),
    ).then((answers) => answers.filter(ready));
  const views = await ask('tell', () => true);
  const members = await zk.children('/soak/party');
  await ask('stop', () => true);
  await sleep(2_000);
  const left = await leftovers();
  const queued = [];
  for (const name of await zk.children('/soak/queue/entries')) {
    queued.push(text((await zk.get(`/soak/queue/entries/${name}`)).data));
  }
  const tree = {};
  await zk.sync('/soak');
  await walk('/soak/tree', tree);
  const hot = text((await zk.get('/soak/hot')).data);
  const counter = Number(text((await zk.get('/soak/counter')).data));
  for (const child of children) child.send('end');
  await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
  const problems = check({
    lines: readRecord(record),
    views,
    members,
    left,
    queued,
    tree,
    hot,
    counter,
    deaths,
    processes,
  });
  console.log(`${minutes} minutes, ${processes} processes:`, counts);
  for (const problem of problems.slice(0, 40)) console.log(`VIOLATED ${problem}`);
  failed = problems.length > 0;
} finally {
  for (const child of workers.values()) child.kill('SIGKILL');
  await zk.close();
  await ensemble.close();
  if (failed) console.log(`the record is kept: ${record}`);
  else if (existsSync(folder)) rmSync(folder, { recursive: true });
}
process.exit(failed ? 1 : 0);

function text(data) {
  return data === null ? null : new TextDecoder().decode(data);
}

async function walk(path, into) {
  into[path] = text((await zk.get(path)).data);
  for (const name of await zk.children(path)) await walk(`${path}/${name}`, into);
}

/** What recipes have left although nobody uses them any more. */
async function leftovers() {
  const places = [
    'lock',
    'rw',
    'curator-lock',
    'election',
    'party',
    'semaphore/leases',
    'queue/taken',
  ];
  const found = {};
  for (const place of places) {
    const children = await zk.children(`/soak/${place}`).then(undefined, () => []);
    if (children.length > 0) found[place] = children;
  }
  return found;
}
