/** Logging in by SASL at a real server that asks everybody to. */

import { firstValueFrom, filter } from 'rxjs';
import {
  AuthFailedError,
  type DigestMd5Options,
  SessionClosedRequireSaslAuthError,
  zookeeper,
} from '../../src/index.js';
import { startZooKeeper } from '../../src/testing/real/start.js';
import { describeLive } from '../support/live.js';

const limitMs = 120_000;
const saslUsers = { bob: 'builder' };
const sasl: DigestMd5Options = { mechanism: 'DIGEST-MD5', username: 'bob', password: 'builder' };
const short = { sessionTimeoutMs: 2_000 } as const;

describeLive('a real server that requires SASL', () => {
  it(
    'serves who logs in, keeps him while he is idle, and knows him again after a cut',
    async () => {
      await using server = await startZooKeeper({ saslUsers, requireSasl: true, relay: true });
      await using zk = zookeeper(server.hosts, { ...short, sasl });
      const states: string[] = [];
      const watching = zk.state$.subscribe(({ status }) => states.push(status));
      await zk.create('/mine', null, { mode: 'ephemeral' });
      const session = zk.session?.id;
      // Longer than the session lives without pings, each of which the server would refuse if it did not know him.
      await new Promise((resolve) => setTimeout(resolve, 2 * short.sessionTimeoutMs));
      expect(states).toEqual(['connecting', 'connected']);
      server.dropConnections();
      await firstValueFrom(zk.state$.pipe(filter(({ status }) => status === 'suspended')));
      expect((await zk.exists('/mine'))?.ephemeralOwner).toBe(session);
      watching.unsubscribe();
    },
    limitMs,
  );

  it(
    'refuses who has no credentials, or wrong ones, with the right error',
    async () => {
      await using server = await startZooKeeper({ saslUsers, requireSasl: true });
      await using nobody = zookeeper(server.hosts);
      await expect(nobody.exists('/')).rejects.toBeInstanceOf(SessionClosedRequireSaslAuthError);
      await using eve = zookeeper(server.hosts, { sasl: { ...sasl, username: 'eve' } });
      await expect(eve.exists('/')).rejects.toBeInstanceOf(AuthFailedError);
    },
    limitMs,
  );
});

describeLive('a real server without SASL', () => {
  it(
    'is an error for who wants to log in, unless it is optional',
    async () => {
      await using server = await startZooKeeper();
      await using strict = zookeeper(server.hosts, { sasl });
      await expect(strict.exists('/')).rejects.toThrow(AuthFailedError);
      expect(strict.state).toMatchObject({
        status: 'authFailed',
        cause: { message: expect.stringMatching(/has no SASL/) as string },
      });
      await using lenient = zookeeper(server.hosts, { sasl: { ...sasl, optional: true } });
      expect(await lenient.exists('/')).not.toBeNull();
    },
    limitMs,
  );
});
