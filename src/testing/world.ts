/** What a test consists of: virtual time, servers over one tree, and clients, each with a network and clocks of its own. */

import { createZooKeeper } from '../client/create.js';
import { type ZooKeeper } from '../client/zookeeper.js';
import { InvalidOptionError } from '../errors/client-errors.js';
import { createServer } from '../server/server.js';
import { memoryNetwork, type MemoryNetwork } from '../transport/memory.js';
import { formatAddress, type Address } from '../transport/transport.js';
import { ClientTime } from './client-time.js';
import { clientTransport } from './client-transport.js';
import { Dice } from './dice.js';
import { Journal } from './journal.js';
import { type SettledOptions, type TestClientOptions } from './options.js';
import { type SeenRequest } from './request-match.js';
import { type TapListener, tapped } from './request-tap.js';
import { type TestServer, testServer } from './test-server.js';
import { VirtualClock } from './virtual-clock.js';

/** One client, and what is its alone. */
export interface Member {
  readonly name: string;
  readonly zk: ZooKeeper;
  readonly time: ClientTime;
  /** Its network: nobody else is on it, so its faults strike this client only. */
  readonly network: MemoryNetwork;
}

export class World {
  readonly clock = new VirtualClock();
  readonly dice: Dice;
  readonly journal: Journal;
  readonly server: TestServer;
  readonly members: Member[] = [];
  /** Whose each session is. */
  readonly owners = new Map<bigint, string>();
  /** Told of each new client before anything of it can happen. */
  onJoin: (member: Member) => void = () => undefined;
  private readonly addresses: readonly Address[];

  constructor(readonly options: SettledOptions) {
    const { clock } = this;
    const { seed, tickMs, hosts, log } = options;
    this.dice = new Dice(seed);
    this.journal = new Journal(() => clock.frame, log);
    const scheduler = clock.schedulerOf({ name: 'the server' });
    const server = createServer({ ...options.server, scheduler, tickMs, servers: hosts });
    this.server = testServer(server, this.journal);
    this.addresses = server.acceptors.map((_, index) => ({
      host: `zk${String(index + 1)}`,
      port: 2181,
    }));
  }

  join(own: TestClientOptions = {}): Member {
    const { sessionTimeoutMs, client, seed } = this.options;
    const number = this.members.length + 1;
    const { name = `c${String(number)}`, chroot = '', ...options } = { ...client, ...own };
    if (this.members.some((other) => other.name === name)) {
      throw new InvalidOptionError('name', `there is a client called ${name} already`);
    }
    const time = new ClientTime(name, this.clock);
    const network = this.networkOf(name);
    const zk = createZooKeeper(this.addresses.map(formatAddress).join() + chroot, {
      sessionTimeoutMs,
      shuffleHosts: false,
      ...options,
      scheduler: time,
      monotonicNow: time.monotonicNow,
      random: new Dice(seed, number).next,
      transport: clientTransport(network.transport, time),
    });
    const member = { name, zk, time, network };
    this.members.push(member);
    this.onJoin(member);
    return member;
  }

  /** The member that a client belongs to. */
  memberOf(zk: ZooKeeper): Member {
    const member = this.members.find((one) => one.zk === zk);
    if (member !== undefined) return member;
    throw new InvalidOptionError('client', 'must be one that this test has made');
  }

  private networkOf(name: string): MemoryNetwork {
    const network = memoryNetwork({
      scheduler: this.clock.schedulerOf({ name: `the network of ${name}` }),
      latencyMs: this.options.latencyMs,
    });
    const listener = this.listenerOf(name);
    for (const [index, address] of this.addresses.entries()) {
      const acceptor = this.server.acceptors[index] ?? this.server.acceptor;
      network.listen(address, tapped(acceptor, listener));
    }
    return network;
  }

  private listenerOf(client: string): TapListener {
    const { journal, owners } = this;
    return {
      connecting: (operation) => {
        journal.request({ client, operation });
      },
      request: ({ operation, path }: SeenRequest) => {
        if (operation === 'ping') return;
        journal.request(path === undefined ? { client, operation } : { client, operation, path });
      },
      session: (id) => owners.set(id, client),
      answered: (bytes) => {
        journal.answer(client, bytes);
      },
    };
  }
}
