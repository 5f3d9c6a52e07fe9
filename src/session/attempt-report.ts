/** Tells the user of attempts to connect that failed: of a connection that breaks the state tells, but of these nothing else. */

import { type SchedulerLike } from 'rxjs';
import { type ZooKeeperError } from '../errors/base.js';
import { reportError } from '../rx/report-error.js';

export interface AttemptObserver {
  readonly scheduler: SchedulerLike;
  /** Told of each attempt to connect that failed. */
  readonly onReport?: ((error: ZooKeeperError) => void) | undefined;
}

/** Calls `onReport`. What it throws is its own affair: the next attempt must follow. */
export function reportAttempt(error: ZooKeeperError, observer: AttemptObserver): void {
  try {
    observer.onReport?.(error);
  } catch (thrown) {
    reportError(thrown, observer.scheduler);
  }
}
