/** The contract of limits: what is too large or takes too long errs, saying what and how much, and nothing else is lost. */

import {
  ConnectionLossError,
  LimitExceededError,
  text,
  TimeoutError,
  type ZooKeeper,
} from '../../../src/index.js';
import { expectFailure, record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const large = 'x'.repeat(2000);

export function describeLimits(target: ContractTarget): void {
  describe('limit', () => {
    it('of an answer errs who asked for it, live or not, and nobody else', async () => {
      const zk = await target.client({ maxReplyBytes: 1024 });
      await zk.create('/large', 'small');
      const live = record(zk.data$('/large', text()));
      await live.count(1);
      await zk.set('/large', large);
      expect(await live.failure()).toMatchObject({ name: 'LimitExceededError', path: '/large' });
      const reading = expectFailure(
        zk.get('/large'),
        LimitExceededError,
        /limit 1024\): get \/large$/,
      );
      const [stat] = await Promise.all([zk.exists('/large'), reading]);
      expect(stat?.dataLength).toBe(2000);
      expect(zk.state.status).toBe('connected');
    });

    it('of a request errs it before it is sent, with its size and path', async () => {
      const zk = await target.client({ maxRequestBytes: 1024 });
      await zk.create('/large', 'small');
      const { id } = zk.session ?? {};
      const error = await expectFailure(
        zk.set('/large', large),
        LimitExceededError,
        /request bytes: 20\d\d, limit 1024\): set \/large$/,
      );
      expect(error).toMatchObject({ limit: 1024, path: '/large' });
      expect((await zk.get('/large')).stat.version).toBe(0);
      expect(zk.session?.id).toBe(id);
    });

    it('of time is that of the client, or of the request, or a signal', async () => {
      const { zk, relay } = await target.relayed({ requestTimeoutMs: 100 });
      await warmUp(zk);
      relay.holdReplies();
      await expectFailure(zk.exists('/'), TimeoutError, 'Timeout after 100 ms: exists /');
      const own = zk.exists('/', { timeoutMs: 20 });
      await expectFailure(own, TimeoutError, 'Timeout after 20 ms: exists /');
      const reason = new Error('enough');
      const aborted = zk.exists('/', { signal: AbortSignal.abort(reason), timeoutMs: 60_000 });
      await expect(Promise.resolve(aborted)).rejects.toBe(reason);
      relay.restore();
      expect(await zk.exists('/', { timeoutMs: 60_000 })).not.toBeNull();
    });

    it('of waiting for a connection is told as never sent', async () => {
      const { zk, relay } = await target.relayed({ waitForConnectionMs: 50 });
      relay.refuse();
      const error = await expectFailure(zk.set('/', 'x'), ConnectionLossError, /set \/$/);
      expect(error).toMatchObject({ outcome: 'not-sent' });
      relay.restore();
    });
  });
}

/** Connects, however long that takes. */
async function warmUp(zk: ZooKeeper): Promise<void> {
  zk.state$.subscribe();
  await zk.exists('/', { timeoutMs: 60_000 });
}
