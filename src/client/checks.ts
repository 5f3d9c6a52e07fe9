/**
 * Checks of what the user passed in: each throws `InvalidOptionError` naming the option and what is allowed. Optional
 * values that are left out (or `undefined`) pass.
 */

import { type ErrorContext } from '../errors/base.js';
import { InvalidOptionError } from '../errors/client-errors.js';
import { type Acl } from '../wire/records.js';
import { nearestName } from './nearest-name.js';

/** What {@link checkNumber} allows: whole numbers from `min` to `max`, and `Infinity` if `infinite`. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly infinite?: boolean;
}

/** A value together with its name, and where in the API it was given. */
export interface Given<T> {
  readonly option: string;
  readonly value: T;
  readonly context?: ErrorContext | undefined;
}

/** The error for a value that is not what it must be. Never quotes objects: they may hold secrets. */
export function refuse(
  { option, value, context }: Given<unknown>,
  must: string,
): InvalidOptionError {
  const shown =
    typeof value === 'number' || typeof value === 'boolean' ? String(value) : kind(value);
  return new InvalidOptionError(option, `must be ${must}, not ${shown}`, context);
}

/** A whole number within a range. */
export function checkNumber(given: Given<unknown>, range: NumberRange): void {
  const { value } = given;
  if (value === undefined || (range.infinite === true && value === Infinity)) return;
  if (Number.isInteger(value) && Number(value) >= range.min && Number(value) <= range.max) return;
  const bounds = `a whole number from ${String(range.min)} to ${String(range.max)}`;
  throw refuse(given, range.infinite === true ? `${bounds} or Infinity` : bounds);
}

/** A boolean. */
export function checkBoolean(given: Given<unknown>): void {
  if (given.value !== undefined && typeof given.value !== 'boolean') {
    throw refuse(given, 'true or false');
  }
}

/** What ancestors can be made as. */
export function checkAncestorMode(given: Given<unknown>): void {
  const { value } = given;
  if (value !== undefined && value !== 'persistent' && value !== 'container') {
    throw refuse(given, "'persistent' or 'container'");
  }
}

/** A function, or an object that has this method. */
export function checkCallable(given: Given<unknown>, method?: string): void {
  const { value } = given;
  if (value === undefined) return;
  if (method === undefined && typeof value === 'function') return;
  if (method !== undefined && hasMethod(value, method)) return;
  throw refuse(given, method === undefined ? 'a function' : `an object with a method ${method}()`);
}

/** An object whose properties are all known; a misspelt one is refused with the name that was probably meant. */
export function checkNames(given: Given<object | undefined>, known: ReadonlySet<string>): void {
  const { option, value, context } = given;
  if (value === undefined) return;
  if (typeof value !== 'object' || (value as unknown) === null) throw refuse(given, 'an object');
  for (const name of Object.keys(value)) {
    if (known.has(name)) continue;
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    const place = option === '' ? name : `${option}.${name}`;
    throw new InvalidOptionError(place, `there is no such option${hint}`, context);
  }
}

/** An ACL with at least one well-formed entry. */
export function checkAcl(given: Given<readonly Acl[] | undefined>): void {
  const { value } = given;
  if (value === undefined) return;
  if (!Array.isArray(value) || value.length === 0) {
    throw refuse(given, 'a list of at least one { perms, scheme, id }');
  }
  // A caller without types may have left fields out.
  for (const entry of value as readonly Partial<Acl>[]) {
    const sound =
      Number.isInteger(entry.perms) &&
      typeof entry.scheme === 'string' &&
      typeof entry.id === 'string';
    if (!sound) throw refuse(given, 'a list of { perms: number, scheme: string, id: string }');
  }
}

function hasMethod(value: unknown, method: string): boolean {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  // Whatever it is, a property of it can be looked at.
  return typeof (value as Record<string, unknown> | null)?.[method] === 'function';
}

function kind(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'such a list' : `a value of type ${typeof value}`;
}
