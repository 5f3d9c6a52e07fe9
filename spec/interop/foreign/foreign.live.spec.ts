/**
 * Foreign clients, unmodified, against `rxzk serve` and against a real server: they must not see a difference.
 *
 * Where they do, the real server is right.
 */

import { findKazoo } from '../kazoo.js';
import { describeNeeding, type Found } from '../needs.js';
import { describeLive } from '../../support/live.js';
import { cShellTour, findCShell } from './c-shell.js';
import { findCompiler, findCurator, findJava, javaTour } from './java.js';
import { javaShellTour } from './java-shell.js';
import { kazooTour } from './kazoo-tour.js';
import { useTargets } from './targets.js';
import { compareTours, type Tour } from './transcript.js';

const testTimeoutMs = 180_000;

describeLive('foreign clients', () => {
  const targets = useTargets();

  function seesNoDifference<T>(name: string, need: Found<T>, tour: (found: T) => Tour): void {
    describeNeeding(name, need, (found) => {
      it('sees no difference', () => compareTours(name, targets(), tour(found)), testTimeoutMs);
    });
  }

  seesNoDifference('kazoo', findKazoo(), kazooTour);
  seesNoDifference('java-shell', findJava(), javaShellTour);
  seesNoDifference('java-client', findCompiler(), javaTour('Tour'));
  seesNoDifference('curator', findCurator(), javaTour('CuratorTour'));
  seesNoDifference('c-shell', findCShell(), cShellTour);
});
