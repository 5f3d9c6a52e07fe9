/**
 * An instance of a service, and its JSON as Curator's `JsonInstanceSerializer` writes and reads it (5.4).
 *
 * All fields are written, those that are not set as `null`; `enabled` only if it is `false`, because older readers do not know
 * it. What Java has as an object of its own comes with `"@class"` in the payload; it is passed on as it is.
 */

import { type ValueCodec } from '../../client/codec.js';
import { type UriPart, type UriSpec } from './uri-spec.js';
import { toUtf8 } from '../core/utf8.js';

/**
 * How an instance is registered: `DYNAMIC` with an ephemeral znode, `STATIC` and `PERMANENT` with persistent ones. Java
 * processes also have `DYNAMIC_SEQUENTIAL` ones, with a number behind the id.
 */
export type ServiceType = 'DYNAMIC' | 'DYNAMIC_SEQUENTIAL' | 'STATIC' | 'PERMANENT';

/** An instance of a service. */
export interface ServiceInstance<P = unknown> {
  /** Name of the service. */
  readonly name: string;
  readonly id: string;
  /** Host name or IP address. */
  readonly address: string | null;
  readonly port: number | null;
  readonly sslPort: number | null;
  /** Whatever the service tells of itself. */
  readonly payload: P | null;
  /** When it was registered first, epoch milliseconds. */
  readonly registrationTimeUTC: number;
  readonly serviceType: ServiceType | null;
  /** Template of its address, see {@link buildUri}. */
  readonly uriSpec: UriSpec | null;
  /** Whether it wants to be used. */
  readonly enabled: boolean;
}

const types: ReadonlySet<unknown> = new Set([
  'DYNAMIC',
  'DYNAMIC_SEQUENTIAL',
  'STATIC',
  'PERMANENT',
]);

/** The fields in the order in which Java writes them. */
export function encodeInstance(instance: ServiceInstance): Uint8Array {
  const { name, id, address, port, sslPort, payload, ...rest } = instance;
  const { registrationTimeUTC, serviceType, uriSpec, enabled } = rest;
  const fields = { name, id, address, port, sslPort, payload, registrationTimeUTC, serviceType };
  const all = { ...fields, uriSpec, ...(enabled ? {} : { enabled }) };
  return toUtf8(JSON.stringify(all));
}

// `fatal`: bytes that are no UTF-8 are no instance.
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads instances; no bytes (the znode of the service itself) are `undefined`. Throws at what is not an instance.
 *
 * @param payload - checks the payload and gives it its type
 */
export function instanceCodec<P>(
  payload: (value: unknown) => P,
): ValueCodec<ServiceInstance<P> | undefined> {
  return {
    decode: (data) =>
      data.length === 0 ? undefined : decodeInstance(JSON.parse(decoder.decode(data)), payload),
    encode: (instance) => (instance === undefined ? toUtf8('') : encodeInstance(instance)),
  };
}

function decodeInstance<P>(value: unknown, payload: (value: unknown) => P): ServiceInstance<P> {
  const field = fieldsOf(value, 'an instance');
  const rawPayload = field('payload');
  return {
    // As Java does with what is missing.
    name: string('name', field('name')) ?? '',
    id: string('id', field('id')) ?? '',
    address: string('address', field('address')),
    port: number('port', field('port')),
    sslPort: number('sslPort', field('sslPort')),
    payload: rawPayload === null ? null : payload(rawPayload),
    registrationTimeUTC: number('registrationTimeUTC', field('registrationTimeUTC')) ?? 0,
    serviceType: serviceType(field('serviceType')),
    uriSpec: uriSpec(field('uriSpec')),
    enabled: boolean('enabled', field('enabled')) ?? true,
  };
}

/** A reader of fields, for which those that are missing are `null`. */
function fieldsOf(value: unknown, what: string): (name: string) => unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${what} must be an object`);
  }
  // An object of JSON.
  const fields = value as Readonly<Record<string, unknown>>;
  return (name) => (Object.hasOwn(fields, name) ? (fields[name] ?? null) : null);
}

function string(name: string, value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  throw new TypeError(`${name} must be a string`);
}

function number(name: string, value: unknown): number | null {
  if (value === null || typeof value === 'number') return value;
  // Java takes these for numbers, too.
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value);
  throw new TypeError(`${name} must be a number`);
}

function boolean(name: string, value: unknown): boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  throw new TypeError(`${name} must be true or false`);
}

function serviceType(value: unknown): ServiceType | null {
  // Just looked for among them.
  if (value === null || types.has(value)) return value as ServiceType | null;
  throw new TypeError(`there is no serviceType ${JSON.stringify(value)}`);
}

function uriSpec(value: unknown): UriSpec | null {
  if (value === null) return null;
  const parts = fieldsOf(value, 'uriSpec')('parts') ?? [];
  if (!Array.isArray(parts)) throw new TypeError('uriSpec.parts must be a list');
  return {
    parts: parts.map((part: unknown): UriPart => {
      const field = fieldsOf(part, 'each of uriSpec.parts');
      return {
        value: string('value', field('value')) ?? '',
        variable: boolean('variable', field('variable')) ?? false,
      };
    }),
  };
}
