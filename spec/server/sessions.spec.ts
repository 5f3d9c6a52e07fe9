/** How long sessions live, and what their end brings about. */

import { startWorld } from './world.js';

describe('a session', () => {
  it('ends at the first tick after its timeout, with one zxid', () => {
    const { time, server, connect } = startWorld();
    const client = connect({ timeoutMs: 5000 });
    client.create('/e', { flags: 1 });
    client.create('/f', { flags: 1 });
    time.advanceTo(5999);
    expect(client.closed).toBe(false);
    time.advanceTo(6000);
    expect(client.closed).toBe(true);
    expect([server.sessions(), server.ephemerals(), server.lastZxid]).toEqual([[], [], 4n]);
    expect(time.pending).toBe(0);
  });

  it('lives for another timeout from every frame', () => {
    const { time, server, connect } = startWorld();
    const client = connect({ timeoutMs: 4000 });
    for (const at of [3000, 6500, 10_000]) {
      time.advanceTo(at);
      client.send('ping', undefined, -2);
    }
    expect(server.sessions()).toMatchObject([{ expiresAtMs: 16_000 }]);
    time.advanceTo(15_999);
    expect(server.sessions()).toHaveLength(1);
    time.advanceTo(16_000);
    expect(server.sessions()).toHaveLength(0);
  });

  it('lives on without its connection until its time is up', () => {
    const { time, server, connect } = startWorld();
    const client = connect({ timeoutMs: 4000 });
    client.create('/e', { flags: 1 });
    client.cut();
    expect(server.sessions()).toMatchObject([{ connected: false, ephemerals: ['/e'] }]);
    time.advanceTo(5999);
    expect(server.ephemerals()).toEqual(['/e']);
    time.advanceTo(6000);
    expect(server.ephemerals()).toEqual([]);
  });

  it('is touched, with its new timeout, when it is taken up again', () => {
    const { time, server, connect } = startWorld();
    const client = connect({ timeoutMs: 4000 });
    const { sessionId } = client;
    client.cut();
    time.advanceTo(5000);
    const password = client.connected?.password ?? new Uint8Array(0);
    const again = connect({ sessionId, password, timeoutMs: 10_000 });
    expect(server.sessions()).toMatchObject([{ expiresAtMs: 16_000, connected: true }]);
    time.advanceTo(15_999);
    expect(again.closed).toBe(false);
  });

  it('cannot be taken up again when it is over', () => {
    const { time, connect } = startWorld();
    const client = connect({ timeoutMs: 4000 });
    time.advanceTo(10_000);
    const password = client.connected?.password ?? new Uint8Array(0);
    expect(connect({ sessionId: client.sessionId, password }).connected?.timeoutMs).toBe(0);
  });

  it('ends each at its own time', () => {
    const { time, server, connect } = startWorld({ tickMs: 100 });
    connect({ timeoutMs: 900 });
    connect({ timeoutMs: 300 });
    time.advanceTo(50);
    connect({ timeoutMs: 600 });
    const left = (at: number): number => {
      time.advanceTo(at);
      return server.sessions().length;
    };
    expect([399, 400, 699, 700, 999, 1000].map(left)).toEqual([3, 2, 2, 1, 1, 0]);
    expect(time.pending).toBe(0);
  });
});
