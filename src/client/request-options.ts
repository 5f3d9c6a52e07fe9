/** Checks and conversions of what several one-shots take: options, paths, versions, data. */

import { type ErrorContext } from '../errors/base.js';
import { assertPath } from '../path.js';
import { maxTimerMs } from '../rx/alarm.js';
import { checkCallable, checkNames, checkNumber, refuse } from './checks.js';
import { type AnyKind, type Shot } from './request-kind.js';
import { type RequestOptions } from './request.js';

const timeoutRange = { min: 1, max: maxTimerMs, infinite: true } as const;
const versionRange = { min: -0x8000_0000, max: 0x7fff_ffff } as const;
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

/** The names of the options of one kind of request: those of every request, and its own. */
export function requestOptionNames(...own: readonly string[]): ReadonlySet<string> {
  return new Set<string>(['timeoutMs', 'signal', ...own]);
}

/** Where and by what name a request's options are wrong. */
export interface OptionsOf {
  readonly path: string | undefined;
  readonly options: RequestOptions | undefined;
}

/** Throws `InvalidOptionError` for an option that every request has, or for one that this kind does not know. */
export function checkRequestOptions({ name, optionNames }: AnyKind, given: OptionsOf): void {
  const { options } = given;
  if (options === undefined) return;
  const context = { operation: name, path: given.path };
  checkNames({ option: '', value: options, context }, optionNames);
  const { timeoutMs, signal } = options;
  checkNumber({ option: 'timeoutMs', value: timeoutMs, context }, timeoutRange);
  checkCallable({ option: 'signal', value: signal, context }, 'addEventListener');
}

/** The shot's path as the server sees it. Throws `InvalidPathError`. */
export function serverPath(shot: Shot<unknown>, operation: string): string {
  // A caller without types may have left it out; that is one of the problems that are looked for.
  const path = shot.path as string;
  assertPath(path, operation);
  return shot.host.chroot.toServer(path);
}

/** A data or ACL version as the wire has it: -1 for any. */
export function checkVersion(version: number | undefined, context: ErrorContext): number {
  if (version === undefined) return -1;
  checkNumber({ option: 'version', value: version, context }, versionRange);
  return version;
}

/** Data as bytes: text in UTF-8, no bytes if left out; `null` is its own value. */
export function toBytes(
  data: Uint8Array | string | null | undefined,
  context: ErrorContext,
): Uint8Array | null {
  if (data instanceof Uint8Array || data === null) return data;
  if (data === undefined) return noBytes;
  if (typeof data === 'string') return encoder.encode(data);
  throw refuse({ option: 'data', value: data, context }, 'bytes, a string or null');
}
