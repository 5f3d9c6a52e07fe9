/** Handshakes with servers without a quorum, as a script has them. */

import { type ConnectError } from '../../src/index.js';
import { type ZooKeeperError } from '../../src/errors/base.js';
import { operations } from '../../src/wire/operations.js';
import { Harness } from './harness.js';
import { expiredResponse, ScriptedServer } from './scripted-server.js';

/** Answers as a real 3.8 without local sessions does: a reply header with NotReadOnly, and no handshake. */
const bare = (error = -119): ScriptedServer =>
  new ScriptedServer({
    onConnect: (_request, connection) => {
      connection.frame((writer) => {
        writer.int(0);
        writer.long(0x1_0000_0002n);
        writer.int(error);
      });
      return undefined;
    },
  });

const readOnly = (): ScriptedServer => {
  const server: ScriptedServer = new ScriptedServer({
    onConnect: (request) => ({ ...server.session(request), readOnly: true }),
  });
  return server;
};

function harness(servers: readonly ScriptedServer[], asked = true) {
  const reports: ZooKeeperError[] = [];
  const onReport = (error: ZooKeeperError) => reports.push(error);
  const made = new Harness(servers, { readOnly: asked, onReport });
  return Object.assign(made, { reports });
}

describe('the handshake of a client that may read only', () => {
  it.each([true, false])('says so: %s', (asked) => {
    const { time, server } = harness([new ScriptedServer()], asked);
    time.advanceTo(10);
    expect(server.connects[0]).toMatchObject({ readOnly: asked });
  });

  it('passes over a read-only server that can open no session, and says what it lacks', () => {
    const { time, session, reports } = harness([bare(), new ScriptedServer()]);
    time.advanceTo(200);
    expect(session.state).toMatchObject({ status: 'connected', server: 's2:2181' });
    expect(reports).toMatchObject([{ server: 's1:2181', reason: 'read-only' }]);
    expect(reports[0]?.message).toContain('localSessionsEnabled');
  });

  it('takes another bare header for what it is', () => {
    const { time, reports } = harness([bare(-101), new ScriptedServer()]);
    time.advanceTo(200);
    expect(reports).toMatchObject([{ server: 's1:2181', reason: 'garbage' }]);
  });

  it('refuses a server that says it is read-only where that was not asked for', () => {
    const { time, session, reports, told } = harness([readOnly(), new ScriptedServer()], false);
    time.advanceTo(200);
    expect(session.state).toMatchObject({ server: 's2:2181', readOnly: false });
    expect(reports).toMatchObject([{ reason: 'read-only' } satisfies Partial<ConnectError>]);
    expect(told.join('')).toBe('cw');
  });

  it('asks for a new session until a server that takes writes has given one, then for that', () => {
    const [first, second] = [readOnly(), new ScriptedServer()];
    const { time, session } = harness([first, second]);
    time.advanceTo(10);
    expect([session.identity, session.state]).toMatchObject([undefined, { readOnly: true }]);
    first.current.close();
    time.advanceTo(100);
    expect(second.connects).toMatchObject([{ sessionId: 0n, password: new Uint8Array(16) }]);
    second.current.close();
    time.advanceTo(300);
    expect(first.connects.at(-1)).toMatchObject({ sessionId: 0x100n });
    expect(session.identity?.id).toBe(0x100n);
  });

  it('says of the session only what a server of the ensemble has said', () => {
    const [first, second] = [new ScriptedServer(), readOnly()];
    const made = harness([first, second]);
    const { time, session } = made;
    time.advanceTo(10);
    made.call(operations.exists, { path: '/a', watch: false });
    time.advanceTo(20);
    first.current.close();
    time.advanceTo(3000);
    expect(session.state).toMatchObject({ readOnly: true, sessionId: 0x100n });
    const left = session.leaseClock.leaseRemainingMs();
    expect(left).toBeLessThanOrEqual(3000);
    // Pings are answered, and tell nothing of the lease; but nobody calls the session lost.
    time.advanceTo(60_000);
    expect(session.leaseClock.leaseRemainingMs()).toBeLessThan(0);
    expect(session.leaseClock.sessionRemainingMs()).toBeGreaterThan(0);
    expect(session.state).toMatchObject({ status: 'connected', sessionId: 0x100n });
    second.mute = true;
    second.behaviour.onConnect = () => undefined;
    first.behaviour.onConnect = () => undefined;
    time.advanceTo(80_000);
    expect(session.state.status).toBe('lost');
  });

  it('loses the session to a read-only server that does not know it', () => {
    const [first, second] = [new ScriptedServer(), readOnly()];
    const { onConnect } = second.behaviour;
    second.behaviour.onConnect = (request, connection) =>
      request.sessionId === 0n
        ? onConnect?.(request, connection)
        : { ...expiredResponse, readOnly: true };
    const { time, session, told } = harness([first, second]);
    time.advanceTo(10);
    first.current.close();
    time.advanceTo(500);
    expect(told.join('')).toBe('cw-suspendeds-endedxcw');
    expect([session.state, session.identity]).toMatchObject([{ readOnly: true }, undefined]);
  });
});
