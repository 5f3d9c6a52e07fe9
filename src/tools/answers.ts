/** What the answers to four-letter words say: text in, values out. */

import { isAtLeast, releaseNumbers } from '../wire/release.js';
import { Unreadable } from './unreadable.js';

/** The release of a server. */
export interface ServerVersion {
  /** `3.8.0`. */
  readonly release: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The whole line: `3.8.0-5a02a05…, built on 2022-02-25 08:49 UTC`. */
  readonly text: string;
  /** Whether it is this release (`'3.6'`) or a later one. */
  atLeast(release: string): boolean;
}

/** What `srvr` tells of a server. */
export interface ServerStatus {
  readonly version: ServerVersion;
  /** `standalone`, `leader`, `follower`, `observer` or `read-only`. */
  readonly mode: string;
  /** How long requests took since the figures were last reset, in milliseconds. */
  readonly latencyMs: {
    readonly min: number;
    readonly average: number;
    readonly max: number;
  };
  /** Packets from clients. */
  readonly received: number;
  /** Packets to clients. */
  readonly sent: number;
  readonly connections: number;
  /** Requests that wait in the server. */
  readonly outstanding: number;
  /** Zxid of the last transaction that the server has carried out. */
  readonly zxid: bigint;
  readonly nodeCount: number;
  /** Every line by what stands before the colon, also those that are not above. */
  readonly lines: ReadonlyMap<string, string>;
}

/** The figures of `mntr`, or the settings of `conf`, by name; what is no plain number is text. */
export type Figures = ReadonlyMap<string, number | string>;

export function readStatus(answer: string): ServerStatus {
  const lines = pairs(answer, ':');
  const [min, average, max] = threeNumbers(lines, 'Latency min/avg/max');
  return {
    version: readVersion(field(lines, 'Zookeeper version')),
    mode: field(lines, 'Mode'),
    latencyMs: { min, average, max },
    received: numberField(lines, 'Received'),
    sent: numberField(lines, 'Sent'),
    connections: numberField(lines, 'Connections'),
    outstanding: numberField(lines, 'Outstanding'),
    zxid: zxidField(lines, 'Zxid'),
    nodeCount: numberField(lines, 'Node count'),
    lines,
  };
}

/** Of `mntr`: names with a tab behind them. */
export function readFigures(answer: string): Figures {
  const figures = pairs(answer, '\t');
  field(figures, 'zk_version');
  return withNumbers(figures);
}

/** Of `conf`: names with an equals sign behind them. */
export function readSettings(answer: string): Figures {
  const settings = pairs(answer, '=');
  field(settings, 'clientPort', 'secureClientPort', 'dataDir');
  return withNumbers(settings);
}

export function readHealth(answer: string): boolean {
  if (answer.trim() !== 'imok') throw new Unreadable('neither imok nor a refusal');
  return true;
}

export function readReadOnly(answer: string): boolean {
  const mode = answer.trim();
  if (mode !== 'ro' && mode !== 'rw') throw new Unreadable('neither ro nor rw');
  return mode === 'ro';
}

function readVersion(text: string): ServerVersion {
  const release = /^\d+\.\d+\.\d+/.exec(text)?.[0];
  if (release === undefined) throw new Unreadable('the version is no release');
  const [major, minor, patch] = releaseNumbers(release);
  return {
    release,
    major,
    minor,
    patch,
    text,
    atLeast: (other) => isAtLeast(release, other),
  };
}

/** Every line that is not empty; one without a separator is a name with nothing behind it. */
function pairs(answer: string, separator: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of answer.split(/\r?\n/)) {
    if (line === '') continue;
    const at = line.indexOf(separator);
    if (at === -1) found.set(line, '');
    else found.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  return found;
}

function withNumbers(texts: ReadonlyMap<string, string>): Figures {
  return new Map([...texts].map(([name, value]) => [name, numberOrText(value)]));
}

// A number that would lose digits stays text.
function numberOrText(value: string): number | string {
  if (!/^-?\d+(?:\.\d+)?(?:E-?\d+)?$/.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) || value.includes('.') ? number : value;
}

function field(lines: ReadonlyMap<string, string>, ...names: readonly string[]): string {
  for (const name of names) {
    const value = lines.get(name);
    if (value !== undefined) return value;
  }
  throw new Unreadable(`there is no ${names.join(', ')}`);
}

function numberField(lines: ReadonlyMap<string, string>, name: string): number {
  const value = numberOrText(field(lines, name));
  if (typeof value !== 'number') throw new Unreadable(`${name} is no number`);
  return value;
}

function threeNumbers(
  lines: ReadonlyMap<string, string>,
  name: string,
): readonly [number, number, number] {
  const [first, second, third] = field(lines, name).split('/').map(Number);
  if (first === undefined || second === undefined || third === undefined) {
    throw new Unreadable(`${name} is not three numbers`);
  }
  return [first, second, third];
}

function zxidField(lines: ReadonlyMap<string, string>, name: string): bigint {
  const value = field(lines, name);
  if (!/^0x[0-9a-f]+$/.test(value)) throw new Unreadable(`${name} is no number`);
  return BigInt(value);
}
