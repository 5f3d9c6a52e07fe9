/**
 * One process of the soak: a client that does everything at once, for ever, and writes down when it held what.
 *
 * The record is a file of JSON lines, written synchronously, so that it survives SIGKILL. `at` is the monotonic clock, which
 * all processes of a machine share; a moment counts as held only if the lease was valid after it was read.
 */
import { appendFileSync } from 'node:fs';
import { catchError, concatMap, defer, EMPTY, ignoreElements, interval, merge } from 'rxjs';
import { repeat, switchMap, take, takeUntil, takeWhile, tap, timer } from 'rxjs';
import {
  consume$,
  enqueue,
  increment,
  join$,
  leaderElection$,
  lock$,
} from '../../dist/esm/index.js';
import { partition$, readLock$, semaphore$, whileHeld, writeLock$ } from '../../dist/esm/index.js';
import { zookeeper } from '../../dist/esm/index.js';

const [hosts, name, record] = process.argv.slice(2);
const items = Array.from({ length: 20 }, (_, i) => `item-${i}`);

const now = () => Number(process.hrtime.bigint()) / 1e6;
const write = (line) => {
  appendFileSync(record, `${JSON.stringify({ name, ...line })}\n`);
};
process.on('uncaughtException', (error) => {
  write({ kind: 'uncaught', at: now(), text: String(error?.stack) });
  process.exit(70);
});

const zk = zookeeper(hosts, { sessionTimeoutMs: 4_000, requestTimeoutMs: 10_000 });
let grants = 0;

/** Writes down that something is held: at once, and every few milliseconds as long as the lease is valid. */
const hold = (kind, lease, ms) => {
  const grant = `${name}-${++grants}`;
  const touch = () => {
    const at = now();
    if (!lease.valid()) return false;
    write({ kind, grant, at });
    return true;
  };
  return interval(5).pipe(takeWhile(touch), take(Math.ceil(ms / 5)), ignoreElements());
};
const again = (deed) =>
  defer(deed).pipe(
    catchError((error) => {
      write({ kind: 'error', at: now(), error: error?.name, text: String(error?.message) });
      return timer(100).pipe(ignoreElements());
    }),
    repeat({ delay: () => timer(Math.random() * 40) }),
  );
const short = () => 5 + Math.random() * 60;

const deeds = [
  again(() =>
    lock$(zk, '/soak/lock', { identifier: name }).pipe(
      whileHeld((lease) => hold('lock', lease, short())),
    ),
  ),
  again(() => writeLock$(zk, '/soak/rw').pipe(whileHeld((lease) => hold('write', lease, short())))),
  again(() => readLock$(zk, '/soak/rw').pipe(whileHeld((lease) => hold('read', lease, short())))),
  again(() =>
    lock$(zk, '/soak/curator-lock', { layout: 'curator' }).pipe(
      whileHeld((lease) => hold('curator-lock', lease, short())),
    ),
  ),
  ...[1, 2].map(() =>
    again(() =>
      semaphore$(zk, '/soak/semaphore', { maxLeases: 3 }).pipe(
        whileHeld((lease) => hold('semaphore', lease, short())),
      ),
    ),
  ),
  again(() =>
    leaderElection$(zk, '/soak/election', { identifier: name }).pipe(
      switchMap((state) => (state.role === 'leader' ? hold('leader', state.lease, 1_000) : EMPTY)),
      takeUntil(timer(500 + Math.random() * 3_000)),
    ),
  ),
  again(() => {
    const id = `${name}:${now()}`;
    write({ kind: 'putting', id, at: now() });
    return enqueue(zk, '/soak/queue', id, { layout: 'kazoo' }).pipe(
      tap(() => write({ kind: 'put', id, at: now() })),
      concatMap(() => timer(Math.random() * 30)),
    );
  }),
  again(() =>
    consume$(
      zk,
      '/soak/queue',
      (entry) => {
        const id = new TextDecoder().decode(entry.data);
        return defer(() => {
          write({ kind: 'handled', id, at: now() });
          return timer(Math.random() * 10);
        });
      },
      { concurrency: 2 },
    ).pipe(ignoreElements()),
  ),
  again(() => {
    write({ kind: 'counting', at: now() });
    return increment(zk, '/soak/counter', 1).pipe(
      tap(({ after }) => write({ kind: 'counted', post: after, at: now() })),
    );
  }),
  again(() => join$(zk, '/soak/party', { identifier: name }).pipe(ignoreElements())),
  again(() =>
    partition$(zk, '/soak/partition', items, { settleMs: 300, identifier: name }).pipe(
      switchMap((state) =>
        state.status === 'acquired'
          ? merge(...state.items.map((item) => hold(`item ${item}`, state.lease, Infinity)))
          : EMPTY,
      ),
      takeUntil(timer(5_000 + Math.random() * 10_000)),
    ),
  ),
];
const running = merge(...deeds).subscribe();

// What live reads say at the end, for the comparison with a fresh read.
const text = (data) => (data === null ? null : new TextDecoder().decode(data));
let hot;
let tree;
zk.data$('/soak/hot').subscribe((data) => (hot = text(data)));
zk.tree$('/soak/tree').subscribe((update) => ({ tree } = update));
process.on('message', (message) => {
  if (message === 'stop') {
    running.unsubscribe();
    process.send({ name, stopped: true });
  } else if (message === 'tell') {
    const znodes = Object.fromEntries(
      [...tree.toMap()].map(([path, { data }]) => [path, text(data)]),
    );
    process.send({ name, hot, tree: znodes });
  } else zk.close().then(() => process.exit(0));
});
