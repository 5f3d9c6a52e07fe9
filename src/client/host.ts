/** What live reads and leases need of the client they belong to: its session, held open, and a few facts. */

import { type SchedulerLike } from 'rxjs';
import { type ZooKeeperError } from '../errors/base.js';
import { type Chroot } from '../path.js';
import { type Session } from '../session/session.js';

/**
 * The client as seen from below. Closing needs no hook of its own: `close()` moves the session to `closed` and refused
 * credentials move it to `authFailed`, and both are seen through `Session.observe`.
 */
export interface LiveHost {
  readonly chroot: Chroot;
  /** What the timers of leases run on. */
  readonly scheduler: SchedulerLike;
  /**
   * Holds the session open until `release`, opening it if there is none. Cheap: it counts. The same object comes back as
   * long as somebody holds it (also when it is in `authFailed`, which is final); after an idle close it is another one.
   * `undefined` = the client was closed, and there is nothing to release.
   */
  retain(): Session | undefined;
  /** Gives back one `retain`. */
  release(): void;
  /** Passes on what concerns no single stream, to the `onReport` option. */
  report(error: ZooKeeperError): void;
}
