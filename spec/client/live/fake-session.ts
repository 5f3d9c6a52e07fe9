/** A session that does what the spec tells it: records calls, answers them on demand, fires events, changes state. */

import { HiddenIdentity } from '../../../src/session/identity.js';
import { type SchedulerLike, VirtualTimeScheduler } from 'rxjs';
import { type ZooKeeperError } from '../../../src/errors/base.js';
import { NoAuthError, NoNodeError } from '../../../src/errors/server-error.js';
import { type LiveHost } from '../../../src/client/host.js';
import { chroot } from '../../../src/path.js';
import { type AnyCall } from '../../../src/session/call.js';
import { LeaseClock } from '../../../src/session/lease-clock.js';
import {
  type Session,
  type SessionIdentity,
  type SessionObserver,
} from '../../../src/session/session.js';
import { type SessionState } from '../../../src/session/state.js';
import { WatchBook } from '../../../src/session/watch-registry.js';
import { type WatchTable } from '../../../src/session/watched-change.js';
import { operationName } from '../../../src/wire/operations.js';
import { type Stat, watchEventTypes } from '../../../src/wire/records.js';

export const connected: SessionState = {
  status: 'connected',
  sessionId: 7n,
  timeoutMs: 9000,
  server: 'zk1:2181',
  readOnly: false,
};

/** A stat whose data was last set by transaction `mzxid`, of a znode created by `czxid`. */
export function statAt(mzxid: number, { czxid = 1, pzxid = 1, cversion = 0 } = {}): Stat {
  return {
    czxid: BigInt(czxid),
    mzxid: BigInt(mzxid),
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion,
    aversion: 0,
    ephemeralOwner: 0n,
    dataLength: 1,
    numChildren: 0,
    pzxid: BigInt(pzxid),
  };
}

export function bytesOf(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export class FakeSession implements Session {
  state: SessionState = connected;
  identity: SessionIdentity | undefined = new HiddenIdentity(7n, new Uint8Array(16), () => 0n);
  lastZxid = 0n;
  /** Every request so far: `getData /a`, and `remove data /a` for watches taken off the server. */
  readonly log: string[] = [];
  readonly calls: AnyCall[] = [];
  readonly leaseClock: LeaseClock;
  readonly observers = new Set<SessionObserver>();
  readonly watches = new WatchBook({
    remove: (table, path) => this.log.push(`remove ${table} ${path}`),
    addTree: (root) => this.log.push(`add tree ${root}`) > 0,
    removeTree: (root) => this.log.push(`remove tree ${root}`) > 0,
    sweep: (watches, isDue) => {
      for (const { table, path } of watches.filter(isDue)) this.log.push(`sweep ${table} ${path}`);
    },
  });

  constructor(
    readonly now: { monotonicMs: number; wallMs: number } = { monotonicMs: 0, wallMs: 0 },
  ) {
    this.leaseClock = new LeaseClock(() => ({ ...now }));
    this.leaseClock.start({ ...now }, 9000);
  }

  useServers(): void {
    // It has none.
  }

  submit(call: AnyCall): void {
    const { path } = call.request as { path: string };
    this.log.push(`${String(operationName(call.operation.opcode))} ${path}`);
    this.calls.push(call);
  }

  cancel(call: AnyCall): void {
    call.settled = true;
  }

  observe(observer: SessionObserver): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  afterTurn(callback: () => void): void {
    callback();
  }

  addAuth(): void {
    throw new Error('not used here');
  }

  close(done: () => void): void {
    done();
  }

  /** How many requests wait for their answer, cancelled ones not counted. */
  get pending(): number {
    return this.calls.filter((call) => !call.settled).length;
  }

  /** What was asked since the last look. */
  takeLog(): string[] {
    return this.log.splice(0);
  }

  /** Answers the oldest request as the server does, whether it is still wanted or not. */
  reply(response: unknown, zxid: number): void {
    const call = this.take();
    if (BigInt(zxid) > this.lastZxid) this.lastZxid = BigInt(zxid);
    this.watches.arm(call.operation, (call.request as { path: string }).path, false);
    if (call.settled) return;
    call.settled = true;
    call.reply(response, BigInt(zxid));
  }

  data(value: string | null, stat: Stat, zxid = Number(stat.mzxid)): void {
    this.reply({ data: value === null ? null : bytesOf(value), stat }, zxid);
  }

  names(names: readonly string[], stat: Stat): void {
    this.reply({ names, stat }, Number(stat.pzxid));
  }

  noNode(zxid = Number(this.lastZxid)): void {
    const call = this.calls[0];
    if (call === undefined) throw new Error('no request to answer');
    if (BigInt(zxid) > this.lastZxid) this.lastZxid = BigInt(zxid);
    this.watches.arm(call.operation, (call.request as { path: string }).path, true);
    this.fail(new NoNodeError(call.context));
  }

  noAuth(): void {
    this.fail(new NoAuthError(this.calls[0]?.context));
  }

  fail(error: ZooKeeperError): void {
    const call = this.take();
    if (call.settled) return;
    call.settled = true;
    call.fail(error);
  }

  fire(type: keyof typeof watchEventTypes, path: string): void {
    this.watches.dispatch(watchEventTypes[type], path);
  }

  enter(state: SessionState): void {
    this.state = state;
    for (const observer of [...this.observers]) observer.onState?.(state);
  }

  suspend(): void {
    this.enter({ status: 'suspended', sessionId: 7n });
  }

  restore(): void {
    for (const observer of [...this.observers]) observer.onWatchesRestored?.();
  }

  isArmed(table: WatchTable, path: string): boolean {
    for (const chunk of this.watches.restoration(0n)) {
      const lists = table === 'data' ? [chunk.data, chunk.exist] : [chunk.child];
      if (lists.some((list) => list.includes(path))) return true;
    }
    return false;
  }

  private take(): AnyCall {
    const call = this.calls.shift();
    if (call === undefined) throw new Error('no request to answer');
    return call;
  }
}

export class FakeHost implements LiveHost {
  readonly chroot;
  readonly scheduler: SchedulerLike;
  readonly reports: ZooKeeperError[] = [];
  holders = 0;
  isClosed = false;

  constructor(
    public session = new FakeSession(),
    { prefix = '', scheduler = new VirtualTimeScheduler() } = {},
  ) {
    this.chroot = chroot(prefix);
    this.scheduler = scheduler;
  }

  retain(): Session | undefined {
    if (this.isClosed) return undefined;
    this.holders++;
    return this.session;
  }

  release(): void {
    this.holders--;
  }

  report(error: ZooKeeperError): void {
    this.reports.push(error);
  }
}
