/** Virtual time that lets somebody look at the world after every single event. */

import { VirtualTime } from '../support/virtual-time.js';

// A virtual second holds some hundred events; this many without time going on is a loop.
const maxStepsAtOnce = 20_000;

export class SteppedTime extends VirtualTime {
  /** Called after every event; what it throws ends the run. */
  afterStep: () => void = () => undefined;
  /** Number of events so far. */
  steps = 0;
  private stepsAtOnce = 0;

  override flush(): void {
    const { actions } = this;
    for (let action = actions[0]; action !== undefined; action = actions[0]) {
      if (action.delay > this.maxFrames) break;
      actions.shift();
      this.stepsAtOnce = action.delay === this.frame ? this.stepsAtOnce + 1 : 0;
      if (this.stepsAtOnce > maxStepsAtOnce) throw new Error('time stands still');
      this.frame = action.delay;
      // An action gives back what its work has thrown, as it came.
      const thrown: unknown = action.execute(action.state, action.delay);
      if (thrown !== undefined)
        throw thrown instanceof Error ? thrown : new Error('no error thrown');
      this.steps++;
      this.afterStep();
    }
  }
}
