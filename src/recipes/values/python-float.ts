/**
 * Floating point numbers as Python writes them (`repr`), because kazoo's counters hold them.
 *
 * JavaScript and Python agree on the digits (the fewest that lead back to the number), not on how to write them:
 *
 * | number | JavaScript          | Python     |
 * |--------|---------------------|------------|
 * | 3      | `3`                 | `3.0`      |
 * | 1e16   | `10000000000000000` | `1e+16`    |
 * | 1e-5   | `0.00001`           | `1e-05`    |
 * | -0     | `0`                 | `-0.0`     |
 * | ∞      | `Infinity`          | `inf`      |
 */

const words: ReadonlyMap<string, number> = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['infinity', Infinity],
]);
const literal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What Python's `repr` makes of a float. */
export function pythonRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  return sign + (size === Infinity ? 'inf' : reprOfFinite(size));
}

/** Reads what Python's `float` reads, but for digits grouped by `_`; `undefined` if it is no number. */
export function parsePythonFloat(text: string): number | undefined {
  const trimmed = text.trim();
  const unsigned = trimmed.replace(/^[+-]/, '').toLowerCase();
  const word = words.get(unsigned);
  if (word !== undefined) return trimmed.startsWith('-') ? -word : word;
  return literal.test(trimmed) ? Number(trimmed) : undefined;
}

function reprOfFinite(size: number): string {
  const [mantissa = '0', power = '0'] = size.toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const shown = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${shown}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${whole}.${fraction === '' ? '0' : fraction}`;
}
