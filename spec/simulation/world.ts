/** Everything that a run consists of: time, network, servers, processes, and those who watch that promises are kept. */

import { createServer, type EmbeddedServer } from '../../src/server/server.js';
import { memoryNetwork, type MemoryNetwork } from '../../src/transport/memory.js';
import { type Link } from '../../src/transport/memory-link.js';
import { type Faults } from '../../src/transport/memory-faults.js';
import { type Acceptor, type Address } from '../../src/transport/transport.js';
import { RawClient } from '../support/raw-client.js';
import { Journal } from './journal.js';
import { Leases } from './leases.js';
import { Model } from './model.js';
import { type PauseKind } from './process-time.js';
import { Process } from './process.js';
import { countLeases } from './lease-count.js';
import { queuePath, QueueLedger } from './queue-ledger.js';
import { type Scenario } from './scenario.js';
import { tapped } from './server-tap.js';
import { SteppedTime } from './stepped-time.js';
import { dataPaths } from './workload.js';

const openAcl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
// Of kazoo's semaphores and of Curator's.
const gatePattern = /-__lock__\/|\/locks\/.*\/locks\//;
const tickMs = 500;
// Longer than any request is under way.
const minJumpGapMs = 5000;

export class World {
  readonly time = new SteppedTime();
  readonly journal = new Journal(() => this.time.now());
  readonly leases = new Leases(this.journal);
  readonly ledger: QueueLedger;
  readonly network: MemoryNetwork;
  readonly server: EmbeddedServer;
  readonly model: Model;
  readonly processes: readonly Process[];
  readonly latencyMs: number;
  /** Faults are over, and whoever gets what it wants gives it back soon. */
  calm = false;
  /** How many deletes of a path were carried out for a process, by `process path`. */
  readonly deleted = new Map<string, number>();
  private readonly plugs = new Map<string, { close(): void }>();
  private readonly lastJumps = new Map<number, number>();
  private lastNumber = 0;

  constructor(
    readonly seed: number,
    readonly scenario: Scenario,
  ) {
    const { servers, version, processes, latencyMs, sessionTimeoutMs } = scenario;
    this.latencyMs = latencyMs;
    this.network = memoryNetwork({ scheduler: this.time, latencyMs });
    this.server = createServer({ scheduler: this.time, tickMs, servers, version });
    this.ledger = new QueueLedger(this.server, this.journal, this.leases);
    this.makeGround();
    this.model = new Model(this.server, dataPaths);
    this.model.alsoLook = (tree) => {
      if (scenario.family === 'queue') this.ledger.look(tree);
      if (scenario.family === 'semaphore') countLeases(tree, this.journal);
    };
    this.time.afterStep = () => {
      this.look();
    };
    this.processes = Array.from({ length: processes }, (_, index) => {
      const addresses = this.server.acceptors.map((_acceptor, server) => addressOf(index, server));
      return new Process(this, { index, seed, addresses, sessionTimeoutMs });
    });
    for (let server = 0; server < servers; server++) this.plug(server);
  }

  /** A number that nobody else in this run has. */
  nextNumber(): number {
    return ++this.lastNumber;
  }

  later(delayMs: number, work: () => void): void {
    this.time.schedule(work, delayMs);
  }

  /** The lines between a process and a server, or all servers. */
  linesOf(who: number, server: number | undefined): Faults<Link>[] {
    const addresses = this.process(who).addresses;
    return addresses
      .filter((_, index) => server === undefined || index === server)
      .map((address) => this.network.at(address));
  }

  pause(who: number, kind: PauseKind, forMs: number): void {
    const { time, sleeps } = this.process(who);
    if (time.paused !== undefined) return;
    time.pause(kind === 'sleep' && !sleeps ? 'stop' : kind);
    this.later(forMs, () => {
      this.journal.note(`p${who}`, 'goes on');
      time.resume();
    });
  }

  /** Sets a wall clock: one whose monotonic clock cannot be relied on is never set back. */
  jump(who: number, byMs: number): void {
    const { time, sleeps } = this.process(who);
    const now = this.time.now();
    // Back and forth within one request takes leases away just when its answer comes; that this is told late is excused.
    if (now - (this.lastJumps.get(who) ?? -Infinity) < minJumpGapMs) return;
    this.lastJumps.set(who, now);
    time.jump(sleeps ? Math.abs(byMs) : byMs);
  }

