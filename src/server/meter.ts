/** Counts what goes through one connection, for itself and for its server. */

import { type LastRequest, Traffic } from './traffic.js';

export class Meter {
  readonly traffic = new Traffic();
  private unsent = 0;
  private arrivedMs: number;
  private opcode: number | undefined;
  private xid = 0;
  private zxid = 0n;

  constructor(
    private readonly server: Traffic,
    nowMs: number,
  ) {
    this.arrivedMs = nowMs;
  }

  get lastRequest(): LastRequest | undefined {
    const { opcode, xid, zxid, arrivedMs: atMs } = this;
    return opcode === undefined ? undefined : { opcode, xid, zxid, atMs };
  }

  /** Bytes have come. */
  arrived(bytes: number, nowMs: number): void {
    this.arrivedMs = nowMs;
    this.traffic.receivedBytes += bytes;
    this.server.receivedBytes += bytes;
  }

  /** A packet has been read out of them. */
  received(): void {
    this.traffic.received += 1;
    this.server.received += 1;
  }

  /** An event was written. */
  noticed(): void {
    this.traffic.sent += 1;
    this.server.sent += 1;
  }

  /** An answer was written. */
  answered(): void {
    this.unsent += 1;
  }

  /** To which request. */
  remember(opcode: number, xid: number, zxid: bigint): void {
    this.opcode = opcode;
    this.xid = xid;
    this.zxid = zxid;
  }

  /** What was written leaves now. */
  left(nowMs: number): void {
    const { unsent } = this;
    if (unsent === 0) return;
    this.unsent = 0;
    const latencyMs = Math.max(0, nowMs - this.arrivedMs);
    this.traffic.replied(latencyMs, unsent);
    this.traffic.sent += unsent;
    this.server.replied(latencyMs, unsent);
    this.server.sent += unsent;
  }

  reset(): void {
    this.traffic.reset();
    this.opcode = undefined;
  }
}
