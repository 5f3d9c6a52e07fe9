/** The bytes of a request of a script. */

import { type Operation, operations } from '../../src/wire/operations.js';
import { encode } from '../../src/wire/writer.js';
import { framed } from '../support/raw-client.js';
import { type Start } from './start.js';
import { type Ask } from './script.js';

// A larger version is meant as it stands.
const mostChanges = 1000;

/** Length, header and body, without the bytes that are to be missing. */
export function requestFrame({ op, body, short = 0 }: Ask, xid: number): Uint8Array {
  // Which record it is follows from the operation; a script is plain data.
  const operation = operations[op] as Operation<unknown, unknown>;
  const bytes = encode((writer) => {
    operation.request.write(writer, body);
  });
  const kept = bytes.subarray(0, Math.max(0, bytes.length - short));
  return framed(
    encode((writer) => {
      writer.int(xid);
      writer.int(operation.opcode);
      writer.raw(kept);
    }),
  );
}

/** Where a run takes place. */
export interface Place extends Start {
  /** The znode that `~` stands for. */
  readonly base: string;
}

/** A body of a script as it is sent in this place: paths below the run's znode, zxids and shared versions from the start. */
export function placed(body: unknown, place: Place): unknown {
  if (typeof body === 'string') return body.replaceAll('~', place.base);
  if (body instanceof Uint8Array || body === null || typeof body !== 'object') return body;
  if (Array.isArray(body)) return body.map((one) => placed(one, place));
  const parts = Object.entries(body).map(([name, value]: [string, unknown]) => [
    name,
    placed(value, place) ?? null,
  ]);
  // The names are those of the body.
  return { ...Object.fromEntries(parts), ...moved(body, place) } as unknown;
}

/** The numbers of a body that count from the start. */
function moved(body: object, { zxid, shared }: Place): object {
  if ('relativeZxid' in body) return { relativeZxid: (body.relativeZxid as bigint) + zxid };
  if (!('version' in body && 'path' in body)) return {};
  const version = Number(body.version);
  const stat = shared.get(String(body.path));
  if (stat === undefined || version < 0 || version > mostChanges) return {};
  return { version: version + ('acl' in body ? stat.aversion : stat.version) };
}
