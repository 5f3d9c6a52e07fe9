/** The order of texts by their code points, as Python has it; JavaScript's own is that of UTF-16, another one beyond U+FFFF. */

/** Negative if `a` comes first, positive if `b` does, 0 if they are equal. */
export function inCodePointOrder(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  // Up to here they are equal; where they part in the middle of a character, its first half says the rest.
  const start = i > 0 && isHigh(a.charCodeAt(i - 1)) ? i - 1 : i;
  return (a.codePointAt(start) ?? -1) - (b.codePointAt(start) ?? -1);
}

/** The first half of a character beyond U+FFFF. */
function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
