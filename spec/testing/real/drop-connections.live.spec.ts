/** Connections that are dropped while sessions live on. */

import { filter, firstValueFrom, map } from 'rxjs';
import { zookeeper } from '../../../src/index.js';
import { startEnsemble } from '../../../src/testing/real/start.js';
import { describeLive } from '../../support/live.js';

describeLive('dropConnections', () => {
  it('suspends clients, which come back with their session and what is bound to it', async () => {
    await using ensemble = await startEnsemble(2, { relay: true });
    await using zk = zookeeper(ensemble.hosts);
    await zk.create('/ephemeral', '', { mode: 'ephemeral' });
    const before = zk.session?.id;
    const statuses: string[] = [];
    const states = zk.state$.pipe(map(({ status }) => status)).subscribe((s) => statuses.push(s));
    const back = firstValueFrom(
      zk.state$.pipe(
        filter(({ status }) => status === 'connected' && statuses.includes('suspended')),
      ),
    );
    ensemble.dropConnections();
    await back;
    expect(statuses).toEqual(['connected', 'suspended', 'connected']);
    expect(zk.session?.id).toBe(before);
    expect((await zk.exists('/ephemeral'))?.ephemeralOwner).toBe(before);
    states.unsubscribe();
  }, 120_000);
});
