/** A first-in-first-out queue whose cost does not depend on its length. */

const INITIAL_SLOTS = 1024;

export class Ring {
  constructor() {
    this.slots = new Array(INITIAL_SLOTS).fill(undefined);
    this.head = 0;
    this.length = 0;
  }

  push(item) {
    if (this.length === this.slots.length) this.grow();
    this.slots[(this.head + this.length++) & (this.slots.length - 1)] = item;
  }

  shift() {
    if (this.length === 0) return undefined;
    const item = this.slots[this.head];
    this.slots[this.head] = undefined;
    this.head = (this.head + 1) & (this.slots.length - 1);
    this.length--;
    return item;
  }

  grow() {
    const { slots, head } = this;
    this.slots = slots
      .slice(head)
      .concat(slots.slice(0, head), new Array(slots.length).fill(undefined));
    this.head = 0;
  }
}
