/**
 * How much the embedded server holds: sessions, znodes, watches, in memory and in a snapshot. Needs `npm run build`.
 *
 * Run it with `node --expose-gc spec/benchmark/scale.mjs [number of znodes]`; everything goes through wire bytes, on a clock that stands still.
 */
import { createRequire } from 'node:module';
import { VirtualTimeScheduler } from 'rxjs';

const require = createRequire(import.meta.url);
const built = process.env.RXZK_BUILT ?? '../../dist/cjs';
const { createServer } = require(`${built}/server/server.js`);
const { operations } = require(`${built}/wire/operations.js`);
const { connectRequestCodec } = require(`${built}/wire/records.js`);
const { encode } = require(`${built}/wire/writer.js`);

const sessions = 10_000;
const znodes = Number(process.argv[2] ?? 1_000_000);
const watches = 100_000;
const folderSize = 1_000;
const dataBytes = 100;
const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const scheduler = new VirtualTimeScheduler(undefined, Infinity);

function frame(write) {
  return encode((writer) => {
    const mark = writer.beginFrame();
    write(writer);
    writer.endFrame(mark);
  });
}

/** A connection with a session, that looks at error codes only. */
function connect(server) {
  let xid = 0;
  const pipe = { wantWrite: () => undefined, close: () => undefined };
  const handlers = server.acceptor(pipe, { host: '10.0.0.1', port: 1 });
  const password = new Uint8Array(16);
  const hello = { protocolVersion: 0, lastZxidSeen: 0n, timeoutMs: 40_000, sessionId: 0n };
  handlers.onData(
    frame((writer) => connectRequestCodec.write(writer, { ...hello, password, readOnly: false })),
  );
  handlers.onFlush();
  return (name, request) => {
    handlers.onData(
      frame((writer) => {
        writer.int((xid += 1));
        writer.int(operations[name].opcode);
        operations[name].request.write(writer, request);
      }),
    );
    const reply = handlers.onFlush();
    const error = new DataView(reply.buffer, reply.byteOffset).getInt32(16);
    if (error !== 0) throw new Error(`${name} failed with ${error}`);
  };
}

function memory() {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Does something and prints what it took, for each of so many. */
function measure(what, count, work) {
  const before = memory();
  const start = performance.now();
  const result = work();
  const ms = performance.now() - start;
  const bytes = (memory() - before) / count;
  const each = `${bytes.toFixed(0)} bytes and ${((ms / count) * 1000).toFixed(2)} µs each`;
  console.log(`${count.toLocaleString('en')} ${what}: ${ms.toFixed(0)} ms, ${each}`);
  return result;
}

const server = createServer({ scheduler });
const clients = measure('sessions', sessions, () =>
  Array.from({ length: sessions }, () => connect(server)),
);
const [client] = clients;
measure(`znodes with ${dataBytes} bytes of data`, znodes, () => {
  for (let folder = 0; folder < znodes / folderSize; folder++) {
    const parent = `/folder-${folder}`;
    client('create', { path: parent, data: null, acl, flags: 0 });
    for (let i = 1; i < folderSize; i++) {
      const data = new Uint8Array(dataBytes);
      client('create', { path: `${parent}/node-${i}`, data, acl, flags: 0 });
    }
  }
});
measure('watches of as many sessions', watches, () => {
  for (let i = 0; i < watches; i++) {
    const path = `/folder-${i % (znodes / folderSize)}/node-${1 + (i % 999)}`;
    clients[i % sessions]('getData', { path, watch: true });
  }
});
const snapshot = measure('znodes in a snapshot', znodes, () => server.snapshot());
let longestMs = 0;
let steps = 0;
const saving = server.snapshotParts();
for (
  let startMs = performance.now(), done = false;
  !done;
  steps += 1, startMs = performance.now()
) {
  ({ done } = saving.next());
  longestMs = Math.max(longestMs, performance.now() - startMs);
}
console.log(`the same in ${steps} steps: the longest ${longestMs.toFixed(1)} ms`);
console.log(`snapshot of ${(snapshot.length / 2 ** 20).toFixed(0)} MiB`);
measure('znodes restored in place of those before', znodes, () => server.restore(snapshot));
if (Object.keys(server.sessions()).length !== sessions) throw new Error('sessions are missing');
server.dispose();
