/** What a real server does with an operation that it does not know, which is what `src/session/capabilities.ts` builds on. */

import { zookeeper } from '../../src/index.js';
import { startZooKeeper } from '../../src/testing/index.js';
import { JuteWriter } from '../../src/wire/writer.js';
import { describeLive } from '../support/live.js';
import { openAcl, RawSession } from './support/raw-session.js';

const limitMs = 120_000;

function unknownRequest(xid: number): Uint8Array {
  const writer = new JuteWriter();
  writer.int(xid);
  writer.int(999);
  return writer.take();
}

describeLive('a real server', () => {
  it(
    'refuses what it does not know out of turn, with no zxid, hangs up, and keeps the session',
    async () => {
      await using server = await startZooKeeper();
      let overtook = 0;
      // It is a race between two threads of the server; it is nearly always lost by the earlier requests.
      for (let round = 0; round < 5; round++) {
        const session = await RawSession.open(server.hosts);
        const count = 20;
        for (let i = 1; i <= count; i++) {
          const path = `/unknown-${String(round)}-${String(i)}`;
          session.send('create', { path, data: null, acl: openAcl, flags: 0 }, i);
        }
        session.sendFrame(unknownRequest(100));
        await session.closes();
        const replies = await session.takeReplies(session.replyCount);
        const refused = replies.findIndex(({ xid }) => xid === 100);
        expect(replies[refused]).toMatchObject({ error: -6, zxid: -1n });
        if (refused < count) overtook++;
        const { sessionId, connected } = session;
        const password = connected?.password ?? new Uint8Array(16);
        const again = await RawSession.open(server.hosts, { sessionId, password });
        expect((await again.ask('exists', { path: '/', watch: false })).error).toBe(0);
        await again.end();
      }
      expect(overtook).toBeGreaterThan(0);
      await using zk = zookeeper(server.hosts);
      expect((await zk.children('/')).length).toBeGreaterThan(1);
    },
    limitMs,
  );
});
