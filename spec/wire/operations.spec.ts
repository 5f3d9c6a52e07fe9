/** Every operation's records: what is written is read back, and nothing but a ProtocolError comes of garbage. */

import fc from 'fast-check';

import { ProtocolError } from '../../src/errors/client-errors.js';
import {
  type Operation,
  operationName,
  type OperationName,
  operations,
} from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import {
  aclCodec,
  type Codec,
  connectRequestCodec,
  connectResponseCodec,
  replyHeaderCodec,
  requestHeaderCodec,
  watchEventCodec,
} from '../../src/wire/records.js';
import { encode } from '../../src/wire/writer.js';
import { bytes, exchanges, int, long, text } from './arbitraries.js';

// The keys of a literal object are its names.
const names = Object.keys(operations) as OperationName[];

function expectRoundTrip<T>(codec: Codec<T>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(values, (value) => {
      const encoded = encode((writer) => {
        codec.write(writer, value);
      });
      const reader = new JuteReader(encoded);
      const decoded = codec.read(reader);
      expect(decoded).toEqual(value);
      expect(reader.remaining).toBe(0);
    }),
  );
}

/** Reads and lets nothing through but a ProtocolError. */
function readOrProtocolError(codec: Codec<unknown>, input: Uint8Array): void {
  try {
    codec.read(new JuteReader(input));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

describe('operations', () => {
  it.each(names)('reads back what it writes of %s', (name) => {
    // The two halves of a row and of a pair have the same types, which a union of all rows does not show.
    const { request, response } = operations[name] as Operation<unknown, unknown>;
    const [requests, responses] = exchanges[name] as readonly [
      fc.Arbitrary<unknown>,
      fc.Arbitrary<unknown>,
    ];
    expectRoundTrip(request, requests);
    expectRoundTrip(response, responses);
  });

  it('have one number each, by which they are found', () => {
    const opcodes = names.map((name) => operations[name].opcode);
    expect(new Set(opcodes).size).toBe(names.length);
    expect(opcodes.map(operationName)).toEqual(names);
    expect(operationName(4711)).toBeUndefined();
  });
});

describe('records', () => {
  it('read back headers, notifications and handshakes', () => {
    expectRoundTrip(requestHeaderCodec, fc.record({ xid: int, opcode: int }));
    expectRoundTrip(replyHeaderCodec, fc.record({ xid: int, zxid: long, error: int }));
    expectRoundTrip(watchEventCodec, fc.record({ type: int, state: int, path: text }));
    const readOnly = fc.option(fc.boolean(), { nil: undefined });
    const common = {
      protocolVersion: int,
      timeoutMs: int,
      sessionId: long,
      password: bytes,
      readOnly,
    };
    expectRoundTrip(connectRequestCodec, fc.record({ ...common, lastZxidSeen: long }));
    expectRoundTrip(connectResponseCodec, fc.record(common));
  });

  it('read a null password as an empty one, as servers take it', () => {
    const request = encode((writer) => {
      writer.int(0);
      writer.long(0n);
      writer.int(4000);
      writer.long(0n);
      writer.buffer(null);
    });
    expect(connectRequestCodec.read(new JuteReader(request)).password).toEqual(new Uint8Array(0));
  });
});

describe('ACLs', () => {
  const aclOf = (scheme: string | null, id: string | null) =>
    encode((writer) => {
      writer.int(31);
      writer.string(scheme);
      writer.string(id);
    });

  it('read a null scheme as an empty one, which servers refuse as invalid, and refuse a null id', () => {
    const read = aclCodec.read(new JuteReader(aclOf(null, 'x')));
    expect(read).toEqual({ perms: 31, scheme: '', id: 'x' });
    expect(() => aclCodec.read(new JuteReader(aclOf('world', null)))).toThrow(ProtocolError);
  });
});

describe('codecs fed with garbage', () => {
  const codecs: Codec<unknown>[] = [
    ...names.flatMap((name): Codec<unknown>[] => {
      // Only their readers are used, and what they return is thrown away.
      const { request, response } = operations[name] as Operation<unknown, unknown>;
      return [request, response];
    }),
    // The same: nothing is ever written with these.
    ...([
      requestHeaderCodec,
      replyHeaderCodec,
      watchEventCodec,
      connectRequestCodec,
      connectResponseCodec,
    ] as Codec<unknown>[]),
  ];

  it('throw nothing but ProtocolError for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => {
        for (const codec of codecs) readOrProtocolError(codec, garbage);
      }),
      { numRuns: 200 },
    );
  });

  it('throw nothing but ProtocolError for lengths and counts of all kinds', () => {
    // Lengths decide where a reader goes next, so most of these bytes are small or extreme ints.
    const word = fc.oneof(
      fc.integer({ min: -2, max: 22 }),
      fc.constantFrom(-0x8000_0000, 0x7fff_ffff, 0xff_ffff, 0x1_0000, -3),
      int,
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), fc.nat({ max: 3 }), (words, skipped) => {
        const input = encode((writer) => {
          for (const value of words) writer.int(value);
        }).subarray(skipped);
        for (const codec of codecs) readOrProtocolError(codec, input);
      }),
      { numRuns: 500 },
    );
  });
});
