/** A client with `readOnly` on a real ensemble that loses its quorum and finds it again; a session that is taken over. */

import { firstValueFrom, filter } from 'rxjs';
import { NotReadOnlyError, zookeeper } from '../../src/index.js';
import { startEnsemble } from '../../src/testing/real/start.js';
import { describeLive } from '../support/live.js';

const limitMs = 180_000;

describeLive('read-only mode', () => {
  it(
    'reads on without a quorum, refuses writes, and comes back when there is one again',
    async () => {
      await using ensemble = await startEnsemble(3, { readOnlyMode: true });
      await using zk = zookeeper(ensemble.hosts, { readOnly: true, idleGraceMs: Infinity });
      await zk.create('/a', '1');
      await zk.sync('/a');
      const seen: string[] = [];
      const live = zk
        .data$('/a')
        .subscribe((data) => seen.push(new TextDecoder().decode(data ?? undefined)));
      const [, ...others] = ensemble.servers;
      await Promise.all(others.map((server) => server.kill()));
      await firstValueFrom(
        zk.state$.pipe(filter((state) => state.status === 'connected' && state.readOnly)),
      );
      expect(new TextDecoder().decode((await zk.get('/a')).data ?? undefined)).toBe('1');
      await expect(zk.set('/a', 'x')).rejects.toBeInstanceOf(NotReadOnlyError);
      await expect(zk.create('/b')).rejects.toBeInstanceOf(NotReadOnlyError);
      await Promise.all(others.map((server) => server.start()));
      await firstValueFrom(
        zk.state$.pipe(filter((state) => state.status === 'connected' && !state.readOnly)),
      );
      await zk.set('/a', '2');
      await firstValueFrom(
        zk.data$('/a').pipe(filter((data) => new TextDecoder().decode(data ?? undefined) === '2')),
      );
      expect(seen.at(-1)).toBe('2');
      live.unsubscribe();
      // And a session of the ensemble is taken over.
      const old = zookeeper(ensemble.hosts, { sessionTimeoutMs: 8000, idleGraceMs: Infinity });
      await old.create('/e', 'x', { mode: 'ephemeral' });
      const saved = old.session?.serialize() ?? '';
      const { id } = old.session ?? {};
      await old.close({ keepSession: true });
      await using next = zookeeper(ensemble.hosts, { session: saved, idleGraceMs: Infinity });
      expect((await next.exists('/e'))?.ephemeralOwner).toBe(id);
      expect(next.session?.id).toBe(id);
    },
    limitMs,
  );
});
