/** A real server with SASL DIGEST-MD5: who may log in, and what happens to who does not. */

import { answerChallenge } from '../../../src/testing/real/digest-login.js';
import { RawConnection, type RawReply } from '../../../src/testing/real/raw-connection.js';
import { startZooKeeper } from '../../../src/testing/real/start.js';
import { describeLive } from '../../support/live.js';

const limitMs = 120_000;
const saslUsers = { bob: 'b"o\\b', 'zoë 1': 'secret' };
const sessionClosedRequireSasl = -124;

const textOf = (reply: RawReply | undefined): string =>
  new TextDecoder().decode(reply?.body.buffer() ?? undefined);

/** What the server answers to a login. */
async function logIn(port: number, login: { user: string; password: string }) {
  const connection = RawConnection.to(port, 20_000);
  connection.shakeHands({});
  await connection.connected();
  connection.sasl('');
  const challenge = textOf(await connection.reply());
  connection.sasl(answerChallenge(challenge, login));
  const reply = await connection.reply();
  connection.close();
  return { challenge, error: reply?.error, answer: reply?.error === 0 ? textOf(reply) : '' };
}

describeLive('a real server with SASL', () => {
  it(
    'lets its users in, by their passwords',
    async () => {
      await using server = await startZooKeeper({ saslUsers });
      const bob = await logIn(server.port, { user: 'bob', password: 'b"o\\b' });
      expect(bob.challenge).toMatch(/^realm="zk-sasl-md5",nonce="/);
      expect(bob).toMatchObject({ error: 0, answer: expect.stringMatching(/^rspauth=/) as string });
      expect((await logIn(server.port, { user: 'zoë 1', password: 'secret' })).error).toBe(0);
      expect((await logIn(server.port, { user: 'bob', password: 'wrong' })).error).not.toBe(0);
    },
    limitMs,
  );

  it(
    'refuses those who have not logged in, where that is required',
    async () => {
      await using server = await startZooKeeper({ saslUsers, requireSasl: true });
      const connection = RawConnection.to(server.port, 20_000);
      connection.shakeHands({});
      expect((await connection.connected())?.timeoutMs).toBeGreaterThan(0);
      connection.closeSession();
      expect((await connection.reply())?.error).toBe(sessionClosedRequireSasl);
      expect(await connection.reply()).toBeUndefined();
      expect((await logIn(server.port, { user: 'bob', password: 'b"o\\b' })).error).toBe(0);
    },
    limitMs,
  );

  it(
    'takes a JAAS file as it is',
    async () => {
      const jaas =
        'Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_eve="e"; };';
      await using server = await startZooKeeper({ jaas });
      expect((await logIn(server.port, { user: 'eve', password: 'e' })).error).toBe(0);
    },
    limitMs,
  );

  it('refuses a password that cannot stand in a JAAS file', async () => {
    const saslUsersWrong = { eve: 'a${java.home}b' };
    await expect(startZooKeeper({ saslUsers: saslUsersWrong })).rejects.toThrow(
      /InvalidOption saslUsers/,
    );
  });
});
