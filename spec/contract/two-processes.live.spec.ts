/** Two processes and a lock or a session, on one real server. */

import { describeLive } from '../support/live.js';
import { single } from './support/real-target.js';
import { describeSuccession } from './suite/succession.js';
import { useTarget } from './suite/target.js';
import { describeTwoProcesses } from './suite/two-processes.js';

describeLive('real server', () => {
  const target = useTarget(single);
  describeTwoProcesses(target);
  describeSuccession(target);
});
