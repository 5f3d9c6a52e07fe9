/** Reports an error that nobody can be told of in place, as RxJS does, but on an injected scheduler. */

import { config, type SchedulerLike } from 'rxjs';

/** Hands the error to RxJS' `config.onUnhandledError`, or throws it, in a step of its own. */
export function reportError(error: unknown, scheduler: SchedulerLike): void {
  scheduler.schedule(() => {
    const { onUnhandledError } = config;
    if (onUnhandledError === null) throw error;
    onUnhandledError(error);
  });
}
