/**
 * Who holds a lease for a time and until when, as kazoo writes it (`NonBlockingLease`), byte for byte: Python's `json.dumps` puts
 * a space after `:` and `,` and writes ASCII only; the end is UTC in whole seconds, without a zone.
 */

import { DecodeError } from '../../errors/client-errors.js';
import { type RecipeCall } from '../core/options.js';
import { fromUtf8 } from '../core/utf8.js';

/** What stands in a lease's znode. */
export interface LeaseRecord {
  readonly holder: string;
  /** When the lease ends, in milliseconds since 1970. */
  readonly endMs: number;
}

/** What stands there if it is of another version than ours: a lease that is taken, whoever has it. */
export const otherVersion = 'other version';

const version = 1;

export function formatRecord({ holder, endMs }: LeaseRecord): string {
  const end = new Date(endMs).toISOString().slice(0, 19);
  return `{"version": ${String(version)}, "holder": ${asciiString(holder)}, "end": "${end}"}`;
}

/** The moment that a record can tell: the second before, as in Python. */
export function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000;
}

/** Throws `DecodeError`: what is no record is nobody's to overwrite. */
export function parseRecord(
  data: Uint8Array | null,
  call: RecipeCall,
): LeaseRecord | typeof otherVersion {
  try {
    // Looked at field by field.
    const record = JSON.parse(fromUtf8(data)) as Partial<Record<string, unknown>> | null;
    if (record?.['version'] !== version) {
      if (typeof record?.['version'] === 'number') return otherVersion;
      throw new TypeError('no version');
    }
    const { holder, end } = record;
    if (typeof holder !== 'string' || typeof end !== 'string')
      throw new TypeError('no holder, no end');
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(end)) throw new TypeError('no end');
    const endMs = Date.parse(`${end}Z`);
    if (Number.isNaN(endMs)) throw new TypeError('no such time');
    return { holder, endMs };
  } catch (cause) {
    throw new DecodeError({ ...call, cause });
  }
}

/** A JSON string of nothing but printable ASCII. */
function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
