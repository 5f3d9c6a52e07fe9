/**
 * The faults of the in-memory network, for all of it, for one address, or for one link.
 *
 * Scopes are nested: what a link does not set itself it takes from its address, and that from the network. A partition
 * of any of the three stalls the link.
 */

export type Direction = 'toServer' | 'toClient';

/** Sees a chunk right before it is delivered; what it returns is delivered instead, or nothing for `null`. */
export type Intercept<L> = (direction: Direction, chunk: Uint8Array, link: L) => Uint8Array | null;

/** Which chunk loses the connection: a lost request is `toServer`/`before`, a lost reply is `toServer`/`after`. */
export interface ResetOnce {
  readonly direction: Direction;
  readonly when: 'before' | 'after';
  /** Only a chunk for which this is true counts. Default: the next chunk, whatever it is. */
  readonly matching?: (chunk: Uint8Array) => boolean;
}

export interface Faults<L> {
  /** How long one way takes, in milliseconds of the scheduler; what is already under way keeps its old time. */
  latencyMs: number;
  /** Stalls a direction, or both: bytes queue up, new connects neither succeed nor fail, nobody is told. */
  partition(direction?: Direction): void;
  /** Ends the partition of a direction, or of both: what was queued arrives, in order. */
  heal(direction?: Direction): void;
  /** Breaks the connections there are: what is in flight is lost and both ends are told, even through a partition. */
  reset(): void;
  /** Breaks a connection right before or right after the next chunk that fits is delivered, once. */
  resetOnce(options: ResetOnce): void;
  /** Delivers chunks in pieces of at most so many bytes, each in a step of its own; `Infinity` leaves them whole. */
  splitAt(bytes: number): void;
  /** Lets a hook drop or alter chunks; `undefined` takes it away. */
  intercept(hook: Intercept<L> | undefined): void;
}

/** What a scope does to the links in it. */
export interface FaultTarget {
  /** Something changed: look again whether there is something to deliver. */
  wake(): void;
  /** Loses what is in flight and tells both ends. */
  break(): void;
}

const BOTH: readonly Direction[] = ['toServer', 'toClient'];

export abstract class FaultScope<L> implements Faults<L> {
  private ownLatencyMs: number | undefined;
  private ownSplit: number | undefined;
  private hook: Intercept<L> | undefined;
  private readonly stalled = new Set<Direction>();
  private readonly resets: ResetOnce[] = [];

  constructor(private readonly parent?: FaultScope<L>) {}

  /** The links inside, at the time this is asked. */
  protected abstract targets(): Iterable<FaultTarget>;

  get latencyMs(): number {
    return this.ownLatencyMs ?? this.parent?.latencyMs ?? 0;
  }

  set latencyMs(value: number) {
    if (!(value >= 0)) throw new RangeError(`latencyMs must not be negative: ${String(value)}`);
    this.ownLatencyMs = value;
  }

  get splitBytes(): number {
    return this.ownSplit ?? this.parent?.splitBytes ?? Infinity;
  }

  splitAt(bytes: number): void {
    if (!(bytes >= 1)) throw new RangeError(`splitAt must be at least 1: ${String(bytes)}`);
    this.ownSplit = bytes;
  }

  partition(direction?: Direction): void {
    for (const each of direction === undefined ? BOTH : [direction]) this.stalled.add(each);
    this.wakeAll();
  }

  heal(direction?: Direction): void {
    for (const each of direction === undefined ? BOTH : [direction]) this.stalled.delete(each);
    this.wakeAll();
  }

  isStalled(direction: Direction): boolean {
    return this.stalled.has(direction) || (this.parent?.isStalled(direction) ?? false);
  }

  reset(): void {
    for (const target of [...this.targets()]) target.break();
  }

  resetOnce(options: ResetOnce): void {
    this.resets.push(options);
  }

  /** Takes the reset that this chunk sets off, if there is one, so that it happens once. */
  takeReset(direction: Direction, chunk: Uint8Array): ResetOnce['when'] | undefined {
    const index = this.resets.findIndex(
      (reset) => reset.direction === direction && (reset.matching?.(chunk) ?? true),
    );
    if (index < 0) return this.parent?.takeReset(direction, chunk);
    return this.resets.splice(index, 1)[0]?.when;
  }

  intercept(hook: Intercept<L> | undefined): void {
    this.hook = hook;
  }

  /** What the hooks leave of a chunk: the innermost first, `null` if one of them drops it. */
  intercepted(
    direction: Direction,
    { chunk, link }: { chunk: Uint8Array; link: L },
  ): Uint8Array | null {
    const left = this.hook === undefined ? chunk : this.hook(direction, chunk, link);
    if (left === null || this.parent === undefined) return left;
    return this.parent.intercepted(direction, { chunk: left, link });
  }

  private wakeAll(): void {
    for (const target of [...this.targets()]) target.wake();
  }
}
