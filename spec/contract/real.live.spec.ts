/** The contract, on one real server. */

import { describeLive } from '../support/live.js';
import { describeContract } from './suite/contract.js';
import { useTarget } from './suite/target.js';
import { realTickMs, startSingle } from './support/real-target.js';

describeLive('real server', () => {
  const target = useTarget({
    start: startSingle,
    tickMs: realTickMs,
    shortSessionMs: 2000,
    ttl: true,
  });

  describeContract(target);
});
