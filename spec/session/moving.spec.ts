/** A session whose list of servers changes: stays, moves, gives attempts up, waits for the first list. */

import { type ZooKeeperError } from '../../src/errors/base.js';
import { operations } from '../../src/wire/operations.js';
import { type SessionConfig } from '../../src/session/session-config.js';
import { Harness, stat } from './harness.js';
import { expiredResponse, ScriptedServer } from './scripted-server.js';

const servers = (numbers: string): { host: string; port: number }[] =>
  Array.from(numbers).map((number) => ({ host: `s${number}`, port: 2181 }));

/** Three servers, of which the session knows those with these numbers. */
function world(numbers: string, config: Partial<SessionConfig> = {}): Harness {
  const three = [new ScriptedServer(), new ScriptedServer(), new ScriptedServer()];
  return new Harness(three, { servers: servers(numbers), ...config });
}

const connects = (harness: Harness): string =>
  harness.servers.map(({ connects: { length } }) => String(length)).join('');

describe('a session whose servers change', () => {
  it('keeps the connection when its server is kept and there are not more', () => {
    const harness = world('12');
    harness.time.advanceTo(10);
    harness.session.useServers(servers('31'));
    harness.time.advanceTo(1_000);
    expect([connects(harness), harness.told]).toEqual(['100', ['c', 'w']]);
  });

  it('moves with its session when its server is gone, within the first pause', () => {
    const harness = world('12');
    harness.time.advanceTo(10);
    const before = harness.session.identity;
    harness.session.useServers(servers('23'));
    expect(harness.told).toEqual(['c', 'w', '-suspended', 's']);
    expect(harness.session.state).toMatchObject({
      status: 'suspended',
      cause: { name: 'ConnectError', server: 's1:2181', reason: 'left' },
    });
    harness.time.advanceTo(70);
    expect(harness.told).toEqual(['c', 'w', '-suspended', 's', 'c', 'w']);
    expect(harness.session.identity).toEqual(before);
    expect(harness.servers[2]?.connects[0]?.sessionId).toBe(before?.id);
    expect(harness.server.connections[0]?.closed).toBe(true);
  });

  it.each([
    ['stays', 0.6, '100'],
    ['moves', 0.4, '110'],
  ])('%s by chance when there are more', (_, chance, expected) => {
    // A server is added to one: it moves with probability 1/2.
    const harness = world('1', { random: () => chance });
    harness.time.advanceTo(10);
    harness.session.useServers(servers('12'));
    harness.time.advanceTo(1_000);
    expect(connects(harness)).toBe(expected);
  });

  it('waits for the first list, however long, and connects at once then', () => {
    const harness = world('');
    const read = harness.get('/a');
    harness.time.advanceTo(100_000);
    expect([harness.session.state, connects(harness)]).toEqual([{ status: 'connecting' }, '000']);
    harness.session.useServers(servers('2'));
    harness.time.advanceTo(100_001);
    expect(connects(harness)).toBe('010');
    harness.servers[1]?.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(100_002);
    expect(read.value).toEqual({ data: null, stat });
  });

  it('gives up an attempt to a server that is gone, and tells nobody of a failure', () => {
    const reports: ZooKeeperError[] = [];
    const harness = world('1', { onReport: (error) => reports.push(error) });
    harness.server.mute = true;
    harness.time.advanceTo(10);
    harness.session.useServers(servers('2'));
    harness.time.advanceTo(70);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's2:2181' });
    expect(harness.server.connections[0]?.closed).toBe(true);
    expect(reports).toEqual([]);
  });

  it('goes on with an attempt to a server that is kept', () => {
    const harness = world('12');
    harness.server.mute = true;
    harness.time.advanceTo(10);
    harness.session.useServers(servers('13'));
    harness.time.advanceTo(4_000);
    expect([connects(harness), harness.server.connections[0]?.closed]).toEqual(['100', false]);
    // Half of 9 s for two servers, and the pause.
    harness.time.advanceTo(4_600);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's3:2181' });
  });

  it('takes the newest list in the pause between two attempts', () => {
    const harness = world('1', { reconnect: { initialDelayMs: 1_000, maxDelayMs: 1_000 } });
    harness.time.advanceTo(10);
    harness.server.current.close();
    harness.time.advanceTo(100);
    harness.session.useServers(servers('2'));
    harness.session.useServers(servers('3'));
    harness.time.advanceTo(600);
    expect(connects(harness)).toBe('101');
  });

  it('does not go back to a server that is gone when the session has been refused there', () => {
    const refusing: ScriptedServer = new ScriptedServer({
      onConnect: (request) =>
        request.sessionId === 0n ? refusing.session(request) : expiredResponse,
    });
    const harness = new Harness([refusing, new ScriptedServer()], { servers: servers('1') });
    harness.session.observe({
      onState: ({ status }) => {
        if (status === 'lost') harness.session.useServers(servers('2'));
      },
    });
    harness.time.advanceTo(10);
    refusing.current.close();
    harness.time.advanceTo(1_000);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's2:2181' });
    expect(refusing.connects).toHaveLength(2);
  });

  it('sends a read again at the new server', () => {
    const harness = world('1');
    harness.time.advanceTo(10);
    const read = harness.get('/a');
    harness.server.mute = true;
    harness.time.advanceTo(20);
    harness.session.useServers(servers('2'));
    harness.time.advanceTo(20_000);
    harness.servers[1]?.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(20_010);
    expect(read.value).toEqual({ data: null, stat });
  });

  it('has what was sent answered first, holds back what comes meanwhile, and then moves', () => {
    const harness = world('1');
    harness.time.advanceTo(10);
    const [write, read] = [harness.set('/a'), harness.get('/a')];
    harness.time.advanceTo(20);
    harness.session.useServers(servers('2'));
    const later = harness.set('/b');
    harness.time.advanceTo(30);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's1:2181' });
    expect(harness.server.arrived).toHaveLength(2);
    harness.server.last('setData').reply(stat);
    harness.server.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(40);
    expect([write.value, read.value]).toEqual([stat, { data: null, stat }]);
    expect(harness.session.state.status).toBe('suspended');
    harness.time.advanceTo(100);
    const { arrived = [] } = harness.servers[1] ?? {};
    expect(arrived.map(({ name }) => name)).toEqual(['setData']);
    arrived[0]?.reply(stat);
    harness.time.advanceTo(110);
    expect(later.value).toEqual(stat);
  });

  it('does not wait longer than an attempt may take for what is not answered', () => {
    const harness = world('1', { connectTimeoutMs: 500 });
    harness.time.advanceTo(10);
    const write = harness.set('/a');
    harness.session.useServers(servers('2'));
    harness.time.advanceTo(509);
    expect(harness.session.state.status).toBe('connected');
    harness.time.advanceTo(600);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's2:2181' });
    expect(write.error).toMatchObject({ name: 'ConnectionLossError', outcome: 'unknown' });
  });

  it('goes where the newest list says if that changes while it is leaving', () => {
    const harness = world('1');
    harness.time.advanceTo(10);
    harness.set('/a');
    harness.time.advanceTo(20);
    harness.session.useServers(servers('2'));
    harness.session.useServers(servers('3'));
    harness.server.last('setData').reply(stat);
    harness.time.advanceTo(100);
    expect([connects(harness), harness.session.state]).toMatchObject([
      '101',
      { server: 's3:2181' },
    ]);
  });

  it('tries what it moves to first, though the server that it leaves goes on to answer', () => {
    const harness = world('1', { random: () => 0.1, shuffleHosts: false });
    harness.time.advanceTo(10);
    harness.set('/a');
    harness.time.advanceTo(20);
    // With one more the draw of 0.1 moves it, and to the new one, which is second in the list.
    harness.session.useServers(servers('12'));
    harness.server.last('setData').reply(stat);
    harness.time.advanceTo(100);
    expect([connects(harness), harness.session.state]).toMatchObject([
      '110',
      { server: 's2:2181' },
    ]);
  });

  it('moves at once when the connection is lost while it is leaving', () => {
    const harness = world('1');
    harness.time.advanceTo(10);
    const write = harness.set('/a');
    harness.time.advanceTo(20);
    harness.session.useServers(servers('2'));
    harness.server.current.close();
    harness.time.advanceTo(100);
    expect(write.error).toMatchObject({ outcome: 'unknown' });
    expect([connects(harness), harness.told.join(' ')]).toEqual(['110', 'c w -suspended s c w']);
    harness.time.advanceTo(30_000);
    expect(connects(harness)).toBe('110');
  });

  it('can be told from inside an answer and a state', () => {
    const harness = world('1');
    const at = (number: string): void => {
      harness.session.useServers(servers(number));
    };
    let seen = 0;
    harness.session.observe({
      onState: ({ status }) => {
        if (status === 'connected' && seen++ === 0) at('2');
      },
    });
    harness.time.advanceTo(200);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's2:2181' });
    const read = harness.call(operations.getData, { path: '/a', watch: false });
    Object.assign(read.call, {
      reply: () => {
        at('3');
      },
    });
    harness.time.advanceTo(210);
    harness.servers[1]?.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(400);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's3:2181' });
    expect(harness.told.join(' ')).toBe('c w -suspended s c w -suspended s c w');
  });

  it('does not move while it is being closed, nor after', () => {
    const harness = world('1');
    harness.time.advanceTo(10);
    let closed = false;
    harness.session.close(() => {
      closed = true;
    });
    harness.session.useServers(servers('2'));
    harness.time.advanceTo(20);
    harness.server.last('closeSession').reply(undefined);
    harness.time.advanceTo(30);
    expect([closed, connects(harness)]).toEqual([true, '100']);
    harness.session.useServers(servers('3'));
    harness.time.advanceTo(10_000);
    expect([connects(harness), harness.time.pending]).toEqual(['100', 0]);
  });

  it('can be closed while it waits for the first list', () => {
    const harness = world('');
    let closed = false;
    harness.session.close(() => {
      closed = true;
    });
    harness.session.useServers(servers('1'));
    harness.time.advanceTo(10_000);
    expect([closed, connects(harness), harness.told]).toEqual([true, '000', ['-ended', 'k']]);
  });
});
