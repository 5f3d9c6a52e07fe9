/** Live specs are never left out in silence. */

import { liveVerdict } from './live.js';

const nothingHere = { PATH: '', ZOOKEEPER_HOME: '/nowhere' };

describe('live specs', () => {
  it('are skipped where there is no ZooKeeper, with what is missing', () => {
    const verdict = liveVerdict(nothingHere);
    expect(verdict.kind).toBe('skip');
    expect('missing' in verdict && verdict.missing).toMatch(/^no java .*JAVA_HOME/);
  });

  it('fail where leaving them out is not allowed', () => {
    expect(liveVerdict({ ...nothingHere, RXZK_REQUIRE_LIVE: '1' }).kind).toBe('fail');
  });
});
