/** The contract, on the embedded server over TCP. */

import { embedded, embeddedOtherwise, embeddedSasl } from './support/embedded-target.js';
import { describeContract } from './suite/contract.js';
import { describeOtherSettings } from './suite/other-settings.js';
import { describeSasl } from './suite/sasl.js';
import { useTarget } from './suite/target.js';

describe('embedded server', () => {
  describeContract(useTarget(embedded));
});

describe('embedded server, set up otherwise', () => {
  describeOtherSettings(useTarget(embeddedOtherwise));
});

describe('embedded server with SASL', () => {
  describeSasl(useTarget(embeddedSasl));
});
