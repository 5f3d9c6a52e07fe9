/** A client, a network and an embedded server on virtual time, and a record of what a stream did. */

import { inspect } from 'node:util';
import { type Observable, type Subscription } from 'rxjs';
import { createZooKeeper } from '../../src/client/create.js';
import { type ZooKeeperOptions } from '../../src/client/options.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { createServer, type EmbeddedServerOptions } from '../../src/server/server.js';
import { memoryNetwork } from '../../src/transport/memory.js';
import { VirtualTime } from '../support/virtual-time.js';
import { dice } from '../support/dice.js';

export interface VirtualClientOptions {
  readonly chroot?: string;
  readonly client?: ZooKeeperOptions;
  readonly server?: Partial<EmbeddedServerOptions>;
  readonly latencyMs?: number;
}

export class VirtualClient {
  readonly time = new VirtualTime();
  readonly network;
  readonly server;
  readonly zk: ZooKeeper;

  constructor(options: VirtualClientOptions = {}) {
    const { chroot = '', client = {}, server = {}, latencyMs = 1 } = options;
    this.network = memoryNetwork({ scheduler: this.time, latencyMs });
    this.server = createServer({ scheduler: this.time, ...server });
    this.network.listen({ host: 'zk1', port: 2181 }, this.server.acceptor);
    this.zk = this.client(chroot, client);
  }

  /** Another client of the same server. */
  client(chroot = '', options: ZooKeeperOptions = {}): ZooKeeper {
    return createZooKeeper(`zk1${chroot}`, {
      scheduler: this.time,
      transport: this.network.transport,
      random: dice(1, 16_807),
      ...options,
    });
  }

  /** What a request answers, in at most a second. Throws what it errs with. */
  run<T>(request: Observable<T>): T {
    const record = watch(request);
    this.time.advanceBy(1000);
    if (record.error instanceof Error) throw record.error;
    if (record.values.length !== 1 || !record.completed) {
      throw new Error(`expected one value and completion, got ${record.log().join(' ')}`);
    }
    // Its length was looked at.
    return record.values[0] as T;
  }

  /** What a request errs with, in at most a second. */
  fail(request: Observable<unknown>): unknown {
    const record = watch(request);
    this.time.advanceBy(1000);
    if (record.error === undefined) throw new Error(`no error, but ${record.log().join(' ')}`);
    return record.error;
  }
}

export class StreamRecord<T> {
  readonly values: T[] = [];
  error: unknown;
  completed = false;
  subscription: Subscription | undefined;

  /** The values, then `|` for completion or `#` and the error. */
  log(): string[] {
    const values = this.values.map((value) => inspect(value));
    if (this.completed) return [...values, '|'];
    return this.error === undefined ? values : [...values, `#${inspect(this.error)}`];
  }
}

/** Subscribes and records. */
export function watch<T>(source$: Observable<T>): StreamRecord<T> {
  const record = new StreamRecord<T>();
  record.subscription = source$.subscribe({
    next: (value) => record.values.push(value),
    error: (error: unknown) => {
      record.error = error;
    },
    complete: () => {
      record.completed = true;
    },
  });
  return record;
}
