/** Who is told how each request ended, for diagnosis. */

import { type ZooKeeperError } from '../errors/base.js';
import { type AnyCall } from './call.js';

/** How a call ended: answered (`undefined`), refused, lost or out of time (the error), or nobody wants its answer any more. */
export type CallEnd = ZooKeeperError | 'cancelled' | undefined;

/**
 * Told of each call once, right before whoever made it is told. `server` is the one that it went to, or would have gone to last,
 * if there was one.
 */
export type CallEndObserver = (call: AnyCall, end: CallEnd, server: string | undefined) => void;
