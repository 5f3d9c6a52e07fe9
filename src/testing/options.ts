/** The options of a test on virtual time, and what they are when nothing is said. */

import { type ZooKeeperOptions } from '../client/options.js';
import { InvalidOptionError } from '../errors/client-errors.js';
import { type EmbeddedServerOptions } from '../server/embedded-server.js';
import { parseTime, type Time } from './time.js';

/** The options of a client whose world is the test's. */
export interface TestClientOptions extends Omit<
  ZooKeeperOptions,
  'scheduler' | 'monotonicNow' | 'random' | 'transport'
> {
  /** What messages and `server.log` call it. Default: `c1`, `c2`, … */
  readonly name?: string;
  /** Prefix of all its paths on the server: `/app`. Default: none. */
  readonly chroot?: string;
}

/** How a test on virtual time is set up. */
export interface ZkTestOptions {
  /** How long the scenario lasts; then everything ends, and nothing may be left. Default `'30s'`. */
  readonly until?: Time;
  /** Session timeout of every client. Default 6,000. */
  readonly sessionTimeoutMs?: number;
  /** How long one way between client and server takes. Default 1. */
  readonly latencyMs?: number;
  /**
   * The server's tick: sessions end at multiples of it, and their timeouts are settled between 2 and 20 of it. Default: a
   * sixth of the session timeout.
   */
  readonly tickMs?: number;
  /** Number of servers over the one tree; clients know all of them, as `zk1:2181`, `zk2:2181`, … Default 1. */
  readonly hosts?: number;
  /** What chance follows: pauses before reconnecting, ids, `random()`. Default 1. */
  readonly seed?: number;
  /** Options of every client. Unlike elsewhere, hosts are not shuffled by default. */
  readonly client?: TestClientOptions;
  /** Further options of the embedded server. */
  readonly server?: Omit<EmbeddedServerOptions, 'scheduler' | 'tickMs' | 'servers'>;
  /** Told of everything that happens, line by line: requests, answers, faults. The same seed gives the same lines. */
  readonly log?: (line: string) => void;
}

/** {@link ZkTestOptions} with nothing left open. */
export interface SettledOptions {
  readonly untilMs: number;
  readonly sessionTimeoutMs: number;
  readonly latencyMs: number;
  readonly tickMs: number;
  readonly hosts: number;
  readonly seed: number;
  readonly client: TestClientOptions;
  readonly server: Omit<EmbeddedServerOptions, 'scheduler' | 'tickMs' | 'servers'>;
  readonly log: ((line: string) => void) | undefined;
}

/** Throws `InvalidOptionError` for the first option that cannot be used. */
export function settleOptions(options: ZkTestOptions): SettledOptions {
  const { sessionTimeoutMs = 6000, latencyMs = 1, hosts = 1, seed = 1 } = options;
  checkWhole('sessionTimeoutMs', sessionTimeoutMs, 1);
  checkWhole('hosts', hosts, 1);
  if (!Number.isFinite(seed)) throw new InvalidOptionError('seed', 'must be a number');
  const tickMs = options.tickMs ?? Math.max(1, Math.ceil(sessionTimeoutMs / 6));
  checkWhole('tickMs', tickMs, 1);
  return {
    untilMs: parseTime(options.until ?? '30s', 'until'),
    sessionTimeoutMs,
    latencyMs: parseTime(latencyMs, 'latencyMs'),
    tickMs,
    hosts,
    seed,
    client: options.client ?? {},
    server: options.server ?? {},
    log: options.log,
  };
}

function checkWhole(option: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InvalidOptionError(
    option,
    `must be a whole number from ${String(least)} on, not ${String(value)}`,
  );
}
