/** Times as tests write them: `'6ms'`, `'1.5s'`, `'2m'`, or a number of milliseconds. */

import { InvalidOptionError } from '../errors/client-errors.js';

/** A point in time, or a span of it; a number is milliseconds. */
export type Time = number | `${number}ms` | `${number}s` | `${number}m` | `${number}h`;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const form = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** Milliseconds of a time. Throws `InvalidOptionError`, which names `what`, for what is none. */
export function parseTime(time: number | string, what: string): number {
  if (typeof time === 'number') {
    if (time >= 0 && Number.isFinite(time)) return time;
    throw new InvalidOptionError(what, `must not be negative or infinite: ${String(time)}`);
  }
  const match = form.exec(time);
  const unit = units[match?.[2] ?? ''];
  if (unit === undefined) {
    throw new InvalidOptionError(
      what,
      `must be a time such as '6ms', '1.5s' or '2m', not '${time}'`,
    );
  }
  // Thousandths, so that '1.1s' is 1100 and not 1100.0000000000002.
  return Math.round(Number(match?.[1]) * unit * 1000) / 1000;
}

/** A time in one unit: `8ms`, `12.008s`, `2m`. */
export function formatTime(timeMs: number): string {
  const rounded = Math.round(timeMs * 1000) / 1000;
  if (rounded !== 0 && rounded % 60_000 === 0) return `${String(rounded / 60_000)}m`;
  if (rounded >= 1000) return `${String(rounded / 1000)}s`;
  return `${String(rounded)}ms`;
}
