/** The end of a session that is asked for by `close`: who waits for it, and how long the server may take. */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { type Connection } from './connection.js';
import { closeSessionCall } from './control-calls.js';
import { type RequestFlow } from './request-flow.js';

// How long `close` tries to tell the server.
const closeTimeoutMs = 2_000;

/** The session, as far as its end is concerned. */
export interface ClosingHost {
  /** Calls back when everything that has come from the server by now is handled. */
  afterTurn(callback: () => void): void;
  finish(): void;
}

export class Closing {
  /** Whether the session is to live on. */
  keeps = false;
  private waiting: (() => void)[] | undefined;
  private readonly limit: Alarm;
  readonly #flow: RequestFlow; // Not for inspection: requests know secrets.

  constructor(
    scheduler: SchedulerLike,
    flow: RequestFlow,
    private readonly host: ClosingHost,
  ) {
    this.#flow = flow;
    this.limit = new Alarm(scheduler, () => {
      host.finish();
    });
  }

  /** Whether somebody has asked for it. */
  get isAsked(): boolean {
    return this.waiting !== undefined;
  }

  /** `done` is called at the end. Whether this was the first to ask, who decides whether the session is kept. */
  ask(done: () => void, keep: boolean): boolean {
    const isFirst = this.waiting === undefined;
    if (isFirst) this.keeps = keep;
    (this.waiting ??= []).push(done);
    return isFirst;
  }

  /** Ends the session, or leaves it, over this connection; without one, over the next. It takes a bounded time. */
  begin(connection: Connection | undefined): void {
    if (!this.limit.isSet) this.limit.set(closeTimeoutMs);
    const finish = (): void => {
      this.host.finish();
    };
    if (connection === undefined) {
      if (this.keeps) finish();
    } else if (this.keeps) {
      // What was sent is answered first: nobody could know its fate later.
      this.#flow.drain(() => {
        this.host.afterTurn(finish);
      });
    } else this.#flow.transmit(closeSessionCall(finish), connection);
  }

  /** It is over, asked for or not. */
  end(): void {
    this.limit.clear();
    for (const done of this.waiting?.splice(0) ?? []) done();
  }
}
