/**
 * Codes of errors that a server sends only when it is set up for them. The others are shown where what they refuse is; the
 * list of all is in spec/errors/real-codes.spec.ts.
 */

import { firstValueFrom, forkJoin } from 'rxjs';
import {
  create,
  EphemeralOnLocalSessionError,
  isRetryable,
  retryWithBackoff,
  ThrottledOpError,
  TransactionError,
  zookeeper,
} from '../../src/index.js';
import { startEnsemble, startZooKeeper } from '../../src/testing/index.js';
import { describeLive } from '../support/live.js';
import { expectFailure, record } from './support/recording.js';

const limitMs = 120_000;

describeLive('a real server that is overloaded', () => {
  it(
    'throws requests away with ThrottledOp, and they are carried out when they are tried again',
    async () => {
      // One at a time, and what had to wait for 1 ms is thrown away.
      const systemProperties = {
        'zookeeper.request_throttle_max_requests': 1,
        'zookeeper.request_throttle_stall_time': 5,
        'zookeeper.throttled_op_wait_time': 1,
      };
      await using server = await startZooKeeper({ systemProperties });
      await using zk = zookeeper(server.hosts, { idleGraceMs: Infinity });
      const states = record(zk.state$);
      await states.value('a connection', ({ status }) => status === 'connected');
      const names = Array.from({ length: 50 }, (_, index) => `/n${String(index)}`);
      const outcomes = await Promise.allSettled(names.map((name) => zk.create(name)));
      const errors = outcomes.flatMap((outcome): readonly unknown[] =>
        outcome.status === 'rejected' ? [outcome.reason] : [],
      );
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.filter((error) => !(error instanceof ThrottledOpError))).toEqual([]);
      expect(errors.filter((error) => !isRetryable(error))).toEqual([]);
      const refused = names.filter((_, index) => outcomes[index]?.status === 'rejected');
      const again = refused.map((name) =>
        zk.create(name).pipe(retryWithBackoff({ maxRetries: Infinity })),
      );
      expect(await firstValueFrom(forkJoin(again))).toEqual(refused);
      expect(states.values.map(({ status }) => status)).toEqual(['connecting', 'connected']);
    },
    limitMs,
  );
});

describeLive('a real server with local sessions that stay local', () => {
  it(
    'makes no ephemerals for them, and says so',
    async () => {
      const properties = { localSessionsEnabled: true, localSessionsUpgradingEnabled: false };
      await using ensemble = await startEnsemble(1, { properties });
      await using zk = zookeeper(ensemble.hosts);
      await zk.create('/a');
      const ephemeral = { mode: 'ephemeral' } as const;
      const message = 'EphemeralOnLocalSession: create /e';
      await expectFailure(zk.create('/e', '', ephemeral), EphemeralOnLocalSessionError, message);
      const several = zk.transaction([create('/b'), create('/e', '', ephemeral)]);
      await expectFailure(several, TransactionError, /EphemeralOnLocalSession/);
      expect(await zk.children('/')).not.toContain('b');
      expect(zk.state.status).toBe('connected');
    },
    limitMs,
  );
});
