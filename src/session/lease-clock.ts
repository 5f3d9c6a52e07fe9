/**
 * How long this process may believe that its session lives, from clocks that it reads itself.
 *
 * Theory of operation. The server counts a session's timeout from when it *received* a frame, which is never before the
 * client *sent* it. So if a request that was sent at time t has been acknowledged, the session lives at least until
 * t + timeout on the server's clock. A lease ends at t + 2/3 timeout on ours: the last third is the margin for clocks that
 * run at different speeds and for work that takes a moment to stop. What counts is the send time of the newest
 * acknowledged request; the time of receipt would give two holders under delay.
 *
 * A paused process wakes with its flags still up, so validity is computed when asked, and either clock passing the
 * deadline ends it: the monotonic one may stand still while the machine sleeps, the wall clock may be set.
 *
 * A read-only server is cut off from the ensemble, which may end the session meanwhile. So its answers say nothing about the
 * lease; they only say that the session need not be given up yet.
 */

/** One point in time on both clocks. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Reads both clocks. */
export type Clock = () => Moment;

export class LeaseClock {
  private acknowledged: Moment | undefined;
  private timeoutMs = 0;
  /** As `acknowledged`, by whatever server. */
  private heard: Moment | undefined;
  private heardTimeoutMs = 0;

  constructor(private readonly now: Clock) {}

  /** A session was opened or resumed by a handshake sent at `sentAt`. */
  start(sentAt: Moment, timeoutMs: number): void {
    this.timeoutMs = this.heardTimeoutMs = timeoutMs;
    this.acknowledged = this.heard = sentAt;
  }

  /** A read-only server has resumed the session by a handshake sent at `sentAt`. */
  startUnsure(sentAt: Moment, timeoutMs: number): void {
    this.heardTimeoutMs = timeoutMs;
    this.heard = sentAt;
  }

  /** A request that was sent at `sentAt` has been answered. Requests are answered in order, so this never goes back. */
  acknowledge(sentAt: Moment): void {
    this.acknowledged = this.heard = sentAt;
  }

  /** A read-only server has answered a request that was sent at `sentAt`. */
  acknowledgeUnsure(sentAt: Moment): void {
    if (this.heard !== undefined) this.heard = sentAt;
  }

  /** Whether there is a session to believe in. */
  get isRunning(): boolean {
    return this.heard !== undefined;
  }

  /** The session is over. */
  stop(): void {
    this.acknowledged = this.heard = undefined;
  }

  /** Milliseconds for which a lease still holds; 0 or less: it does not. */
  leaseRemainingMs(): number {
    return this.remainingMs(this.acknowledged, (this.timeoutMs * 2) / 3);
  }

  /** Milliseconds after which the server may have ended the session; 0 or less: it may have. */
  sessionRemainingMs(): number {
    return this.remainingMs(this.heard, this.heardTimeoutMs);
  }

  private remainingMs(from: Moment | undefined, spanMs: number): number {
    if (from === undefined) return 0;
    const now = this.now();
    const elapsed = Math.max(now.monotonicMs - from.monotonicMs, now.wallMs - from.wallMs);
    return spanMs - elapsed;
  }
}
