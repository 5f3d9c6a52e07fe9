/** Door "rxzk/testing": an embedded ZooKeeper, in this process or on a port, for tests of those who use rxzk. */

export {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  type SessionSnapshot,
  type ZnodeSnapshot,
} from '../server/embedded-server.js';
export { createServer } from '../server/server.js';
export { type RunningServer, startServer, type StartServerOptions } from './start-server.js';
