/** Clients and an embedded ensemble on virtual time, whose members can be made read-only, and who was asked what. */

import { createZooKeeper } from '../../src/client/create.js';
import { type ZooKeeperOptions } from '../../src/client/options.js';
import { type SessionState } from '../../src/session/state.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { type ZooKeeperError } from '../../src/errors/base.js';
import { createServer, type EmbeddedServerOptions } from '../../src/server/server.js';
import { memoryNetwork } from '../../src/transport/memory.js';
import { VirtualTime } from '../support/virtual-time.js';
import { type StreamRecord, watch } from './virtual-client.js';
import { dice } from '../support/dice.js';

export interface EnsembleWorldOptions {
  readonly servers?: number;
  readonly server?: Partial<EmbeddedServerOptions>;
}

export class EnsembleWorld {
  readonly time = new VirtualTime();
  readonly network = memoryNetwork({ scheduler: this.time, latencyMs: 1 });
  readonly server;
  readonly hosts: string;
  readonly reports: ZooKeeperError[] = [];
  /** Four-letter words, in the order in which they arrived: `zk1 isro`. */
  readonly words: string[] = [];

  constructor({ servers = 3, server = {} }: EnsembleWorldOptions = {}) {
    this.server = createServer({ scheduler: this.time, servers, ...server });
    const names = this.server.acceptors.map((acceptor, index) => {
      const host = `zk${String(index + 1)}`;
      this.network.listen({ host, port: 2181 }, (pipe, remote) => {
        const inner = acceptor(pipe, remote);
        return {
          onData: (chunk) => {
            const text = new TextDecoder().decode(chunk);
            if (/^[a-z]{4}$/.test(text)) this.words.push(`${host} ${text}`);
            inner.onData(chunk);
          },
          onFlush: () => inner.onFlush(),
          onClose: (error) => {
            inner.onClose(error);
          },
        };
      });
      return host;
    });
    this.hosts = names.join();
  }

  readonly random = dice(1, 16_807);

  client(options: ZooKeeperOptions = {}, hosts = this.hosts): ZooKeeper {
    return createZooKeeper(hosts, {
      scheduler: this.time,
      transport: this.network.transport,
      random: this.random,
      shuffleHosts: false,
      onReport: (error) => this.reports.push(error),
      ...options,
    });
  }

  /** The states of a client from now on; they hold its session open. */
  states(zk: ZooKeeper): {
    readonly record: StreamRecord<SessionState>;
    readonly told: () => string;
  } {
    const record = watch(zk.state$);
    return { record, told: () => record.values.map(letterOf).join('') };
  }
}

/** As in the docs; `r` is connected to a read-only server. */
function letterOf(state: SessionState): string {
  if (state.status === 'connected') return state.readOnly ? 'r' : 'c';
  return { connecting: 'o', suspended: 's', lost: 'x', closed: 'k', authFailed: '!' }[state.status];
}
