/** What `frames-3.8.json` holds: frames as a real server read and wrote them. Written by `capture.ts`, never by hand. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One request and all that came back for it. Bytes are hex, a frame's payload without its four length bytes. */
export interface Exchange {
  readonly name: string;
  /** The operation's name in `src/wire/operations.ts`, or `connect`, `malformed`, `unknown`. */
  readonly operation: string;
  readonly request: string;
  /** Notifications that came before the reply. */
  readonly events: readonly string[];
  /** `null` if the server closed the connection instead. */
  readonly reply: string | null;
  /** Whether the server closed the connection after it. */
  readonly closed: boolean;
}

export interface GoldenFile {
  readonly provenance: {
    readonly server: string;
    readonly how: string;
    readonly systemProperties: Readonly<Record<string, string | number | boolean>>;
    /** Epoch milliseconds before the first and after the last exchange, by the server's clock. */
    readonly startedMs: number;
    readonly endedMs: number;
  };
  readonly exchanges: readonly Exchange[];
}

export const goldenPath = join(__dirname, 'frames-3.8.json');

export function loadGolden(): GoldenFile {
  // The file is written by capture.ts from a GoldenFile.
  return JSON.parse(readFileSync(goldenPath, 'utf8')) as GoldenFile;
}

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
