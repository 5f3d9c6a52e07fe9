/** The contract, on the embedded server over TCP. */

import { embedded } from './support/embedded-target.js';
import { describeContract } from './suite/contract.js';
import { useTarget } from './suite/target.js';

describe('embedded server', () => {
  describeContract(useTarget(embedded));
});
