/**
 * A network inside one process, for tests: pipes to acceptors by address, on the scheduler that is given.
 *
 * Everything that happens is a step of that scheduler, so under virtual time a whole client and its servers run
 * deterministically: one turn's bytes leave in one step of delay 0 and arrive, as one chunk, in another after the
 * latency; a connect takes one latency to the server and one back. The scheduler must not run work inside `schedule`
 * (`queueScheduler` does). A network that nobody uses holds no timer.
 *
 * Not imitated: backpressure (a stalled link queues without bound) and a peer that ends one direction only.
 */
import { type SchedulerLike } from 'rxjs';
import { FaultScope, type Faults, type FaultTarget } from './memory-faults.js';
import { MemoryLink, type Link } from './memory-link.js';
import { formatAddress, type Acceptor, type Address, type Transport } from './transport.js';

export interface MemoryNetworkOptions {
  readonly scheduler: SchedulerLike;
  /** How long one way takes. Default: 0. */
  readonly latencyMs?: number;
}

/** The network; its own faults strike all links, those to come included. */
export interface MemoryNetwork extends Faults<Link> {
  /** What clients connect with. */
  readonly transport: Transport;
  /**
   * Gives what connects to the address to the acceptor. `close` is the death of that server: later connects are
   * refused, its ends are told, and the clients learn it as soon as it can get through to them.
   */
  listen(address: Address, acceptor: Acceptor): { close(): void };
  /** The links that live, oldest first; those that are still connecting are among them. */
  links(): readonly Link[];
  /** The faults of one address: they strike all its links, those to come included. */
  at(address: Address): Faults<Link>;
}

/** Makes a network in which nobody listens yet. */
export function memoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  return new Network(options);
}

class Group extends FaultScope<Link> {
  constructor(
    parent: FaultScope<Link>,
    private readonly members: () => Iterable<FaultTarget>,
  ) {
    super(parent);
  }

  protected targets(): Iterable<FaultTarget> {
    return this.members();
  }
}

class Network extends FaultScope<Link> implements MemoryNetwork {
  readonly transport: Transport = {
    connect: (address, handlers) => this.dial(address).connect(handlers),
  };

  private readonly living = new Set<MemoryLink>();
  private readonly acceptors = new Map<string, Acceptor>();
  private readonly groups = new Map<string, FaultScope<Link>>();
  private lastId = 0;

  constructor(private readonly options: MemoryNetworkOptions) {
    super();
    this.latencyMs = options.latencyMs ?? 0;
  }

  listen(address: Address, acceptor: Acceptor): { close(): void } {
    const key = formatAddress(address);
    if (this.acceptors.has(key)) throw new Error(`listen EADDRINUSE ${key}`);
    this.acceptors.set(key, acceptor);
    return {
      close: () => {
        if (this.acceptors.get(key) !== acceptor) return;
        this.acceptors.delete(key);
        for (const link of this.linksTo(key)) link.breakServer();
      },
    };
  }

  links(): readonly Link[] {
    return [...this.living];
  }

  at(address: Address): FaultScope<Link> {
    const key = formatAddress(address);
    const known = this.groups.get(key);
    if (known !== undefined) return known;
    const group = new Group(this, () => this.linksTo(key));
    this.groups.set(key, group);
    return group;
  }

  protected targets(): Iterable<FaultTarget> {
    return this.living;
  }

  private dial(address: Address): MemoryLink {
    const key = formatAddress(address);
    const link = new MemoryLink({
      id: ++this.lastId,
      address,
      scheduler: this.options.scheduler,
      parent: this.at(address),
      acceptor: () => this.acceptors.get(key),
      removed: (gone) => this.living.delete(gone),
    });
    this.living.add(link);
    return link;
  }

  private linksTo(key: string): readonly MemoryLink[] {
    return [...this.living].filter((link) => formatAddress(link.address) === key);
  }
}
