/** What a peer that means harm may send: sound frames, what becomes of them when bytes are changed, and garbage. */

import fc from 'fast-check';
import { type OperationName, operations } from '../../src/wire/operations.js';
import { type ConnectRequest, connectRequestCodec } from '../../src/wire/records.js';
import { encode } from '../../src/wire/writer.js';
import { bytes, exchanges, int } from '../wire/arbitraries.js';
import { framed } from './raw-client.js';

/** Numbers where lengths, counts and opcodes go wrong. */
export const oddInt = fc.oneof(
  fc.constantFrom(-1, -2, 0, 1, 3, 0xffff, 0xf_ffff, 0x10_0000, 0x7fff_ffff, -0x8000_0000),
  int,
);

/** A handshake of any kind, mostly sound. */
export const handshake: fc.Arbitrary<Uint8Array> = fc
  .record({
    protocolVersion: int,
    lastZxidSeen: fc.constantFrom(0n, 1n, 2n ** 62n, -1n),
    timeoutMs: int,
    // Nobody's: whoever names another's session takes its connection away, as at a real server, whatever the password.
    sessionId: fc.constantFrom(0n, 1n, -1n, 2n ** 62n),
    password: fc.oneof(fc.constant(new Uint8Array(16)), bytes),
    readOnly: fc.constantFrom(false, true, undefined),
  })
  .map(greeting);

/** The frame of a handshake. */
export function greeting(request: Partial<ConnectRequest> = {}): Uint8Array {
  const whole = {
    protocolVersion: 0,
    lastZxidSeen: 0n,
    timeoutMs: 4000,
    sessionId: 0n,
    password: new Uint8Array(16),
    readOnly: false,
    ...request,
  };
  return framed(
    encode((writer) => {
      connectRequestCodec.write(writer, whole);
    }),
  );
}

const names = Object.keys(operations) as OperationName[];
const paths = ['/', '', '/a', '/a/b', '/a/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'];

/** A request of any operation that can be read, about anything. */
export const request: fc.Arbitrary<Uint8Array> = fc
  .constantFrom(...names)
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      // The pair of a name has what this name asks; TypeScript cannot follow through a union.
      exchanges[name][0] as fc.Arbitrary<unknown>,
      fc.option(fc.constantFrom(...paths)),
      int,
    ),
  )
  .map(([name, body, path, xid]) => {
    const about = path !== null && hasPath(body) ? { ...body, path } : body;
    return framed(
      encode((writer) => {
        writer.int(xid);
        writer.int(operations[name].opcode);
        (operations[name].request.write as (w: typeof writer, value: unknown) => void)(
          writer,
          about,
        );
      }),
    );
  });

function hasPath(body: unknown): body is { readonly path: string } {
  return typeof body === 'object' && body !== null && 'path' in body;
}

type Change = (frame: Uint8Array) => Uint8Array;

const at = (frame: Uint8Array, part: number): number => Math.floor(part * frame.length);
const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** One change of a frame: a byte, an int, its end, its length. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(part, fc.nat(255)).map(([where, value]): Change => (frame) => {
    const changed = frame.slice();
    changed[at(frame, where)] = value;
    return changed;
  }),
  fc.tuple(part, oddInt).map(([where, value]): Change => (frame) => {
    const changed = frame.slice();
    const from = Math.min(at(frame, where), frame.length - 4);
    if (from >= 0) new DataView(changed.buffer).setInt32(from, value);
    return changed;
  }),
  // Cut off, with a length that says so, and with one that does not.
  part.map(
    (where): Change =>
      (frame) =>
        framed(frame.slice(4, Math.max(4, at(frame, where)))),
  ),
  part.map(
    (where): Change =>
      (frame) =>
        frame.slice(0, at(frame, where)),
  ),
  bytes.map(
    (more): Change =>
      (frame) =>
        framed(Uint8Array.of(...frame.subarray(4), ...more)),
  ),
);

/** The frame with a few changes. */
export function mutated(frame: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(frame, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([sound, changes]) => changes.reduce((bytes_, one) => one(bytes_), sound));
}

/** A frame with any opcode and any ints behind it: counts and lengths of what is not there. */
export const ofInts: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.oneof(fc.constantFrom(...names.map((name) => operations[name].opcode)), oddInt),
    fc.array(oddInt, { maxLength: 8 }),
  )
  .map(([opcode, ints]) =>
    framed(
      encode((writer) => {
        writer.int(1);
        writer.int(opcode);
        for (const one of ints) writer.int(one);
      }),
    ),
  );

export const garbage: fc.Arbitrary<Uint8Array> = fc.oneof(
  bytes,
  bytes.map(framed),
  fc.tuple(oddInt, bytes).map(([length, rest]) =>
    encode((writer) => {
      writer.int(length);
      writer.raw(rest);
    }),
  ),
);

/** One thing after the other. */
export const requests: fc.Arbitrary<readonly Uint8Array[]> = fc.array(
  fc.oneof(request, mutated(request), ofInts, garbage),
  { minLength: 1, maxLength: 5 },
);

/** The bytes in pieces of this size; 0 leaves them whole. */
export function pieces(all: readonly Uint8Array[], size: number): readonly Uint8Array[] {
  if (size === 0) return all;
  const whole = Buffer.concat(all);
  return Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
    whole.subarray(i * size, (i + 1) * size),
  );
}

export const pieceSize = fc.constantFrom(0, 0, 1, 3, 7, 64);
