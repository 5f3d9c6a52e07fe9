/** One process of the simulation: a client with clocks and a way to the network of its own, and whoever uses it. */

import { type Subscription } from 'rxjs';
import { createZooKeeper } from '../../src/client/create.js';
import { type GiveUp, type Lease } from '../../src/client/lease.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { type SessionState } from '../../src/session/state.js';
import { type Address, formatAddress } from '../../src/transport/transport.js';
import { Dice } from '../../src/testing/dice.js';
import { ClientTap } from './client-tap.js';
import { Consumer, type ConsumerTerms } from './consumer.js';
import { Contender, type ContenderTerms } from './contender.js';
import { OneShots } from './one-shots.js';
import { processTransport } from './process-transport.js';
import { ProcessTime } from './process-time.js';
import { Puts } from './puts.js';
import { Reader, type ReaderKind } from './reader.js';
import { type World } from './world.js';

export interface ProcessOptions {
  readonly index: number;
  readonly seed: number;
  readonly addresses: readonly Address[];
  readonly sessionTimeoutMs: number;
}

/** How long a holder keeps what it got once all is calm. */
const calmHoldMs = 50;
const tapsKept = 3;

const successors: Readonly<Record<SessionState['status'], readonly SessionState['status'][]>> = {
  connecting: ['connected', 'closed'],
  connected: ['suspended', 'lost', 'closed'],
  suspended: ['connected', 'lost', 'closed'],
  lost: ['connected', 'closed'],
  closed: ['connecting', 'connected'],
  authFailed: [],
};

/** Who may believe that he holds something. */
interface Holder {
  readonly lease: Lease | undefined;
  readonly terms: { readonly path: string; readonly giveUp: GiveUp };
}

export class Process {
  readonly index: number;
  readonly name: string;
  readonly zk: ZooKeeper;
  readonly time: ProcessTime;
  readonly oneShots = new OneShots(this);
  readonly puts = new Puts(this);
  readonly addresses: readonly Address[];
  /** Whether its machine sleeps, so that its monotonic clock stands still; otherwise its wall clock may be set back. */
  readonly sleeps: boolean;
  readers: Reader[] = [];
  contenders: Contender[] = [];
  consumers: Consumer[] = [];
  closing = false;
  /** `close()` was called and has not resolved. */
  unclosed = false;
  private readonly taps: ClientTap[] = [];
  private readonly watching: Subscription | undefined;
  private status: SessionState['status'] = 'closed';

  constructor(
    readonly world: World,
    { index, seed, addresses, sessionTimeoutMs }: ProcessOptions,
  ) {
    const dice = new Dice(seed, 7, index);
    this.index = index;
    this.name = `p${index}`;
    this.addresses = addresses;
    this.sleeps = dice.chance(0.5);
    // A third of the timeout is the margin for clocks that differ; this uses half of it.
    const rate = dice.chance(0.5) ? 1 : 0.85 + 0.3 * dice.next();
    this.time = new ProcessTime(world.time, { rate, dice });
    this.zk = createZooKeeper(addresses.map(formatAddress).join(), {
      sessionTimeoutMs,
      requestTimeoutMs: 4000,
      idleGraceMs: dice.pick([100, 1000]),
      reconnect: { initialDelayMs: 20, maxDelayMs: 500 },
      scheduler: this.time,
      monotonicNow: this.time.monotonicNow,
      random: dice.next,
      transport: processTransport({
        network: world.network.transport,
        time: this.time,
        tap: () => this.makeTap(),
      }),
    });
    this.watching = dice.chance(0.7) ? this.watchState() : undefined;
  }

  get isRunning(): boolean {
    return this.time.paused === undefined;
  }

  /** By which policies it holds what it holds now. */
  get holds(): readonly GiveUp[] {
    return this.holders
      .filter(({ lease }) => lease?.valid() === true)
      .map(({ terms }) => terms.giveUp);
  }

