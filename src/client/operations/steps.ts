/** Requests that are made of several: their one-shots share one time limit and one signal. */

import { catchError, type Observable, throwError } from 'rxjs';
import { type ErrorContext } from '../../errors/base.js';
import { TimeoutError } from '../../errors/client-errors.js';
import { OneShot } from '../one-shot.js';
import { type RequestKind, type Shot } from '../request-kind.js';
import { type RequestOptions } from '../request.js';

/** Path and input of one step. */
export interface Step<Input> {
  /** As the user would give it, below the chroot. */
  readonly path: string;
  readonly input: Input;
}

/** Makes the one-shots of one subscription; the time limit counts from when this is made. */
export class Steps {
  private readonly timeoutMs: number;
  private readonly deadlineMs: number;

  constructor(private readonly shot: Shot<unknown>) {
    const { host, options } = shot;
    this.timeoutMs = options?.timeoutMs ?? host.requestTimeoutMs;
    this.deadlineMs = host.monotonicNow() + this.timeoutMs;
  }

  /** One request, in the time that is left. */
  send<Input, Request, Response, Value>(
    kind: RequestKind<Input, Request, Response, Value>,
    { path, input }: Step<Input>,
  ): Observable<Value> {
    const { host } = this.shot;
    return this.inTime(
      { operation: kind.name, path },
      (options) => new OneShot(kind, { host, path, input, options }),
    );
  }

  /** What is made with these options, in the time that is left. */
  inTime<Value>(
    context: ErrorContext,
    make: (options: RequestOptions) => Observable<Value>,
  ): Observable<Value> {
    const restMs = Math.ceil(this.deadlineMs - this.shot.host.monotonicNow());
    if (restMs <= 0) {
      return throwError(() => new TimeoutError(this.timeoutMs, 'not-sent', context));
    }
    return make(this.options(restMs)).pipe(
      catchError((error: unknown) => {
        // The user knows the limit of the whole, not what was left of it for this step.
        if (!(error instanceof TimeoutError)) throw error;
        throw new TimeoutError(this.timeoutMs, error.outcome, { ...context, cause: error.cause });
      }),
    );
  }

  private options(restMs: number): RequestOptions {
    const { signal, timeoutMs } = this.shot.options ?? {};
    // `timeoutMs: Infinity` means more than no time limit if the user says it.
    const unlimited = restMs === Infinity && timeoutMs === undefined;
    return {
      ...(unlimited ? {} : { timeoutMs: restMs }),
      ...(signal === undefined ? {} : { signal }),
    };
  }
}
