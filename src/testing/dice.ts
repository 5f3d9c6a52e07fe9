/** A small seeded source of chance, so that a test can be repeated exactly. */

/** Mulberry32. The same seeds give the same numbers; seeds that differ in one place give unrelated ones. */
export class Dice {
  private state = 0x9e37_79b9;

  constructor(...seeds: readonly number[]) {
    for (const seed of seeds) {
      let mixed = this.state ^ seed;
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
      this.state = mixed ^ (mixed >>> 16);
    }
  }

  /** A number in [0, 1). Bound, so that it can be given away. */
  readonly next = (): number => {
    this.state = (this.state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };

  /** A whole number from 0 up to, but not including, the bound. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}