  /** A process that holds something; one that rides out disconnects, if there is one. */
  holder(): number | undefined {
    const holders = this.processes.filter(({ isRunning, holds }) => isRunning && holds.length > 0);
    const [who] = [...holders.filter(({ holds }) => holds.includes('lease')), ...holders];
    return who?.index;
  }

  sessionOf(who: number): bigint | undefined {
    return this.process(who).zk.session?.id;
  }

  /** The servers end its session before its time. */
  expire(who: number): void {
    const id = this.sessionOf(who);
    if (id === undefined) return;
    const tree = this.server.tree();
    for (const path of this.server.ephemerals(id)) {
      this.leases.takenByForce(tree[path]?.stat.czxid ?? 0n);
    }
    this.server.expireSession(id);
  }

  /** An operator deletes the znode of some contender, or a mark in the queue. */
  sweep(share: number): void {
    const stuck = Object.entries(this.server.tree()).filter(
      ([path, { kind }]) =>
        kind === 'ephemeral' &&
        (path.startsWith('/locks') || path.startsWith(`${queuePath}/taken`)),
    );
    const [path] = stuck[Math.floor(share * stuck.length)] ?? [];
    if (path !== undefined) this.deleteByForce(path);
  }

  /** An operator deletes a znode of a process at the gate of a semaphore. */
  sweepGate(who: number): void {
    const gate = this.server.ephemerals(this.sessionOf(who)).find((path) => gatePattern.test(path));
    if (gate !== undefined) this.deleteByForce(gate);
  }

  private deleteByForce(path: string): void {
    const operator = new RawClient(this.firstAcceptor());
    if (operator.closed) return;
    this.leases.takenByForce(this.server.tree()[path]?.stat.czxid ?? 0n);
    operator.call('delete', { path, version: -1 });
    operator.call('closeSession', undefined);
    this.journal.note('operator', `deletes ${path}`);
  }

  /** The process is no more; the system that it ran on tells the servers so. */
  kill(who: number): void {
    const alive = this.processes.filter(({ time }) => time.paused !== 'dead');
    if (alive.length <= 2 || this.process(who).time.paused !== undefined) return;
    this.process(who).time.pause('dead');
    this.process(who).oneShots.abandon();
    for (const line of this.linesOf(who, undefined)) line.reset();
  }

  /** Nobody listens there any more. */
  unplug(server: number): void {
    for (const { index } of this.places()) {
      const key = addressOf(index, server).host;
      this.plugs.get(key)?.close();
      this.plugs.delete(key);
    }
  }

  plug(server: number): void {
    for (const { process, index } of this.places()) {
      const address = addressOf(index, server);
      if (this.plugs.has(address.host)) continue;
      const acceptor = this.server.acceptors[server] ?? this.server.acceptor;
      const tap = tapped(acceptor, {
        model: this.model,
        onDeleted: (path) => {
          const key = `${process.name} ${path}`;
          this.deleted.set(key, (this.deleted.get(key) ?? 0) + 1);
        },
      });
      this.plugs.set(address.host, this.network.listen(address, tap));
    }
  }

  private look(): void {
    this.model.look();
    if (this.scenario.asksOften) this.leases.check();
    this.journal.check();
  }

  private makeGround(): void {
    const operator = new RawClient(this.firstAcceptor());
    for (const path of ['/d', '/d/seq', '/locks']) {
      const data = new TextEncoder().encode(`ground ${path}`);
      operator.call('create', { path, data, acl: openAcl, flags: 0 });
    }
    operator.call('closeSession', undefined);
  }

  private firstAcceptor(): Acceptor {
    return this.server.acceptor;
  }

  private process(who: number): Process {
    const process = this.processes[who];
    if (process === undefined) throw new Error(`there is no process ${who}`);
    return process;
  }

  private places(): { process: Process; index: number }[] {
    return this.processes.map((process, index) => ({ process, index }));
  }
}

function addressOf(process: number, server: number): Address {
  return { host: `p${process}s${server}`, port: 2181 };
}
