/** The order of texts by their code points, as Python has it; JavaScript's own is that of UTF-16, another one beyond U+FFFF. */

/** Negative if `a` comes first, positive if `b` does, 0 if they are equal. */
export function inCodePointOrder(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [[...a], [...b]];
  const first = left.findIndex((char, i) => char !== right[i]);
  // What is a beginning of the other comes first.
  if (first === -1) return -1;
  return (left[first]?.codePointAt(0) ?? 0) - (right[first]?.codePointAt(0) ?? -1);
}
