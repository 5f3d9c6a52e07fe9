/** Finds the known name that a misspelt one was meant to be, for error messages. */

// Further away than this, a suggestion would only confuse.
const farthest = 0.5;

/** The known name with the fewest edits to `name`, if that is near enough to be a typing error. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Infinity;
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    const bound = Math.ceil(Math.max(name.length, candidate.length) * farthest);
    if (edits < fewest && edits <= bound) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** Insertions, deletions and substitutions between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitute = at(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(at(previous, column) + 1, at(current, column - 1) + 1, substitute));
    }
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
