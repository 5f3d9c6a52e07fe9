/** What holds for every golden frame: all are covered, written back byte for byte, and refused when cut short. */

import fc from 'fast-check';

import { ProtocolError } from '../../src/errors/client-errors.js';
import { operations } from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import {
  type Codec,
  connectRequestCodec,
  connectResponseCodec,
  replyHeaderCodec,
  requestHeaderCodec,
  watchEventCodec,
} from '../../src/wire/records.js';
import { encode } from '../../src/wire/writer.js';
import { fromHex, toHex } from '../golden/golden-file.js';
import {
  connectExchanges,
  golden,
  operationExchanges,
  operationOf,
  replyBytes,
} from './golden-support.js';

interface Frame {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly codecs: readonly Codec<unknown>[];
}

// A codec that reads T and writes T can be kept as one of `unknown` as long as it writes only what it has read.
const erased = <T>(codec: Codec<T>) => codec as Codec<unknown>;

const operationFrames: Frame[] = operationExchanges.flatMap((exchange) => {
  const { request, response } = operationOf(exchange);
  const reply = replyBytes(exchange);
  const { error } = replyHeaderCodec.read(new JuteReader(reply));
  const header = erased(replyHeaderCodec);
  return [
    {
      name: `request of ${exchange.name}`,
      bytes: fromHex(exchange.request),
      codecs: [erased(requestHeaderCodec), request],
    },
    {
      name: `reply to ${exchange.name}`,
      bytes: reply,
      codecs: error === 0 ? [header, response] : [header],
    },
    ...exchange.events.map((hex, index) => ({
      name: `event ${String(index)} of ${exchange.name}`,
      bytes: fromHex(hex),
      codecs: [header, erased(watchEventCodec)],
    })),
  ];
});

const connectFrames: Frame[] = connectExchanges.flatMap((exchange) => [
  {
    name: `request of ${exchange.name}`,
    bytes: fromHex(exchange.request),
    codecs: [erased(connectRequestCodec)],
  },
  {
    name: `reply to ${exchange.name}`,
    bytes: replyBytes(exchange),
    codecs: [erased(connectResponseCodec)],
  },
]);

const frames = [...operationFrames, ...connectFrames];

function read({ codecs }: Frame, bytes: Uint8Array): unknown[] {
  const reader = new JuteReader(bytes);
  return codecs.map((codec) => codec.read(reader));
}

/** What reading throws, or `undefined` if it throws nothing. */
function readError(frame: Frame, bytes: Uint8Array): unknown {
  try {
    read(frame, bytes);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('golden frames', () => {
  it('say where they come from, and cover every operation', () => {
    expect(golden.provenance.server).toBe('Apache ZooKeeper 3.8.0');
    const covered = new Set(operationExchanges.map(({ operation }) => operation));
    // A check on its own is never answered by a 3.8 server; inside a multi it is covered.
    expect(Object.keys(operations).filter((name) => !covered.has(name))).toEqual(['check']);
    expect(connectExchanges.length).toBeGreaterThan(0);
  });

  it.each(frames)('are written back byte for byte: $name', (frame) => {
    const parts = read(frame, frame.bytes);
    const written = encode((writer) => {
      for (const [index, codec] of frame.codecs.entries()) codec.write(writer, parts[index]);
    });
    expect(toHex(written)).toBe(toHex(frame.bytes));
  });

  it('are read the same with garbage behind them', () => {
    for (const frame of operationFrames) {
      const longer = new Uint8Array([...frame.bytes, 1, 2, 3, 0xff, 0xfe]);
      expect(read(frame, longer)).toEqual(read(frame, frame.bytes));
    }
  });

  it.each(operationFrames)('err at every place where they are cut: $name', (frame) => {
    for (let length = 0; length < frame.bytes.length; length++) {
      expect(readError(frame, frame.bytes.slice(0, length))).toBeInstanceOf(ProtocolError);
      // The same bytes as a window of a longer buffer: what lies behind the window must not be read.
      expect(readError(frame, frame.bytes.subarray(0, length))).toBeInstanceOf(ProtocolError);
    }
  });

  it.each(connectFrames)('may lack the last byte, readOnly, and no other: $name', (frame) => {
    const whole = frame.bytes.length;
    const required = Math.floor(whole / 4) * 4;
    for (let length = 0; length < whole; length++) {
      const cut = frame.bytes.slice(0, length);
      if (length === required) expect(read(frame, cut)).toMatchObject([{ readOnly: undefined }]);
      else expect(readError(frame, cut)).toBeInstanceOf(ProtocolError);
    }
  });

  it('are read or refused, never worse, when bytes in them are overwritten', () => {
    const change = fc.record({
      at: fc.nat(),
      value: fc.oneof(
        fc.constantFrom(-1, -2, 0, 1, 0x7fff_ffff, -0x8000_0000, 0xffff),
        fc.integer(),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...frames),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        (frame, changes) => {
          const damaged = frame.bytes.slice();
          const view = new DataView(damaged.buffer);
          for (const { at, value } of changes) view.setInt32(at % (damaged.length - 3), value);
          const error = readError(frame, damaged);
          if (error !== undefined) expect(error).toBeInstanceOf(ProtocolError);
        },
      ),
      { numRuns: 5000 },
    );
  });
});
