/** What happened in a test, in order: requests for the test to look at, and a line for everything. */

import { type OperationName } from '../wire/operations.js';
import { formatTime } from './time.js';

/** A request, as it arrived at a server. Pings are left out. */
export interface LogEntry {
  /** When it arrived, in milliseconds of virtual time. */
  readonly atMs: number;
  /** Name of the client. */
  readonly client: string;
  /** The protocol's name (`getData`, `create2`, …); `connect` and `resume` for the handshake of a new and an old session. */
  readonly operation: OperationName | 'connect' | 'resume';
  /** The path as the server sees it, where there is one; those of a transaction with `, ` between them. */
  readonly path?: string;
}

export class Journal {
  readonly requests: LogEntry[] = [];
  /** Faults, as `2s partition c1`: what is told when a simulation fails. */
  readonly faults: string[] = [];

  constructor(
    private readonly now: () => number,
    private readonly write: ((line: string) => void) | undefined,
  ) {}

  request(entry: Omit<LogEntry, 'atMs'>): void {
    this.requests.push({ atMs: this.now(), ...entry });
    if (this.write === undefined) return;
    const { client, operation, path = '' } = entry;
    this.note(client, `> ${operation} ${path}`.trimEnd());
  }

  /** Bytes that leave a server: enough of them to see whether two runs are the same. */
  answer(client: string, bytes: Uint8Array): void {
    if (this.write === undefined) return;
    this.note(client, `< ${String(bytes.length)} bytes, ${fingerprint(bytes)}`);
  }

  fault(what: string): void {
    this.faults.push(`${formatTime(this.now())} ${what}`);
    this.note('***', what);
  }

  note(who: string, what: string): void {
    this.write?.(`${this.now().toFixed(3)} ${who} ${what}`);
  }
}

/** FNV-1a, 32 bits. */
function fingerprint(bytes: Uint8Array): string {
  let hash = 0x811c_9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x0100_0193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
