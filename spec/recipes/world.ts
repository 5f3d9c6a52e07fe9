/** Clients and an embedded server on virtual time, and the one thing that must never happen: too many holders. */

import { type Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { zookeeper } from '../../src/client/zookeeper-factory.js';
import { type Lease } from '../../src/client/lease.js';
import { type ZooKeeperOptions } from '../../src/client/options.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { type Machine } from '../../src/server/machine.js';
import { createServer, type EmbeddedServer } from '../../src/server/server.js';
import { memoryNetwork, type MemoryNetwork } from '../../src/transport/memory.js';
import { type Address } from '../../src/transport/transport.js';
import { VirtualTime } from '../support/virtual-time.js';
import { dice } from '../support/dice.js';

/** What the embedded server is set to: sessions of 4 to 40 seconds. */
export const tickMs = 2000;
/** Session timeout of every client. */
export const sessionTimeoutMs = 6000;
/** Until a session whose close was cut off has ended on the server. */
export const expiryMs = sessionTimeoutMs + 3 * tickMs;

/** A client with an address of its own, so that its link can be struck alone, and clocks that can jump. */
export interface Member {
  readonly zk: ZooKeeper;
  readonly address: Address;
  /** Added to its monotonic clock: how long its process seems to have been paused. */
  pausedMs: number;
  /** Added to its wall clock, which somebody has set. */
  wallMs: number;
}

/** One process's view of a lock: what it was told, and what it holds now. */
export interface Holding {
  readonly log: string[];
  readonly leases: Lease[];
  readonly errors: unknown[];
  readonly subscription: Subscription;
  /** The lease that it believes in. */
  current: Lease | undefined;
}

const worlds: World[] = [];

afterEach(() => {
  for (const { violations } of worlds.splice(0)) expect(violations).toEqual([]);
});

/** Whether somebody may be granted a lease while those others believe in theirs. */
export type MayHold = (who: string, others: readonly string[]) => boolean;

/** One at a time. */
export const alone: MayHold = (_who, others) => others.length === 0;

/** Those whose names start with `r` together, everybody else alone. */
export const readersTogether: MayHold = (who, others) =>
  [who, ...others].every((name) => name.startsWith('r')) || others.length === 0;

/** So many at a time. */
export function atMost(count: number): MayHold {
  return (_who, others) => others.length < count;
}

export class World {
  readonly time = new VirtualTime();
  readonly network: MemoryNetwork;
  readonly server: EmbeddedServer;
  readonly members: Member[] = [];
  /** In order of time: when who was granted what. */
  readonly grants: { readonly who: string; readonly at: number; readonly fence: bigint }[] = [];
  /** Grants that were given while somebody else believed in a lease; checked after each test. */
  readonly violations: string[] = [];
  private readonly holdings: (Holding & { readonly who: string })[] = [];
  private readonly mayHold: MayHold;

  constructor({
    latencyMs = 1,
    mayHold = alone,
    version = '3.9.3',
  }: {
    readonly latencyMs?: number;
    readonly mayHold?: MayHold;
    /** The release that the server plays. */
    readonly version?: string;
  } = {}) {
    this.mayHold = mayHold;
    this.network = memoryNetwork({ scheduler: this.time, latencyMs });
    this.server = createServer({ scheduler: this.time, tickMs, version });
    worlds.push(this);
  }

  join(options: ZooKeeperOptions = {}, wallMs = 0): Member {
    const address = { host: `m${String(this.members.length + 1)}`, port: 2181 };
    this.network.listen(address, this.server.acceptor);
    const random = dice(this.members.length + 1, 16_807);
    const { time } = this;
    const scheduler: SchedulerLike = {
      now: () => time.now() + member.wallMs,
      schedule: time.schedule.bind(time),
    };
    const zk = zookeeper(`${address.host}:2181`, {
      sessionTimeoutMs,
      scheduler,
      monotonicNow: () => time.now() + member.pausedMs,
      random,
      transport: this.network.transport,
      ...options,
    });
    const member: Member = { zk, address, pausedMs: 0, wallMs };
    this.members.push(member);
    return member;
  }

  /** Subscribes to a lock and checks at each grant that nobody else believes in a valid lease. */
  hold(who: string, lease$: Observable<Lease>): Holding {
    const log: string[] = [];
    const leases: Lease[] = [];
    const errors: unknown[] = [];
    const holding = { log, leases, errors, current: undefined as Lease | undefined };
    const end = () => {
      holding.current = undefined;
    };
    const subscription = lease$.subscribe({
      next: (lease) => {
        log.push('h');
        leases.push(lease);
        this.granted(who, lease);
        holding.current = lease;
        // A lease that has ended is believed in by nobody, also where retry() hides the error.
        lease.signal.addEventListener('abort', () => {
          if (holding.current === lease) end();
        });
      },
      error: (error: unknown) => {
        end();
        log.push(error instanceof Error ? error.name : String(error));
        errors.push(error);
      },
      complete: () => log.push('|'),
    });
    subscription.add(end);
    const whole = Object.assign(holding, { who, subscription });
    this.holdings.push(whole);
    return whole;
  }

  /** Makes a znode whose next sequential child has this number. */
  countFrom(path: string, counter: number): void {
    const { zk } = this.join();
    zk.ensurePath(path).subscribe();
    this.time.advanceBy(50);
    void zk.close();
    this.time.advanceBy(50);
    // No client can set it, short of making so many children.
    const { machine } = this.server as unknown as { readonly machine: Machine };
    const node = machine.tree.get(path);
    if (node === undefined) throw new Error(`${path} was not made`);
    node.childCreates = counter;
  }

  /** Names of the children of a znode on the server; `undefined` if there is no such znode. */
  names(path: string): string[] | undefined {
    const tree = this.server.tree();
    if (!(path in tree)) return undefined;
    const prefix = `${path}/`;
    return Object.keys(tree)
      .filter((other) => other.startsWith(prefix))
      .map((other) => other.slice(prefix.length));
  }

  /**
   * What is left when everybody has unsubscribed and the idle sessions are closed. A session whose close was lost on the
   * way ends on the server when its time is up: where that may be, wait for longer.
   */
  leftovers(waitMs = 5_000): Record<string, number> {
    this.time.advanceBy(waitMs);
    return {
      sessions: this.server.sessions().length,
      ephemerals: this.server.ephemerals().length,
      watches: this.server.watchCount(),
      connections: this.server.connectionCount(),
    };
  }

  private granted(who: string, lease: Lease): void {
    const rivals = this.holdings.filter(({ current }) => current?.valid() === true);
    const others = rivals.map((rival) => rival.who);
    if (!this.mayHold(who, others)) this.violations.push(`${who} at ${String(this.time.now())} ms`);
    this.grants.push({ who, at: this.time.now(), fence: lease.fence });
  }
}

/** What {@link World.leftovers} says when nothing is left behind. */
export const nothing = { sessions: 0, ephemerals: 0, watches: 0, connections: 0 };

/** Whether the fences of all grants increase strictly. */
export function fencesIncrease(world: World): boolean {
  return world.grants.every(
    ({ fence }, i) => i === 0 || fence > (world.grants[i - 1]?.fence ?? 0n),
  );
}
