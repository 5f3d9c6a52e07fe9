/** The contract, on one real server. */

import { describeLive } from '../support/live.js';
import { single } from './support/real-target.js';
import { describeContract } from './suite/contract.js';
import { useTarget } from './suite/target.js';

describeLive('real server', () => {
  describeContract(useTarget(single));
});
