/** What one-shots need of the client they belong to. */

import { type SchedulerLike } from 'rxjs';
import { type ZooKeeperError } from '../errors/base.js';
import { type Chroot } from '../path.js';
import { type Session } from '../session/session.js';
import { type Acl } from '../wire/records.js';
import { type Place } from './home.js';
import { type Credential } from './resolve-options.js';
import { type SchemaGuard } from './schema-guard.js';

/** The client as a one-shot sees it. See `LiveHost` for `retain` and `release`. */
export interface RequestHost {
  readonly chroot: Chroot;
  /** What leads to the root of its paths, the topmost first; all that the chroot names. */
  readonly home: readonly Place[];
  /** Whether a create makes what is missing of `home`. */
  readonly makesHome: boolean;
  /** The rules that hold for what is done through it. */
  readonly schema: SchemaGuard | undefined;
  /** Default of `timeoutMs`. */
  readonly requestTimeoutMs: number;
  /** How long a request without `timeoutMs: Infinity` may wait for a connection. */
  readonly waitForConnectionMs: number;
  readonly defaultAcl: readonly Acl[];
  /** What timers run on. */
  readonly scheduler: SchedulerLike;
  /** Id of the current session, if there is one. */
  readonly sessionId: bigint | undefined;
  /** A clock that nobody sets, in milliseconds. */
  readonly monotonicNow: () => number;
  /** Holds the session open until `release`, opening it if there is none; `undefined` = the client was closed. */
  retain(): Session | undefined;
  /** Gives back one `retain`. */
  release(): void;
  /** Adds credentials to every session that is opened from now on. */
  rememberAuth(credential: Credential): void;
  /** Passes on what nobody hears any more, to the `onReport` option. */
  report(error: ZooKeeperError): void;
}
