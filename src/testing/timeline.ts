/** Timelines: what a stream does at which time, as an object, and how two of them are shown one under the other. */

import { InvalidOptionError } from '../errors/client-errors.js';
import { completes, ErrorMatcher, type Message, showMessage } from './recording.js';
import { formatTime, parseTime } from './time.js';

/**
 * What a stream does, by time since the start of the test: a value; several in an array (one that is an array itself needs
 * an array around it); `completes`; `errs(...)`.
 */
export type Timeline = Readonly<Record<string, unknown>>;

const indent = '  ';
const maxWidth = 100;
// How much is shown around the place where two part, of streams that say a lot.
const shownBefore = 16;
const shownAfter = 8;

/** The messages that a timeline stands for, in the order of time. */
export function messagesOf(timeline: Timeline): readonly Message[] {
  const messages = Object.entries(timeline).flatMap(([time, cell]) => {
    const atMs = parseTime(time, 'timeline');
    // What is no array of `unknown` is one value.
    const values = Array.isArray(cell) ? (cell as readonly unknown[]) : [cell];
    return values.map((value) => messageOf(atMs, value));
  });
  return messages.sort((a, b) => a.atMs - b.atMs);
}

/** Throws unless the test is long enough to see all of it. */
export function checkEnd(messages: readonly Message[], untilMs: number): void {
  const last = messages.at(-1)?.atMs ?? 0;
  if (last <= untilMs) return;
  const reason = `goes on to ${formatTime(last)}, but the test ends at ${formatTime(untilMs)}`;
  throw new InvalidOptionError('timeline', `${reason} (see the option 'until')`);
}

function messageOf(atMs: number, value: unknown): Message {
  if (value === completes) return { atMs, kind: 'complete' };
  if (value instanceof ErrorMatcher) return { atMs, kind: 'error', error: value };
  return { atMs, kind: 'next', value };
}

/** What was expected, and what came under it, with a mark where they part. */
export function compareTimelines(
  expected: readonly Message[],
  got: readonly Message[],
  at: number,
): string {
  const [above, below] = [windowOf(expected, at), windowOf(got, at)];
  const marked = Math.min(above.marked, below.marked);
  return besides(above.cells, below.cells, marked) ?? inTurn(above.cells, below.cells, marked);
}

/** The cells around a place, and which of them it is in. */
function windowOf(
  messages: readonly Message[],
  at: number,
): { readonly cells: readonly string[]; readonly marked: number } {
  const from = Math.max(0, at - shownBefore);
  const shown = messages.slice(from, at + shownAfter);
  const before = from > 0 ? ['…'] : [];
  const after = messages.length > at + shownAfter ? ['…'] : [];
  return {
    cells: [...before, ...cellsOf(shown), ...after],
    marked: before.length + cellIndex(shown, at - from),
  };
}

/** One cell for each time: `'6ms': "leader"`. */
function cellsOf(messages: readonly Message[]): readonly string[] {
  return groupsOf(messages).map((group) => {
    const shown = group.map(showMessage);
    const [only] = group;
    const isList = only?.kind === 'next' && Array.isArray(only.value);
    const content = group.length > 1 || isList ? `[${shown.join(', ')}]` : shown.join();
    return `'${formatTime(only?.atMs ?? 0)}': ${content}`;
  });
}

/** Messages that come at the same time, together. */
export function groupsOf(messages: readonly Message[]): readonly (readonly Message[])[] {
  const groups: Message[][] = [];
  for (const message of messages) {
    const group = groups.at(-1);
    if (group?.[0]?.atMs === message.atMs) group.push(message);
    else groups.push([message]);
  }
  return groups;
}

function cellIndex(messages: readonly Message[], at: number): number {
  return groupsOf(messages.slice(0, at + 1)).length - (at < messages.length ? 1 : 0);
}

/** Both on a line each, cell under cell; `undefined` if that is too wide. */
function besides(
  above: readonly string[],
  below: readonly string[],
  marked: number,
): string | undefined {
  const columns = Math.max(above.length, below.length);
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(above[i]?.length ?? 0, below[i]?.length ?? 0),
  );
  const line = (title: string, cells: readonly string[]): string =>
    `${indent}${title}  { ${cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join(', ')
      .trimEnd()} }`;
  const lines = [line('expected', above), line('got     ', below)];
  if (lines.some(({ length }) => length > maxWidth)) return undefined;
  const before = widths.slice(0, marked).reduce((sum, width) => sum + width + 2, 0);
  const mark = '^'.repeat(Math.max(1, widths[marked] ?? 1));
  return [...lines, ' '.repeat(indent.length + 'expected  { '.length + before) + mark].join('\n');
}

/** One cell a line, first all that was expected, then all that came. */
function inTurn(above: readonly string[], below: readonly string[], marked: number): string {
  const lines = (title: string, cells: readonly string[]): string[] => [
    `${indent}${title}`,
    ...cells.map((cell, i) => `${i === marked ? '> ' : indent}${indent}${cell}`),
    ...(marked >= cells.length ? [`> ${indent}(nothing more)`] : []),
  ];
  return [...lines('expected', above), ...lines('got', below)].join('\n');
}