  /** All who may believe that they hold something. */
  private get holders(): readonly Holder[] {
    return [...this.contenders, ...this.consumers.flatMap(({ works }) => [...works])];
  }

  note(what: string): void {
    this.world.journal.note(this.name, what);
  }

  /** Something else than a loss is delivered: if a server has told it, every loss there is must have been told before. */
  checkLeases(what: string): void {
    if (!this.taps.some(({ hearing }) => hearing)) return;
    for (const { lease, terms } of this.holders) {
      if (lease === undefined || lease.valid()) continue;
      this.violate(`is given ${what} before it is told that it has lost ${terms.path}`);
    }
  }

  read(kind: ReaderKind, path: string): Reader {
    this.note(`reads ${kind} ${path}`);
    const reader = new Reader(this, kind, path);
    if (!reader.ended) this.readers.push(reader);
    return reader;
  }

  leave(reader: Reader): void {
    this.note(`leaves ${reader.kind} ${reader.path}`);
    this.readers = this.readers.filter((other) => other !== reader);
    reader.leave();
    this.left(reader);
  }

  /** A reader has gone, by itself or not: if it was the last of its kind, reads under way belong to nobody. */
  left({ path, isOfChildren }: Reader): void {
    const isShared = this.readers.some(
      (other) => !other.ended && other.path === path && other.isOfChildren === isOfChildren,
    );
    if (!isShared) for (const tap of this.taps) tap.abandon(path);
  }

  contend(terms: ContenderTerms): void {
    this.note(`wants ${terms.path} (${terms.style}, ${terms.giveUp}, ${terms.waitMs} ms)`);
    this.contenders = this.contenders.filter(({ ended }) => !ended);
    const contender = new Contender(this, terms);
    if (!contender.ended) this.contenders.push(contender);
  }

  consume(terms: ConsumerTerms): void {
    this.note(`consumes (${JSON.stringify(terms)})`);
    const consumer = new Consumer(this, terms);
    if (!consumer.ended) this.consumers.push(consumer);
  }

  /** All is calm, and others want it too. */
  leaveSoon(contender: Contender): void {
    this.time.schedule(() => {
      contender.stop();
    }, calmHoldMs);
  }

  /** Gives back everything there is: by closing the client, or by letting it fall idle. */
  quit(how: 'close' | 'idle'): void {
    this.closing = true;
    if (how === 'close') {
      this.unclosed = true;
      void this.zk.close().then(() => {
        this.unclosed = false;
      });
      return;
    }
    for (const reader of [...this.readers]) this.leave(reader);
    for (const contender of this.contenders) contender.stop();
    for (const consumer of this.consumers) consumer.stop();
    this.watching?.unsubscribe();
  }

  private makeTap(): ClientTap {
    const tap = new ClientTap({
      who: this.name,
      journal: this.world.journal,
      kindsOf: (path) => this.kindsOf(path),
    });
    this.taps.push(tap);
    this.taps.splice(0, this.taps.length - tapsKept);
    return tap;
  }

  private kindsOf(path: string): number {
    if (!path.startsWith('/d')) return Infinity;
    const readers = this.readers.filter((reader) => !reader.ended && reader.path === path);
    return Math.max(1, new Set(readers.map(({ isOfChildren }) => isOfChildren)).size);
  }

  private watchState(): Subscription {
    return this.zk.state$.subscribe((state) => {
      this.note(`is ${state.status}`);
      if (!successors[this.status].includes(state.status)) {
        this.violate(`goes from ${this.status} to ${state.status}`);
      }
      this.status = state.status;
      if (state.status === 'connected') return;
      for (const { lease, terms } of this.holders) {
        if (lease === undefined) continue;
        if (terms.giveUp === 'lease' && state.status === 'suspended') continue;
        this.violate(`sees ${state.status} before it is told that it has lost ${terms.path}`);
      }
    });
  }

  private violate(what: string): void {
    this.world.journal.violate(`${this.name} ${what}`);
  }
}
