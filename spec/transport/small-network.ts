/** A memory network on virtual time with a server on each of two addresses, and what its specs do with it. */
import { VirtualTimeScheduler } from 'rxjs';
import { type Link } from '../../src/transport/memory-link.js';
import { memoryNetwork } from '../../src/transport/memory.js';
import { type Address } from '../../src/transport/transport.js';
import { Recorder } from './recorder.js';

export const zk1: Address = { host: 'zk1', port: 2181 };
export const zk2: Address = { host: 'zk2', port: 2181 };

export class SmallNetwork {
  readonly scheduler = new VirtualTimeScheduler();
  readonly network = memoryNetwork({ scheduler: this.scheduler, latencyMs: 10 });
  /** One for each pipe that was accepted, in order. */
  readonly servers: Recorder[] = [];

  constructor() {
    for (const address of [zk1, zk2]) {
      this.network.listen(address, (pipe) => {
        const server = this.recorder();
        server.pipe = pipe;
        this.servers.push(server);
        return server;
      });
    }
  }

  connect(to = zk1): Recorder {
    const client = this.recorder();
    client.pipe = this.network.transport.connect(to, client);
    return client;
  }

  /** A client and a server that are connected, at 20 ms, with logs that are empty. */
  connected(): { client: Recorder; server: Recorder; link: Link } {
    const client = this.connect();
    this.run();
    client.log.length = 0;
    const [server, link] = [this.servers.at(-1), this.network.links().at(-1)];
    if (server === undefined || link === undefined) throw new Error('it did not connect');
    return { client, server, link };
  }

  at(timeMs: number, work: () => void): void {
    this.scheduler.schedule(work, timeMs - this.scheduler.now());
  }

  /** Until nothing is left to do. */
  run(): void {
    this.scheduler.flush();
  }

  private recorder(): Recorder {
    return new Recorder(() => this.scheduler.now());
  }
}
