/** Specs that need certificates, and so the command openssl. Without it they are skipped, except where nothing may be left out. */

import { spawnSync } from 'node:child_process';
import { type Certificates, createCertificates } from '../../src/testing/real/certificates.js';
import { removeDirectory, temporaryDirectory } from '../../src/testing/real/temporary-directory.js';

/** As `describe`, with an authority that is there during the tests. */
export function describeWithOpenssl(
  name: string,
  define: (authority: () => Certificates) => void,
): void {
  if (spawnSync('openssl', ['version']).status !== 0 && process.env['RXZK_REQUIRE_LIVE'] !== '1') {
    describe.skip(`${name} (needs what is not here: the command openssl)`, () => {
      it('runs', () => undefined);
    });
    return;
  }
  describe(name, () => {
    let directory = '';
    let certificates: Certificates | undefined;
    beforeAll(async () => {
      directory = temporaryDirectory();
      certificates = await createCertificates(directory);
    });
    afterAll(() => {
      removeDirectory(directory);
    });
    define(() => {
      if (certificates === undefined) throw new Error('certificates are there only during tests');
      return certificates;
    });
  });
}

/** An hour ago, for what has expired. */
export function anHourAgo(): Date {
  return new Date(Date.now() - 3_600_000);
}
