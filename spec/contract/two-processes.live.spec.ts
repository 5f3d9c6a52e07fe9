/** Two processes and a lock, on one real server. */

import { describeLive } from '../support/live.js';
import { single } from './support/real-target.js';
import { useTarget } from './suite/target.js';
import { describeTwoProcesses } from './suite/two-processes.js';

describeLive('real server', () => {
  describeTwoProcesses(useTarget(single));
});
