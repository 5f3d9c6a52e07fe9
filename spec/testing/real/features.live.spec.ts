/** What a real server has to be started with before it does it: super user, read-only mode, time to live, hard quotas. */

import { createHash } from 'node:crypto';
import { filter, firstValueFrom } from 'rxjs';
import {
  NoAuthError,
  QuotaExceededError,
  UnimplementedError,
  zookeeper,
} from '../../../src/index.js';
import { RawConnection } from '../../../src/testing/real/raw-connection.js';
import { startEnsemble, startZooKeeper } from '../../../src/testing/real/start.js';
import { waitFor } from '../../../src/testing/real/wait-until.js';
import { describeLive } from '../../support/live.js';

const limitMs = 120_000;

function digestOf(credential: string): string {
  const hash = createHash('sha1').update(credential).digest('base64');
  return `${credential.split(':')[0] ?? ''}:${hash}`;
}

describeLive('options of a real server', () => {
  it(
    'superDigest: one user may do everything',
    async () => {
      await using server = await startZooKeeper({ superDigest: digestOf('super:secret') });
      await using anybody = zookeeper(server.hosts);
      const nobody = [{ perms: 1, scheme: 'digest', id: digestOf('x:y') }];
      await anybody.create('/locked', '', { acl: nobody });
      await expect(anybody.set('/locked', 'a')).rejects.toBeInstanceOf(NoAuthError);
      const auth = [{ scheme: 'digest', credential: 'super:secret' }];
      await using root = zookeeper(server.hosts, { auth });
      expect((await root.set('/locked', 'a')).version).toBe(1);
    },
    limitMs,
  );

  it(
    'extendedTypes: znodes with a time to live, gone when it is over',
    async () => {
      const systemProperties = { 'znode.container.checkIntervalMs': 100 };
      await using server = await startZooKeeper({ extendedTypes: true, systemProperties });
      await using zk = zookeeper(server.hosts);
      await zk.create('/brief', '', { mode: 'ttl', ttlMs: 1 });
      await firstValueFrom(zk.exists$('/brief').pipe(filter((stat) => stat === null)));
      await using without = await startZooKeeper();
      await using other = zookeeper(without.hosts);
      await expect(other.create('/brief', '', { mode: 'ttl', ttlMs: 1 })).rejects.toBeInstanceOf(
        UnimplementedError,
      );
    },
    limitMs,
  );

  it(
    'enforceQuota: what goes over a hard quota is refused',
    async () => {
      await using server = await startZooKeeper({ enforceQuota: true });
      await using zk = zookeeper(server.hosts);
      await zk.create('/small');
      await zk.ensurePath('/zookeeper/quota/small');
      const limits = 'count=-1,bytes=-1;byteHardLimit=4;countHardLimit=-1';
      await zk.create('/zookeeper/quota/small/zookeeper_limits', limits);
      await zk.create('/zookeeper/quota/small/zookeeper_stats', 'count=1,bytes=0');
      await expect(zk.set('/small', 'large')).rejects.toBeInstanceOf(QuotaExceededError);
      expect((await zk.set('/small', 'tiny')).version).toBe(1);
    },
    limitMs,
  );

  it(
    'readOnlyMode: a server without a quorum serves reads to clients that ask for it',
    async () => {
      await using ensemble = await startEnsemble(3, { readOnlyMode: true });
      const [survivor, ...others] = ensemble.servers;
      await Promise.all(others.map((server) => server.kill()));
      await waitFor('the read-only mode', {
        probe: async () => {
          const status = await survivor?.status();
          return status?.mode === 'read-only' ? true : undefined;
        },
        timeoutMs: 60_000,
      });
      const connection = RawConnection.to(survivor?.port ?? 0, 20_000);
      connection.shakeHands({ readOnly: true });
      expect(await connection.connected()).toMatchObject({ readOnly: true });
      connection.close();
    },
    limitMs,
  );
});
