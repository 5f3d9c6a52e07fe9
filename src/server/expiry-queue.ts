/**
 * What ends when, in buckets of one tick.
 *
 * A time is rounded up to the next multiple of the tick, always by at least a moment (`ExpiryQueue.java`), so that moving
 * something on, which happens with every frame of every session, nearly always changes nothing.
 */

/** Something that ends at a time; only the queue writes it. */
export interface Expiring {
  /** The bucket it is in; 0 when it is in none. */
  expiresAtMs: number;
}

export class ExpiryQueue<T extends Expiring> {
  private readonly buckets = new Map<number, Set<T>>();

  constructor(private readonly tickMs: number) {}

  /** Puts an item where it ends after this time, taking it from where it was. Returns whether it moved. */
  put(item: T, timeMs: number): boolean {
    const bucketMs = (Math.floor(timeMs / this.tickMs) + 1) * this.tickMs;
    if (item.expiresAtMs === bucketMs) return false;
    this.remove(item);
    item.expiresAtMs = bucketMs;
    const bucket = this.buckets.get(bucketMs);
    if (bucket === undefined) this.buckets.set(bucketMs, new Set([item]));
    else bucket.add(item);
    return true;
  }

  remove(item: T): void {
    const bucket = this.buckets.get(item.expiresAtMs);
    bucket?.delete(item);
    if (bucket?.size === 0) this.buckets.delete(item.expiresAtMs);
    item.expiresAtMs = 0;
  }

  /** When the next bucket ends. There are few buckets: one for each tick of the longest time. */
  nextMs(): number | undefined {
    let next: number | undefined;
    for (const bucketMs of this.buckets.keys()) {
      if (next === undefined || bucketMs < next) next = bucketMs;
    }
    return next;
  }

  /** Takes out what has ended, in the order of time. */
  takeDue(nowMs: number): readonly T[] {
    const due = [...this.buckets.keys()]
      .filter((bucketMs) => bucketMs <= nowMs)
      .sort((a, b) => a - b);
    const items = due.flatMap((bucketMs) => [...(this.buckets.get(bucketMs) ?? [])]);
    for (const item of items) this.remove(item);
    return items;
  }
}
