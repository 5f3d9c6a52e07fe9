/** The embedded server of a test, with what a test asks of one besides. */

import { type EmbeddedServer } from '../server/embedded-server.js';
import { type Journal, type LogEntry } from './journal.js';
import { type Znodes, writeZnodes } from './operator.js';

/** The servers of a test: one tree, `hosts` doors. */
export interface TestServer extends EmbeddedServer {
  /** The requests so far, in the order in which they arrived. Pings are left out. */
  readonly log: readonly LogEntry[];
  /**
   * Creates znodes, their missing parents included, or sets their data where they are there: at once, past the network,
   * and whether or not clients can reach the server.
   */
  seed(znodes: Znodes): void;
  /** The tree as text: data by path, without the server's own znodes; `null` for no data. */
  texts(): Readonly<Record<string, string | null>>;
}

export function testServer(server: EmbeddedServer, journal: Journal): TestServer {
  const decoder = new TextDecoder();
  return Object.assign(server, {
    log: journal.requests,
    seed: (znodes: Znodes) => {
      writeZnodes(server.acceptor, znodes);
    },
    texts: () =>
      Object.fromEntries(
        Object.entries(server.tree())
          .filter(([path]) => path !== '/' && !/^\/zookeeper(?:\/|$)/.test(path))
          .map(([path, { data }]) => [path, data === null ? null : decoder.decode(data)]),
      ),
  });
}
