/** What happened in a run, line by line, and which promises were broken. */

/** Thrown at the first broken promise: what comes after it tells nothing. */
export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken';
}

export class Journal {
  readonly lines: string[] = [];
  broken: string | undefined;

  constructor(private readonly now: () => number) {}

  note(who: string, what: string): void {
    this.lines.push(`${this.now().toFixed(3)} ${who} ${what}`);
  }

  /** Ends the run, wherever it stands: the next look at the world throws. */
  violate(what: string): void {
    this.broken ??= what;
    this.note('!!!', what);
  }

  /** Throws if a promise was broken. Not from inside a stream: there it would be swallowed. */
  check(): void {
    if (this.broken !== undefined) throw new PromiseBroken(this.broken);
  }
}
