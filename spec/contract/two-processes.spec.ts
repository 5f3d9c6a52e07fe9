/** Two processes and a lock, on the embedded server over TCP. */

import { embedded } from './support/embedded-target.js';
import { useTarget } from './suite/target.js';
import { describeTwoProcesses } from './suite/two-processes.js';

describe('embedded server', () => {
  describeTwoProcesses(useTarget(embedded));
});
