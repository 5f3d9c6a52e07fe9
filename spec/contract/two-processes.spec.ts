/** Two processes and a lock or a session, on the embedded server over TCP. */

import { embedded } from './support/embedded-target.js';
import { describeSuccession } from './suite/succession.js';
import { useTarget } from './suite/target.js';
import { describeTwoProcesses } from './suite/two-processes.js';

describe('embedded server', () => {
  const target = useTarget(embedded);
  describeTwoProcesses(target);
  describeSuccession(target);
});
