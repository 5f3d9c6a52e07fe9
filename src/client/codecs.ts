/** The codecs that come with the client: JSON, text, bytes. */

import { type ValueCodec } from './codec.js';
import { type StandardSchemaIssue, type StandardSchemaV1 } from './standard-schema.js';

const encoder = new TextEncoder();
// `fatal`: bytes that are no UTF-8 are an error, not a string with holes.
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON in UTF-8. Without a schema, `T` is what the application trusts to be there; with one, every value read is validated,
 * and what the validator makes of it (defaults, transformations) is the value.
 *
 * @param schema - any validator that implements Standard Schema (zod, valibot, arktype, …), synchronously
 * @example
 * zk.data$('/config', json<Config>())
 * zk.data$('/config', json(z.object({ port: z.number() })))
 */
export function json<T>(schema?: StandardSchemaV1<unknown, T>): ValueCodec<T> {
  return {
    decode(data) {
      const value: unknown = JSON.parse(decoder.decode(data));
      // Without a schema the type is the caller's claim.
      return schema === undefined ? (value as T) : validate(schema, value);
    },
    encode: (value) => {
      // JSON.stringify gives undefined for what JSON has no word for, whatever its type says.
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) throw new TypeError(`JSON has no word for a ${typeof value}`);
      return encoder.encode(text);
    },
  };
}

/** Text in UTF-8. A znode without data is the empty text. */
export function text(): ValueCodec<string> {
  return { decode: (data) => decoder.decode(data), encode: (value) => encoder.encode(value) };
}

/** The bytes as they are. A znode without data is the empty list. */
export function bytes(): ValueCodec<Uint8Array> {
  return { decode: same, encode: same };
}

/** What a validator found wrong, with the place of each. */
export class SchemaError extends Error {
  readonly issues: readonly StandardSchemaIssue[];

  constructor(issues: readonly StandardSchemaIssue[]) {
    super(issues.map(describe).join('; '));
    this.name = 'SchemaError';
    this.issues = issues;
  }
}

function validate<T>(schema: StandardSchemaV1<unknown, T>, value: unknown): T {
  const result = schema['~standard'].validate(value);
  if ('then' in result) {
    // Values of one stream are decoded in order and at once; nobody awaits what the validator promised, so a rejection
    // must not become an unhandled one.
    result.then(undefined, () => undefined);
    throw new TypeError('The schema validates asynchronously; a codec must decode at once');
  }
  if (result.issues !== undefined) throw new SchemaError(result.issues);
  return result.value;
}

function describe({ message, path = [] }: StandardSchemaIssue): string {
  const place = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return place === '' ? message : `${place}: ${message}`;
}

function same(data: Uint8Array): Uint8Array {
  return data;
}
