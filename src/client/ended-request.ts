/** A request that has ended, as `requests$` tells of it. */

import { type ZooKeeperError } from '../errors/base.js';

/** What has become of a request. One call of the client may make several (`tree$`, `ensurePath`, what is sent again …). */
export interface EndedRequest {
  /** What was called: `get`, `data$`, … */
  readonly operation: string;
  /** As it was given, below the root of whoever asked (chroot or namespace); `undefined` where there is none. */
  readonly path: string | undefined;
  /** What it is to the server: `getData`, `multi`, … */
  readonly request: string;
  /** `cancelled`: unsubscribed or aborted; the server may have carried it out all the same. */
  readonly outcome: 'answered' | 'failed' | 'cancelled';
  /** Why it failed. An `exists` of what is not there fails with `NoNodeError` here, as it does on the wire. */
  readonly error: ZooKeeperError | undefined;
  /** Milliseconds since it was sent (for the last time); `undefined` if it never was. */
  readonly tookMs: number | undefined;
  /** Host and port of the server that it went to or, if it was not sent, of the last one there was. */
  readonly server: string | undefined;
}
