/** Golden exchanges, decoded with src/wire and made comparable with literals. */

import { type Exchange, fromHex, loadGolden } from '../golden/golden-file.js';
import { type Operation, type OperationName, operations } from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import {
  type Codec,
  type ConnectRequest,
  connectRequestCodec,
  type ConnectResponse,
  connectResponseCodec,
  type ReplyHeader,
  replyHeaderCodec,
  type RequestHeader,
  requestHeaderCodec,
  type Stat,
  type WatchEvent,
  watchEventCodec,
} from '../../src/wire/records.js';

export const golden = loadGolden();

/** The recorded operations by name, as far as they are in the protocol's table. */
export const operationExchanges = golden.exchanges.filter(
  ({ operation }) => operation in operations,
);

export const connectExchanges = golden.exchanges.filter(({ operation }) => operation === 'connect');

export function exchangeNamed(name: string): Exchange {
  const found = golden.exchanges.find((exchange) => exchange.name === name);
  if (found === undefined) throw new Error(`no golden exchange is named "${name}"`);
  return found;
}

/** The protocol's row for a recorded exchange, whatever its types. */
export function operationOf({ operation }: Exchange): Operation<unknown, unknown> {
  // Asked for names of the table only; what a side of a row reads is only ever written by the same side.
  return operations[operation as OperationName];
}

export function replyBytes({ name, reply }: Exchange): Uint8Array {
  if (reply === null) throw new Error(`"${name}" has no reply`);
  return fromHex(reply);
}

/** Reads all the parts, one after the other, and insists that nothing is left. */
export function decodeWhole<Parts extends readonly unknown[]>(
  bytes: Uint8Array,
  ...codecs: { readonly [I in keyof Parts]: Codec<Parts[I]> }
): Parts {
  const reader = new JuteReader(bytes);
  const parts = codecs.map((codec) => codec.read(reader));
  expect(reader.remaining).toBe(0);
  // One part for each codec, in order.
  return parts as unknown as Parts;
}

export interface DecodedExchange {
  readonly request: RequestHeader & { readonly body: unknown };
  readonly reply: ReplyHeader & { readonly body?: unknown };
  readonly events: readonly (WatchEvent & { readonly header: ReplyHeader })[];
}

/** Decodes a recorded operation; times and session ids, which differ from capture to capture, are named instead. */
export function decodeExchange(name: string): DecodedExchange {
  const exchange = exchangeNamed(name);
  const { request, response } = operationOf(exchange);
  const [requestHeader, body] = decodeWhole<[RequestHeader, unknown]>(
    fromHex(exchange.request),
    requestHeaderCodec,
    request,
  );
  const events = exchange.events.map((hex) => {
    const [header, event] = decodeWhole<[ReplyHeader, WatchEvent]>(
      fromHex(hex),
      replyHeaderCodec,
      watchEventCodec,
    );
    return { ...event, header };
  });
  return { request: { ...requestHeader, body }, reply: decodeReply(exchange, response), events };
}

function decodeReply(exchange: Exchange, codec: Codec<unknown>): DecodedExchange['reply'] {
  const bytes = replyBytes(exchange);
  const [header] = decodeWhole<[ReplyHeader]>(bytes.subarray(0, 16), replyHeaderCodec);
  if (header.error !== 0) {
    expect(bytes).toHaveLength(16);
    return header;
  }
  const [, body] = decodeWhole<[ReplyHeader, unknown]>(bytes, replyHeaderCodec, codec);
  return { ...header, body: named(body) };
}

export function decodeConnect(name: string): {
  request: ConnectRequest;
  response: ConnectResponse;
} {
  const exchange = exchangeNamed(name);
  const [request] = decodeWhole<[ConnectRequest]>(fromHex(exchange.request), connectRequestCodec);
  const [response] = decodeWhole<[ConnectResponse]>(replyBytes(exchange), connectResponseCodec);
  return { request, response };
}

/** A Stat as {@link decodeExchange} gives it: all zero apart from what is given. */
export function stat(given: Partial<Record<keyof Stat, unknown>> & { czxid: bigint }): object {
  return {
    mzxid: given.czxid,
    pzxid: given.czxid,
    ctime: 'captured',
    mtime: 'captured',
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: 0n,
    dataLength: 0,
    numChildren: 0,
    ...given,
  };
}

function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, namedField(key, part) ?? named(part)]),
  );
}

function namedField(key: string, value: unknown): string | undefined {
  const { startedMs, endedMs } = golden.provenance;
  if (key === 'ctime' || key === 'mtime') {
    const time = Number(value);
    return time >= startedMs && time <= endedMs
      ? 'captured'
      : `not the time of capture: ${String(time)}`;
  }
  const treeSession = decodeConnect('connect, for the tree').response.sessionId;
  return key === 'ephemeralOwner' && value === treeSession ? 'this session' : undefined;
}
