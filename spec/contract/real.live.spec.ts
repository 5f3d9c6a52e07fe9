/** The contract, on one real server. */

import { describeLive } from '../support/live.js';
import { single, singleOtherwise, singleSasl } from './support/real-target.js';
import { describeContract } from './suite/contract.js';
import { describeOtherSettings } from './suite/other-settings.js';
import { describeSasl } from './suite/sasl.js';
import { useTarget } from './suite/target.js';

describeLive('real server', () => {
  describeContract(useTarget(single));
});

describeLive('real server, set up otherwise', () => {
  describeOtherSettings(useTarget(singleOtherwise));
});

describeLive('real server with SASL', () => {
  describeSasl(useTarget(singleSasl));
});
