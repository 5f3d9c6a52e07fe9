/** Which of the calls under way a reply belongs to, where it is not the one whose turn it is. */

import { ProtocolError } from '../errors/client-errors.js';
import { type AnyCall } from './call.js';
import { mayBeDropped } from './capabilities.js';
import { type Moment } from './lease-clock.js';
import { type Ring } from './ring.js';

/** The call with this xid; it stays where it is. Throws {@link ProtocolError} if there is none. */
export function sentWith(sent: Ring<AnyCall>, xid: number): AnyCall {
  const call = sent.find((candidate) => candidate.xid === xid);
  if (call === undefined) throw new ProtocolError(`reply with xid ${String(xid)} to no request`);
  return call;
}

/**
 * Takes out what an old server has left unanswered in front of the call with this xid. Throws {@link ProtocolError} if that is
 * not what has happened.
 */
export function takeDropped(sent: Ring<AnyCall>, xid: number): readonly AnyCall[] {
  const due = sent.peek();
  if (due === undefined) throw new ProtocolError(`reply with xid ${String(xid)} to no request`);
  const answered = sent.find((call) => call.xid === xid || !mayBeDropped(call.operation));
  if (answered?.xid !== xid)
    throw new ProtocolError(`reply with xid ${String(xid)} where ${String(due.xid)} is due`);
  const dropped: AnyCall[] = [];
  for (let call = sent.peek(); call !== undefined && call !== answered; call = sent.peek()) {
    dropped.push(call);
    sent.shift();
  }
  return dropped;
}

/** Takes out what an old server has left unanswered in front of a ping that was sent at this moment, and answered. */
export function takeDroppedBefore(sent: Ring<AnyCall>, pingedAt: Moment): readonly AnyCall[] {
  const dropped: AnyCall[] = [];
  for (let call = sent.peek(); call !== undefined; call = sent.peek()) {
    const isEarlier = (call.sentAt?.monotonicMs ?? Infinity) < pingedAt.monotonicMs;
    if (!isEarlier || !mayBeDropped(call.operation)) break;
    dropped.push(call);
    sent.shift();
  }
  return dropped;
}
