/** The codecs: JSON with and without a schema, text, bytes. */

import { bytes, json, SchemaError, text } from '../../src/client/codecs.js';
import { type StandardSchemaV1 } from '../../src/client/standard-schema.js';

const encode = (value: string): Uint8Array => new TextEncoder().encode(value);

function schema<T>(validate: StandardSchemaV1<unknown, T>['~standard']['validate']) {
  return { '~standard': { version: 1 as const, vendor: 'spec', validate } };
}

describe('json', () => {
  it('reads and writes JSON in UTF-8', () => {
    const codec = json<{ a: string }>();
    expect(codec.decode(encode('{"a":"ü"}'))).toEqual({ a: 'ü' });
    expect(codec.encode({ a: 'ü' })).toEqual(encode('{"a":"ü"}'));
  });

  it.each(['', '{', 'undefined'])('throws for %j', (value) => {
    expect(() => json().decode(encode(value))).toThrow(SyntaxError);
  });

  it('throws for bytes that are no UTF-8', () => {
    expect(() => json().decode(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(
      'not valid for encoding utf-8',
    );
  });

  it('throws for a value that JSON has no word for', () => {
    expect(() => json<undefined>().encode(undefined)).toThrow('JSON has no word for a undefined');
  });

  it('gives what the schema makes of the value', () => {
    const port = schema((value) => ({ value: Number((value as { port: string }).port) }));
    const decoded: number = json(port).decode(encode('{"port":"80"}'));
    expect(decoded).toBe(80);
  });

  it('throws what the schema found, with the place of each', () => {
    const strict = schema<number>(() => ({
      issues: [{ message: 'too big', path: ['hosts', { key: 3 }] }, { message: 'odd' }],
    }));
    expect(() => json(strict).decode(encode('1'))).toThrow(SchemaError);
    expect(() => json(strict).decode(encode('1'))).toThrow('hosts.3: too big; odd');
  });

  it('refuses a schema that validates asynchronously, and leaves no rejection unhandled', async () => {
    const slow = schema<number>(() => Promise.reject(new Error('late')));
    expect(() => json(slow).decode(encode('1'))).toThrow('asynchronously');
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('text', () => {
  it('reads and writes UTF-8', () => {
    expect(text().decode(encode('ü'))).toBe('ü');
    expect(text().encode('ü')).toEqual(encode('ü'));
    expect(text().decode(new Uint8Array(0))).toBe('');
  });

  it('throws for bytes that are no UTF-8', () => {
    expect(() => text().decode(new Uint8Array([0xff]))).toThrow('not valid for encoding utf-8');
  });
});

describe('bytes', () => {
  it('leaves them as they are', () => {
    const value = new Uint8Array([1, 2]);
    expect(bytes().decode(value)).toBe(value);
    expect(bytes().encode(value)).toBe(value);
  });
});
