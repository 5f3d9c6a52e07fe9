/** Finds the first place where two transcripts of one script differ, and shows it to people. */

import { type Transcript } from './player.js';

/** The transcripts of one script. */
export interface Pair {
  readonly left: Transcript;
  readonly right: Transcript;
}

/** Whether two servers said the same. */
export function isSame({ left, right }: Pair): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** One line of both transcripts, or what one of them has alone. */
type Row = readonly [left: string | undefined, right: string | undefined];

/** Both transcripts: what is the same once, what only one server said behind its name, and a mark at the first difference. */
export function sideBySide(
  { left, right }: Pair,
  [leftName, rightName]: readonly [string, string],
): string {
  const width = Math.max(leftName.length, rightName.length);
  const rows: string[] = [];
  let mark = '>>>';
  left.forEach(({ title, lines }, at) => {
    rows.push(`${String(at + 1).padStart(3)}. ${title}`);
    for (const [one, other] of align(lines, right[at]?.lines ?? [])) {
      const isBoth = one === other;
      const name = isBoth ? '' : one === undefined ? rightName : leftName;
      rows.push(`${isBoth ? '   ' : mark}  ${name.padEnd(width)}  ${one ?? other ?? ''}`);
      if (!isBoth) mark = '   ';
    }
  });
  return rows.join('\n');
}

/** Puts the lines that both have beside each other, in order. */
function align(left: readonly string[], right: readonly string[]): Row[] {
  const rows: Row[] = [];
  let at = 0;
  for (const line of left) {
    const found = right.indexOf(line, at);
    if (found === -1) {
      rows.push([line, undefined]);
      continue;
    }
    for (const other of right.slice(at, found)) rows.push([undefined, other]);
    rows.push([line, line]);
    at = found + 1;
  }
  for (const other of right.slice(at)) rows.push([undefined, other]);
  return rows;
}
