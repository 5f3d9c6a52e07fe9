/** The end of a turn: everything that came in one piece has been handled, and what it all adds up to can be told once. */

export class Turn {
  private running = false;
  private readonly callbacks: (() => void)[] = [];

  begin(): void {
    this.running = true;
  }

  end(): void {
    this.running = false;
    // Those who come meanwhile are of no turn, and are called at once.
    if (this.callbacks.length > 0) for (const callback of this.callbacks.splice(0)) callback();
  }

  /** Calls back once at the end of this turn; at once if there is none. */
  after(callback: () => void): void {
    if (this.running) this.callbacks.push(callback);
    else callback();
  }
}
