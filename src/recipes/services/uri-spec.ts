/** The address of a service as a template, as Curator's `UriSpec`: `{scheme}://{address}:{port}`. */

import { InvalidOptionError } from '../../errors/client-errors.js';
import { type RecipeCall } from '../core/options.js';

/** A piece of a template: literal text, or the name of what stands there. */
export interface UriPart {
  readonly value: string;
  readonly variable: boolean;
}

/** A template, as it is in the JSON of an instance. */
export interface UriSpec {
  readonly parts: readonly UriPart[];
}

/** Of an instance, what a template can name. */
export interface UriFields {
  readonly name: string;
  readonly id: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly sslPort: number | null;
  readonly registrationTimeUTC: number;
  readonly serviceType: string | null;
  readonly uriSpec: UriSpec | null;
}

/**
 * Takes a template apart: what is in braces is a variable; `{[}` and `{]}` stand for braces.
 *
 * Throws `InvalidOptionError` when braces are not balanced.
 *
 * @example
 * parseUriSpec('{scheme}://{address}:{port}/v1')
 */
export function parseUriSpec(text: string, call?: RecipeCall): UriSpec {
  const parts: UriPart[] = [];
  let isVariable = false;
  const wrong = (reason: string) =>
    new InvalidOptionError('uriSpec', `${reason}; {[} and {]} stand for braces`, call);
  for (const token of text.split(/([{}])/)) {
    if (token === '') continue;
    if (token === '{') {
      if (isVariable) throw wrong('there is a { inside of a variable');
      isVariable = true;
    } else if (token === '}') {
      if (!isVariable) throw wrong('there is a } without a { before it');
      isVariable = false;
    } else {
      parts.push({ value: isVariable ? token.trim() : token, variable: isVariable });
    }
  }
  if (isVariable) throw wrong('the last { is not closed');
  return { parts };
}

/**
 * The address of an instance by its template; empty if it has none.
 *
 * A template knows `scheme` (`https` if there is an `sslPort`, else `http`), `name`, `id`, `address`, `port`, `ssl-port`,
 * `registration-time-utc` and `service-type`; what is not known, or not set, leaves nothing behind, as in Curator.
 *
 * @param variables - further variables; they go before those of the instance
 * @example
 * buildUri(instance, { tenant: 'a' }) // 'http://10.0.0.1:8080/a'
 */
export function buildUri(
  instance: UriFields,
  variables: Readonly<Record<string, string | number>> = {},
): string {
  const known: Record<string, string | number | null> = {
    '[': '{',
    ']': '}',
    scheme: instance.sslPort === null ? 'http' : 'https',
    name: instance.name,
    id: instance.id,
    address: instance.address,
    port: instance.port,
    'ssl-port': instance.sslPort,
    'registration-time-utc': instance.registrationTimeUTC,
    'service-type': instance.serviceType?.toLowerCase() ?? null,
  };
  const value = (name: string): string | number => own(variables, name) ?? own(known, name) ?? '';
  const parts = instance.uriSpec?.parts ?? [];
  return parts.map((part) => (part.variable ? String(value(part.value)) : part.value)).join('');
}

/** Names come from other processes: `constructor` is a variable that nobody has set. */
function own<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
