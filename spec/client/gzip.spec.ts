/** The gzip codec: Curator's bytes, what is no gzip, and a limit on what comes out. */

import * as zlib from 'node:zlib';
import fc from 'fast-check';
import {
  bytes,
  DecodeError,
  gzip,
  type GzipImplementation,
  type GzipOptions,
  InvalidOptionError,
  json,
  text,
} from '../../src/index.js';
import { VirtualClient, watch } from './virtual-client.js';

const fromBase64 = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

// What `compress` of Curator 5.4.0's GzipCompressionProvider gives (on OpenJDK 17).
const curators = [
  ['', 'H4sIAAAAAAAAAAMAAAAAAAAAAAA='],
  ['{"workers":3}', 'H4sIAAAAAAAAAKtWKs8vyk4tKlayMq4FACS1bNoNAAAA'],
  ['ä'.repeat(500), 'H4sIAAAAAAAAADu85PAoHIWjcJhDABsIBinoAwAA'],
] as const;

describe('gzip', () => {
  it.each(curators)('reads what Curator writes: %j', (value, base64) => {
    expect(gzip(text(), { zlib }).decode(fromBase64(base64))).toBe(value);
  });

  it('gives back what it was given, compressed', () => {
    const codec = gzip(bytes(), { zlib });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (data) => {
        const compressed = codec.encode(data);
        // Magic, deflate, no flags: one plain member.
        expect([...compressed.slice(0, 4)]).toEqual([0x1f, 0x8b, 8, 0]);
        expect(codec.decode(compressed)).toEqual(new Uint8Array(data));
      }),
    );
    expect(codec.encode(new Uint8Array(100_000)).length).toBeLessThan(300);
  });

  it('is a codec for live reads and one-shots; a znode without data goes to the inner codec', () => {
    const { zk, time, ...world } = new VirtualClient();
    const codec = gzip(json<{ port: number }>(), { zlib });
    const record = watch(zk.data$('/a', codec));
    time.advanceBy(100);
    watch(zk.create('/a', codec.encode({ port: 1 })));
    time.advanceBy(100);
    expect(record.values).toEqual([null, { port: 1 }]);
    watch(zk.set('/a', 'plain'));
    time.advanceBy(100);
    expect(record.error).toBeInstanceOf(DecodeError);
    expect(record.error).toMatchObject({
      path: '/a',
      cause: { message: 'incorrect header check' },
    });
    watch(zk.create('/empty'));
    time.advanceBy(100);
    expect(watch(zk.get('/empty', gzip(text(), { zlib }))).values).toEqual([]);
    expect(world.server.tree()).toHaveProperty(['/empty']);
    expect(gzip(text(), { zlib }).decode(new Uint8Array(0))).toBe('');
  });

  it.each([
    ['at the limit', 1000, 1000, true],
    ['over the limit', 1001, 1000, false],
    ['at the default', 16_777_216, undefined, true],
    ['over the default', 16_777_217, undefined, false],
  ])('takes what is %s, or not', (_, length, maxInflatedBytes, fits) => {
    const data = zlib.gzipSync(new Uint8Array(length));
    const options = { zlib, ...(maxInflatedBytes === undefined ? {} : { maxInflatedBytes }) };
    const decode = (): number => gzip(bytes(), options).decode(data).length;
    if (fits) expect(decode()).toBe(length);
    else expect(decode).toThrow(`inflates to ${String(length)} bytes, and maxInflatedBytes is`);
  });

  it('does not even start on what says that it is too long', () => {
    const gunzipSync = jest.fn(() => new Uint8Array(0));
    const codec = gzip(bytes(), { zlib: { ...zlib, gunzipSync }, maxInflatedBytes: 100 });
    expect(() => codec.decode(zlib.gzipSync(new Uint8Array(101)))).toThrow(RangeError);
    expect(gunzipSync).not.toHaveBeenCalled();
  });

  it('is not deceived by a wrong length at the end', () => {
    const data = zlib.gzipSync(new Uint8Array(5_000_000));
    data.writeUInt32LE(5, data.length - 4);
    const limited = gzip(bytes(), { zlib, maxInflatedBytes: 1000 });
    expect(() => limited.decode(data)).toThrow(/Cannot create a Buffer larger than 1000 bytes/);
    // Nor by an implementation that knows no limit.
    const careless: GzipImplementation = { ...zlib, gunzipSync: () => new Uint8Array(1001) };
    const checked = gzip(bytes(), { zlib: careless, maxInflatedBytes: 1000 });
    expect(() => checked.decode(data)).toThrow('inflates to 1001 bytes');
  });

  it.each([0, 1, 2, 9, 10, 17, 18, 19])('does not decode what is cut after %d bytes', (length) => {
    const cut = zlib.gzipSync('x').subarray(0, length);
    const decode = (): string => gzip(text(), { zlib }).decode(cut);
    if (length === 0) expect(decode()).toBe('');
    else expect(decode).toThrow('unexpected end of file');
  });

  it.each([
    [undefined, 'zlib'],
    [{}, 'zlib'],
    [{ zlib: {} }, 'zlib'],
    [{ zlib: { gzipSync: () => 1 } }, 'zlib'],
    [{ zlib, maxInflatedBytes: 0 }, 'maxInflatedBytes'],
    [{ zlib, level: 9 }, 'level'],
  ])('refuses options that cannot be used, at once', (options, option) => {
    // What callers without types may pass.
    const make = (): unknown => gzip(text(), options as unknown as GzipOptions);
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow(`InvalidOption ${option}`);
  });
});
