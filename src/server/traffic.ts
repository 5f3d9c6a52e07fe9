/**
 * What a server or one of its connections has said and heard, and how long its replies took.
 *
 * Counting is on the path of every request, so it is additions to numbers; whatever can wait is done once for all replies
 * that leave together.
 */

export class Traffic {
  /** Packets; a four-letter word is one too. */
  received = 0;
  sent = 0;
  receivedBytes = 0;
  minLatencyMs = 0;
  maxLatencyMs = 0;
  lastLatencyMs = 0;
  private totalMs = 0;
  private replies = 0;

  /** Mean time from the arrival of a request to the leaving of its reply. */
  get averageLatencyMs(): number {
    return this.replies === 0 ? 0 : this.totalMs / this.replies;
  }

  /** So many replies left, each so long after its request had come. */
  replied(latencyMs: number, replies: number): void {
    this.minLatencyMs = this.replies === 0 ? latencyMs : Math.min(this.minLatencyMs, latencyMs);
    this.maxLatencyMs = Math.max(this.maxLatencyMs, latencyMs);
    this.lastLatencyMs = latencyMs;
    this.totalMs += latencyMs * replies;
    this.replies += replies;
  }

  reset(): void {
    this.received = 0;
    this.sent = 0;
    this.receivedBytes = 0;
    this.minLatencyMs = 0;
    this.maxLatencyMs = 0;
    this.lastLatencyMs = 0;
    this.totalMs = 0;
    this.replies = 0;
  }
}

/** The last request of a connection, as `cons` shows it; `undefined` before the first. */
export interface LastRequest {
  readonly opcode: number;
  readonly xid: number;
  readonly zxid: bigint;
  readonly atMs: number;
}
