/** How what a server says is put into frames: replies, events, and the answer to a handshake. */

import { type ConnectResponse, connectResponseCodec, xids } from '../wire/records.js';
import { type JuteWriter } from '../wire/writer.js';
import { type AnyHandler } from './handlers.js';
import { type Outcome, Refusal } from './refusal.js';
import { type WatchNotice } from './watch-table.js';

const syncConnected = 3;

/** What a reply answers; without a handler it has no body. */
export interface ReplyHead {
  readonly xid: number;
  readonly zxid: bigint;
  readonly handler: AnyHandler | undefined;
}

export function writeReply(writer: JuteWriter, head: ReplyHead, outcome: Outcome<unknown>): void {
  const { xid, zxid, handler } = head;
  const mark = writer.beginFrame();
  writer.int(xid);
  writer.long(zxid);
  writer.int(outcome instanceof Refusal ? outcome.code : 0);
  const body: unknown = outcome instanceof Refusal ? handler?.style.refusalBody : outcome;
  if (body !== undefined) handler?.operation.response.write(writer, body);
  writer.endFrame(mark);
}

export function writeNotice(writer: JuteWriter, { type, path, zxid }: WatchNotice): void {
  const mark = writer.beginFrame();
  writer.int(xids.notification);
  writer.long(zxid);
  writer.int(0);
  writer.int(type);
  writer.int(syncConnected);
  writer.string(path);
  writer.endFrame(mark);
}

export function writeWelcome(writer: JuteWriter, response: ConnectResponse): void {
  const mark = writer.beginFrame();
  connectResponseCodec.write(writer, response);
  writer.endFrame(mark);
}
