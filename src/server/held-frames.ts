/**
 * Requests that wait until what was said has been sent.
 *
 * A few bytes can ask for a gigabyte. It is not made before it can be sent: once there is more than a little to say, the
 * frames behind are kept as they came, and taken up again, in order, when the pipe has taken the rest away.
 */

/** Whom the frames are for. */
export interface FrameTaker {
  /** Deals with the frame `bytes[from, to)`. */
  answer(bytes: Uint8Array, from: number, to: number): void;
  /** Whether frames have to wait now. */
  saysEnough(): boolean;
}

export class HeldFrames {
  private readonly held: Uint8Array[] = [];

  constructor(private readonly taker: FrameTaker) {}

  take(bytes: Uint8Array, from: number, to: number): void {
    if (this.held.length === 0 && !this.taker.saysEnough()) this.taker.answer(bytes, from, to);
    else this.held.push(new Uint8Array(bytes.subarray(from, to)));
  }

  /** Goes on, as far as it may. */
  readonly goOn = (): void => {
    let taken = 0;
    for (const frame of this.held) {
      if (this.taker.saysEnough()) break;
      taken += 1;
      this.taker.answer(frame, 0, frame.length);
    }
    this.held.splice(0, taken);
  };
}
