/**
 * Who stands where in a queue of sequential znodes: a pure function of the list of children.
 *
 * The number at the end of a name is the parent's counter as a signed 32-bit integer, printed with `%010d`: ten digits, or
 * a minus sign and nine or ten. Names cannot be sorted as text: `-2147483648` follows `2147483647` on servers that let the
 * counter wrap (before 3.6), and names differ before the number. Two numbers are compared by their distance modulo 2^32,
 * which is right as long as the queue spans less than 2^31 creates. From 3.6 on the counter stays at 2147483647, so that many
 * have that number: `ties.ts`.
 */

const sequencePattern = /^(?:\d{10}|-\d{9,10})$/;

/** One child of the queue's root that counts. */
interface Ranked {
  readonly name: string;
  /** How far behind our own znode it stands; negative = ahead of it. */
  readonly distance: number;
}

/** Our place in the queue. */
export interface Place {
  /** Names of the rivals before us, the first in line first. */
  readonly ahead: readonly string[];
  /** Names of the rivals with our own number: the numbers do not tell whether they were before us. */
  readonly tied: readonly string[];
}

/** Who counts in a queue, and how our own znode is called. */
export interface QueueNames {
  /** Name of our own znode, number included. */
  readonly ownName: string;
  /** The part of it before the number. */
  readonly ownPrefix: string;
  /** Texts that stand right before the number in the names of rivals: `__lock__`, `-lock-`, … */
  readonly rivals: readonly string[];
}

/** A child of the queue's root, and the number it was given. */
export interface Numbered {
  readonly name: string;
  readonly sequence: number;
  /** The text right before the number by which it is known. */
  readonly marker: string;
}

/** All who stand in a queue, the first in line first. */
export function inQueueOrder(
  children: readonly string[],
  markers: readonly string[],
): readonly Numbered[] {
  const queue = children.flatMap((name) => numbered(name, markers) ?? []);
  // Any of them will do to measure from, as long as the queue spans less than half of all numbers.
  const origin = queue[0]?.sequence ?? 0;
  return queue.sort((a, b) => distanceFrom(origin, a.sequence) - distanceFrom(origin, b.sequence));
}

/** The number at the end of a name, right behind `marker`; `undefined` if there is none. */
export function sequenceAfter(name: string, marker: string): number | undefined {
  const at = name.lastIndexOf(marker);
  if (at < 0) return undefined;
  const digits = name.slice(at + marker.length);
  return sequencePattern.test(digits) ? Number(digits) : undefined;
}

/** Whether number `a` was handed out before number `b`, over the wrap of the counter. */
export function isBefore(a: number, b: number): boolean {
  return distanceFrom(b, a) < 0;
}

/** Our place among the children of the queue; `undefined` if our own znode is not among them. */
export function placeInQueue(
  children: readonly string[],
  { ownName, ownPrefix, rivals }: QueueNames,
): Place | undefined {
  const own = sequenceAfter(ownName, ownPrefix);
  if (own === undefined || !children.includes(ownName)) return undefined;
  const ahead: Ranked[] = [];
  const tied: string[] = [];
  for (const name of children) {
    const rival = numbered(name, rivals);
    if (rival === undefined) continue;
    const distance = distanceFrom(own, rival.sequence);
    if (distance < 0) ahead.push({ name, distance });
    else if (distance === 0 && name !== ownName) tied.push(name);
  }
  ahead.sort((a, b) => a.distance - b.distance);
  return { ahead: ahead.map(({ name }) => name), tied };
}

function numbered(name: string, markers: readonly string[]): Numbered | undefined {
  for (const marker of markers) {
    const sequence = sequenceAfter(name, marker);
    if (sequence !== undefined) return { name, sequence, marker };
  }
  return undefined;
}

function distanceFrom(origin: number, sequence: number): number {
  // `| 0` is the difference modulo 2^32 as a signed number: that is what makes it right over the wrap.
  return (sequence - origin) | 0;
}
