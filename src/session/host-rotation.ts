/**
 * Which server to try next, and how long to wait before: round robin over a shuffled list, with jittered backoff.
 *
 * The list can be replaced at any time, and begins empty if nobody knows it yet. Whether the client then stays where it is
 * says `rebalance.ts`; while it moves, that decides who is next, until a server has been found good or all were tried.
 */

import { type Address } from '../transport/transport.js';
import { includes, indexOf, type Move, rebalance } from './rebalance.js';

export interface HostRotationOptions {
  readonly shuffle: boolean;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Bound of the first pause; it doubles with every round over the list. */
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

export class HostRotation {
  private servers: readonly Address[];
  private cursor = 0;
  /** The server that was tried last. */
  private tried: Address | undefined;
  private move: Move | undefined;
  // The server that was tried last is to be left: what it still says is not about the next one.
  private leaving = false;
  // Attempts since the last connection that proved good; -1 = none was ever made.
  private attempts = -1;

  constructor(
    servers: readonly Address[],
    private readonly options: HostRotationOptions,
  ) {
    this.servers = this.ordered(servers);
  }

  /** How many there are; 0 = nobody has said yet. */
  get size(): number {
    return this.servers.length;
  }

  /** All of them, in the order in which they are tried. */
  all(): readonly Address[] {
    return this.servers;
  }

  /** The server to try now. Only if there is one. */
  next(): Address {
    const moved = this.move?.next(this.options.random);
    if (moved === undefined) this.move = undefined;
    else this.cursor = indexOf(this.servers, moved);
    // The list is not empty, and the cursor stays within it.
    const server = this.servers[this.cursor] as Address;
    this.cursor = (this.cursor + 1) % this.servers.length;
    this.tried = server;
    this.leaving = false;
    return server;
  }

  /** Has this server, if the list has it, be the next one, without a pause. */
  prefer(server: Address): void {
    if (!includes(this.servers, server)) return;
    this.move = undefined;
    this.cursor = indexOf(this.servers, server);
    this.attempts = -1;
  }

  /** The server that was tried last, to be tried again; the next one if the list has it no more. */
  again(): Address {
    const { tried } = this;
    return tried !== undefined && includes(this.servers, tried) ? tried : this.next();
  }

  /**
   * Replaces the list, which must not be empty. Returns whether the server that was tried last is to be left. `inUse`: it is
   * connected to, or being tried.
   */
  update(servers: readonly Address[], inUse: boolean): boolean {
    const before = this.servers;
    // Who is on the way to another server is, for the balance, at the one it would have come to.
    const onTheWay = !inUse && this.move !== undefined;
    const current = onTheWay ? this.next() : this.tried;
    this.servers = this.ordered(servers);
    this.move = undefined;
    // Who was nowhere yet goes anywhere.
    this.cursor = 0;
    if (current === undefined) return false;
    if (!sameServers(before, servers)) this.attempts = Math.min(this.attempts, 0);
    this.move = rebalance({ before, after: this.servers, current }, this.options.random);
    this.leaving = this.move !== undefined;
    if (this.leaving) return true;
    const place = indexOf(this.servers, current);
    this.cursor = onTheWay ? place : (place + 1) % this.servers.length;
    return false;
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

  /** The server has answered more than the handshake: the next loss starts with short pauses again. Cheap, as often as it does. */
  succeeded(): void {
    if (this.leaving) return;
    this.attempts = 0;
    this.move = undefined;
  }

  private ordered(servers: readonly Address[]): readonly Address[] {
    return this.options.shuffle ? shuffled(servers, this.options.random) : [...servers];
  }
}

function sameServers(some: readonly Address[], others: readonly Address[]): boolean {
  return some.length === others.length && some.every((server) => includes(others, server));
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
