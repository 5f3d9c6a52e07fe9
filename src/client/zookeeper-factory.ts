/** The creation function `zookeeper`: a client over TCP or TLS, on the real clock, unless the options say otherwise. */

import { type Observable } from 'rxjs';
import { createZooKeeper } from './create.js';
import { type ZooKeeperOptions } from './options.js';
import { socketTransport } from './socket-transport.js';
import { type ZooKeeper } from './zookeeper.js';

/**
 * Makes a client of a ZooKeeper ensemble. Nothing is opened until something of it is subscribed to (or awaited).
 *
 * Throws `InvalidOptionError`, which names the option, for a connect string or an option that cannot be used.
 *
 * @param connectString - `host:port` of the servers, with commas between them, and the prefix of all paths:
 *   `zk1:2181,zk2:2181,[fd00::3]:2181/app`. The port may be left out (2181), and so may the prefix. Or a stream of such strings,
 *   subscribed to while there is a session: the client waits for the first, and follows each as with `setHosts`. One that
 *   cannot be used, and a stream that errs, are told to `onReport`, and the last servers stay.
 * @example
 * const zk = zookeeper('localhost:2181/app', { sessionTimeoutMs: 10_000 });
 * zk.data$('/config', json<Config>()).subscribe(apply);
 * await zk.create('/jobs/job-', payload, { sequential: true });
 * await zk.close();
 */
export function zookeeper(
  connectString: string | Observable<string>,
  options: ZooKeeperOptions = {},
): ZooKeeper {
  const { transport, tls, ...rest } = options;
  // Both together are refused with everything else that is wrong.
  if (transport !== undefined) return createZooKeeper(connectString, { ...options, transport });
  return createZooKeeper(connectString, { ...rest, transport: socketTransport(tls) });
}
