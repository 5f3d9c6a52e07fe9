/** What a session needs to know: options that are resolved and valid. */

import { type Address, type Transport } from '../transport/transport.js';
import { type AttemptObserver } from './attempt-report.js';
import { type CallEndObserver } from './call-end.js';
import { type Capabilities } from './capabilities.js';
import { type SaslSource } from './sasl-mechanism.js';
import { type SavedSession } from './session.js';

export interface SessionConfig extends AttemptObserver {
  /** Empty: not known yet, see {@link Session.useServers}. */
  readonly servers: readonly Address[];
  readonly shuffleHosts: boolean;
  readonly sessionTimeoutMs: number;
  /** Whether a server that is read-only will do, as long as none is found that takes writes. */
  readonly readOnly: boolean;
  /** `undefined`: session timeout / number of servers. */
  readonly connectTimeoutMs: number | undefined;
  readonly reconnect: { readonly initialDelayMs: number; readonly maxDelayMs: number };
  readonly maxPendingRequests: number;
  readonly maxRequestBytes: number;
  readonly maxReplyBytes: number;
  readonly auth: readonly { readonly scheme: string; readonly credential: Uint8Array }[];
  /** How to log in, on every connection before anything else. */
  readonly sasl?: SaslSource | undefined;
  /** The session to begin with. */
  readonly resume?: SavedSession | undefined;
  /** What is known of the servers; shared by all sessions of a client. */
  readonly capabilities: Capabilities;
  readonly onCallEnd?: CallEndObserver | undefined;
  readonly monotonicNow: () => number;
  readonly random: () => number;
  readonly transport: Transport;
}
