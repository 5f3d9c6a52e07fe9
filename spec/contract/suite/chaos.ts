/**
 * The contract of locks under chaos: while connections are cut and frozen and servers die, clients count up a number
 * under a lock. Afterwards the history is checked: no two held the lock at once, fences rose, and nothing was lost.
 */

import { catchError, defer, EMPTY, type Observable, repeat, Subject, takeUntil } from 'rxjs';
import {
  ConnectionLossError,
  type Lease,
  lock$,
  LockLostError,
  SessionExpiredError,
  TimeoutError,
  whileHeld,
  type ZooKeeper,
} from '../../../src/index.js';
import { type ManagedEnsemble } from '../../../src/testing/index.js';
import { Relay } from '../../../src/testing/real/relay.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const workers = 4;
const rounds = 12;
const grantsPerRound = 6;

/** What the workers did. */
class History {
  readonly leases: Lease[] = [];
  /** Writes whose success was confirmed. */
  certain = 0;
  /** Writes that may or may not have happened. */
  unknown = 0;
  /** Moments at which two leases were valid. */
  overlaps = 0;
  readonly surprises: unknown[] = [];

  begin(lease: Lease): void {
    this.leases.push(lease);
    this.look();
  }

  look(): void {
    if (this.leases.filter((lease) => lease.valid()).length > 1) this.overlaps++;
  }
}

export function describeChaos(target: ContractTarget, running: () => ManagedEnsemble): void {
  it('never lets two in, and loses no confirmed write, whatever breaks', async () => {
    const relays = await Promise.all(running().servers.map(({ hosts }) => Relay.start(hosts)));
    const chroot = await target.newChroot();
    const steady = target.clientAt(chroot);
    await steady.create('/counter', '0');
    const history = new History();
    const stop$ = new Subject<void>();
    const hosts = relays.map((relay) => relay.hosts).join();
    const work = Array.from({ length: workers }, () => {
      const options = { sessionTimeoutMs: target.settings.shortSessionMs, shuffleHosts: true };
      const zk = target.clientAt(chroot, options, hosts);
      return record(countUp$(zk, history).pipe(takeUntil(stop$)));
    });
    try {
      await breakThings(running(), { relays, history });
      stop$.next();
      for (const relay of relays) relay.restore();
      await until('an empty queue', async () => (await steady.children('/lock')).length === 0);
    } finally {
      stop$.next();
      await Promise.all(relays.map((relay) => relay.close()));
    }
    expect(work.map(({ error }) => error)).toEqual(work.map(() => undefined));
    await steady.sync('/counter');
    const { data } = await steady.get('/counter');
    checkHistory(history, Number(new TextDecoder().decode(data ?? undefined)));
  }, 120_000);
}

function checkHistory(history: History, counted: number): void {
  const fences = history.leases.map(({ fence }) => fence);
  expect(history.surprises).toEqual([]);
  expect(history.overlaps).toBe(0);
  expect(fences).toEqual([...fences].sort((a, b) => (a < b ? -1 : 1)));
  expect(new Set(fences).size).toBe(fences.length);
  expect(history.certain).toBeGreaterThan(rounds);
  expect(counted).toBeGreaterThanOrEqual(history.certain);
  expect(counted).toBeLessThanOrEqual(history.certain + history.unknown);
}

/** Takes the lock, adds one, gives it back, and again. */
function countUp$(zk: ZooKeeper, history: History): Observable<never> {
  return lock$(zk, '/lock').pipe(
    whileHeld((lease) => defer(() => addOne(zk, { lease, history }))),
    catchError((error: unknown) => {
      if (!isOutage(error)) history.surprises.push(error);
      return EMPTY;
    }),
    repeat(),
  ) as Observable<never>;
}

async function addOne(
  zk: ZooKeeper,
  { lease, history }: { readonly lease: Lease; readonly history: History },
): Promise<void> {
  history.begin(lease);
  await zk.sync('/counter');
  const { data } = await zk.get('/counter');
  const next = String(Number(new TextDecoder().decode(data ?? undefined)) + 1);
  history.look();
  lease.throwIfExpired();
  try {
    // Unconditionally: the lock alone keeps others from writing in between.
    await zk.set('/counter', next);
    history.certain++;
  } catch (error) {
    if (!isOutage(error)) throw error;
    history.unknown++;
  }
}

function isOutage(error: unknown): boolean {
  return (
    error instanceof ConnectionLossError ||
    error instanceof LockLostError ||
    error instanceof SessionExpiredError ||
    error instanceof TimeoutError
  );
}

/** Breaks one thing a round, and goes on when the workers have found a way around it. */
async function breakThings(
  { servers }: ManagedEnsemble,
  { relays, history }: { readonly relays: readonly Relay[]; readonly history: History },
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const relay = relays[round % relays.length];
    const server = servers[round % servers.length];
    if (round % 4 === 0) relay?.freeze();
    else if (round % 4 === 1) relay?.refuse();
    else if (round === 6) await server?.kill();
    else relay?.cut();
    const enough = history.leases.length + grantsPerRound;
    await until(
      `grants after round ${String(round)}`,
      () => history.leases.length >= enough,
      40_000,
    );
    relay?.restore();
    if (round === 6) await server?.restart();
  }
}
