/** The contract on three real servers, and what happens when servers go. */

import { describeLive } from '../support/live.js';
import { type ManagedEnsemble } from '../../src/testing/index.js';
import { ensembleTarget, startThree } from './support/real-target.js';
import { describeChaos } from './suite/chaos.js';
import { describeEnsembleContract, describeSpreadContract } from './suite/contract.js';
import { describeFailovers } from './suite/failovers.js';
import { describeHostStreams } from './suite/host-streams.js';
import { useTarget } from './suite/target.js';

describeLive('real ensemble', () => {
  let ensemble: ManagedEnsemble | undefined;

  beforeAll(async () => {
    ensemble = await startThree();
  }, 90_000);

  afterAll(() => ensemble?.close(), 30_000);

  const running = (): ManagedEnsemble => {
    if (ensemble === undefined) throw new Error('the ensemble runs only during tests');
    return ensemble;
  };

  describe('with the clients of a test at one server', () => {
    const target = useTarget(ensembleTarget(running, false));
    describeEnsembleContract(target);
    describeFailovers(target, running);
    describeHostStreams(target, running);
  });

  describe('with its clients at any server', () => {
    const target = useTarget(ensembleTarget(running, true));
    describeSpreadContract(target);
    describeChaos(target, running);
  });
});
