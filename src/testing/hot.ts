/** The `hot` streams of a test: their marbles begin when the test does. */

import { type ObservableNotification, type Observer } from 'rxjs';
import { type RunHelpers } from 'rxjs/testing';
import { type VirtualClock } from './virtual-clock.js';

type Hot = ReturnType<RunHelpers['hot']>;

export class HotStreams {
  /** Those that have not begun. */
  private waiting: Hot[] = [];
  private isRunning = false;

  constructor(
    private readonly clock: VirtualClock,
    private readonly make: RunHelpers['hot'],
  ) {}

  /** Makes one, which begins with the test, or at once if the test runs already. */
  readonly hot: RunHelpers['hot'] = (...marbles) => {
    const hot$ = this.make(...marbles);
    // What it carries is for the test to know; here it is only passed on.
    this.waiting.push(hot$ as unknown as Hot);
    if (this.isRunning) this.start();
    return hot$;
  };

  /** What goes on after the end of the test is left behind by nobody. */
  start(): void {
    this.isRunning = true;
    const scheduler = this.clock.schedulerOf({ name: 'hot', mayStay: true });
    for (const hot$ of this.waiting) {
      for (const { frame, notification } of hot$.messages) {
        // What came before the test is heard by nobody.
        if (frame < 0) continue;
        scheduler.schedule(() => {
          tell(hot$, notification);
        }, frame);
      }
    }
    this.waiting = [];
  }
}

function tell<T>(observer: Observer<T>, notification: ObservableNotification<T>): void {
  if (notification.kind === 'N') observer.next(notification.value);
  else if (notification.kind === 'E') observer.error(notification.error);
  else observer.complete();
}
