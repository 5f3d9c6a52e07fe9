/** Which server to try next, and how long to wait before: round robin over a shuffled list, with jittered backoff. */

import { type Address } from '../transport/transport.js';

export interface HostRotationOptions {
  readonly shuffle: boolean;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Bound of the first pause; it doubles with every round over the list. */
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

export class HostRotation {
  private readonly servers: readonly Address[];
  private cursor = 0;
  // Attempts since the last connection that proved good; -1 = none was ever made.
  private attempts = -1;

  constructor(
    servers: readonly Address[],
    private readonly options: HostRotationOptions,
  ) {
    this.servers = options.shuffle ? shuffled(servers, options.random) : servers;
  }

  get size(): number {
    return this.servers.length;
  }

  /** The server to try now. */
  next(): Address {
    // The list is never empty, and the cursor stays within it.
    const server = this.servers[this.cursor] as Address;
    this.cursor = (this.cursor + 1) % this.servers.length;
    return server;
  }

  /** The server that was tried last. */
  current(): Address {
    // As in `next`; before the first it is the last of the list, and nobody asks then.
    return this.servers[(this.cursor + this.servers.length - 1) % this.servers.length] as Address;
  }

  /**
   * Milliseconds to wait before the next attempt: none before the very first, then random below a bound, so that the
   * clients of a server that died do not come back all at once; the bound doubles with each round over all servers.
   */
  nextDelayMs(): number {
    this.attempts++;
    if (this.attempts === 0) return 0;
    const { random, initialDelayMs, maxDelayMs } = this.options;
    const round = Math.floor((this.attempts - 1) / this.servers.length);
    return random() * Math.min(maxDelayMs, initialDelayMs * 2 ** Math.min(round, 30));
  }

  /** A server has answered more than the handshake: the next loss starts with short pauses again. */
  succeeded(): void {
    this.attempts = 0;
  }
}

/** Fisher-Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    // Both indices are within the array.
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
