/** A first-in-first-out queue in a ring buffer: push and shift cost the same however long it is. */

export class Ring<T> {
  private slots: (T | undefined)[] = new Array<T | undefined>(64);
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(item: T): void {
    if (this.count === this.slots.length) this.grow();
    this.slots[(this.head + this.count) & (this.slots.length - 1)] = item;
    this.count++;
  }

  /** The oldest, which stays in the queue. */
  peek(): T | undefined {
    return this.count === 0 ? undefined : this.slots[this.head];
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.slots[this.head];
    this.slots[this.head] = undefined;
    this.head = (this.head + 1) & (this.slots.length - 1);
    this.count--;
    return item;
  }

  /** Empties the queue and returns what was in it, the oldest first. */
  drain(): T[] {
    const items: T[] = [];
    for (let item = this.shift(); item !== undefined; item = this.shift()) items.push(item);
    // A long queue of the past shall not hold its memory for ever.
    if (this.slots.length > 1024) this.slots = new Array<T | undefined>(64);
    this.head = 0;
    return items;
  }

  forEach(visit: (item: T) => void): void {
    for (let i = 0; i < this.count; i++) {
      // The slot is within the count, so it is filled.
      visit(this.slots[(this.head + i) & (this.slots.length - 1)] as T);
    }
  }

  /** The oldest for which this is true. */
  find(isWanted: (item: T) => boolean): T | undefined {
    for (let i = 0; i < this.count; i++) {
      // The slot is within the count, so it is filled.
      const item = this.slots[(this.head + i) & (this.slots.length - 1)] as T;
      if (isWanted(item)) return item;
    }
    return undefined;
  }

  private grow(): void {
    const { length } = this.slots;
    const grown = new Array<T | undefined>(length * 2);
    for (let i = 0; i < this.count; i++) grown[i] = this.slots[(this.head + i) & (length - 1)];
    this.slots = grown;
    this.head = 0;
  }
}
