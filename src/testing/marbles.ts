/** Marble diagrams, drawn from what a stream did, to be shown under the one that was expected. */

import { TestScheduler } from 'rxjs/testing';
import { type Message } from './recording.js';
import { sameValue } from './same-value.js';
import { show } from './show.js';
import { groupsOf } from './timeline.js';

/** What the letters of a diagram stand for. */
export type MarbleValues = Readonly<Record<string, unknown>>;

// A gap up to this is dashes, a longer one is written as a time.
const maxDashes = 12;
const spareLetters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

/** The messages that a diagram stands for: RxJS' own reading of it, a millisecond a character. */
export function messagesOfMarbles(
  marbles: string,
  values: MarbleValues | undefined,
  error: unknown,
): readonly Message[] {
  const messages = TestScheduler.parseMarbles(marbles, values, error, undefined, true);
  return messages.map(({ frame: atMs, notification }): Message => {
    if (notification.kind === 'N') return { atMs, kind: 'next', value: notification.value };
    if (notification.kind === 'E') return { atMs, kind: 'error', error: notification.error };
    return { atMs, kind: 'complete' };
  });
}

export interface Drawing {
  readonly diagram: string;
  /** What letters stand for that the values given do not have, and what `#` was. */
  readonly legend: readonly string[];
}

/** Draws what a stream did; `undefined` if that cannot be drawn: things within each other's characters. */
export function drawMarbles(
  messages: readonly Message[],
  values: MarbleValues | undefined,
): Drawing | undefined {
  const letters = new Letters(values);
  let diagram = '';
  let position = 0;
  for (const group of groupsOf(messages)) {
    const gap = (group[0]?.atMs ?? 0) - position;
    if (gap < 0 || !Number.isInteger(gap)) return undefined;
    const symbols = group.map((message) => letters.of(message)).join('');
    diagram += gapOf(gap) + (group.length > 1 ? `(${symbols})` : symbols);
    position += gap + (group.length > 1 ? group.length + 2 : 1);
  }
  return { diagram: diagram.trim() === '' ? '-' : diagram.trimStart(), legend: letters.legend };
}

/** Draws when something was subscribed to and unsubscribed from. */
export function drawSubscription(fromMs: number, toMs: number): string {
  if (fromMs === Infinity) return '-';
  if (toMs === Infinity) return `${gapOf(fromMs)}^`.trimStart();
  if (toMs === fromMs) return `${gapOf(fromMs)}(^!)`.trimStart();
  return `${gapOf(fromMs)}^${gapOf(toMs - fromMs - 1)}!`.trimStart();
}

function gapOf(gapMs: number): string {
  return gapMs <= maxDashes ? '-'.repeat(gapMs) : ` ${String(gapMs)}ms `;
}

/** Which letter stands for which value. */
class Letters {
  readonly legend: string[] = [];
  private readonly known: [letter: string, value: unknown][];

  constructor(private readonly values: MarbleValues | undefined) {
    this.known = Object.entries(values ?? {});
  }

  of(message: Message): string {
    if (message.kind === 'complete') return '|';
    if (message.kind === 'error') {
      this.legend.push(`# = ${show(message.error)}`);
      return '#';
    }
    const { value } = message;
    if (this.values === undefined && typeof value === 'string' && /^[a-z0-9]$/i.test(value)) {
      return value;
    }
    const letter = this.known.find(([, one]) => sameValue(value, one))?.[0];
    return letter ?? this.add(value);
  }

  private add(value: unknown): string {
    const taken = new Set(this.known.map(([letter]) => letter));
    const letter = spareLetters.find((spare) => !taken.has(spare)) ?? '?';
    this.known.push([letter, value]);
    this.legend.push(`${letter} = ${show(value)}`);
    return letter;
  }
}
