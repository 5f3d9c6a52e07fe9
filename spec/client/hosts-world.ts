/** Five embedded servers over one tree, `zk1` to `zk5`, on virtual time, and clients that are given some of them. */

import { type Observable } from 'rxjs';
import { createZooKeeper } from '../../src/client/create.js';
import { type ZooKeeperOptions } from '../../src/client/options.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { type ZooKeeperError } from '../../src/errors/base.js';
import { type EmbeddedServerOptions } from '../../src/server/embedded-server.js';
import { createServer } from '../../src/server/server.js';
import { memoryNetwork } from '../../src/transport/memory.js';
import { VirtualTime } from '../support/virtual-time.js';
import { dice } from '../support/dice.js';

export class HostsWorld {
  readonly time = new VirtualTime();
  readonly network = memoryNetwork({ scheduler: this.time, latencyMs: 1 });
  readonly server;
  /** What all clients have reported. */
  readonly reports: ZooKeeperError[] = [];
  private readonly random = dice(1, 16_807);

  constructor(options: Partial<EmbeddedServerOptions> = {}) {
    this.server = createServer({ scheduler: this.time, servers: 5, ...options });
    this.server.acceptors.forEach((acceptor, index) => {
      this.network.listen({ host: `zk${String(index + 1)}`, port: 2181 }, acceptor);
    });
  }

  client(hosts: string | Observable<string>, options: ZooKeeperOptions = {}): ZooKeeper {
    return createZooKeeper(hosts, {
      scheduler: this.time,
      transport: this.network.transport,
      random: this.random,
      onReport: (error) => this.reports.push(error),
      ...options,
    });
  }
}

/** The server that a client is connected to, else its status. */
export function serverOf({ state }: ZooKeeper): string {
  return state.status === 'connected' ? state.server.replace(':2181', '') : state.status;
}
