/** `waitForConnectionMs`: how long one-shots wait for a connection, and what is not bound by it. */

import { of } from 'rxjs';
import {
  ConnectionLossError,
  SessionClosedError,
  TimeoutError,
  withLock,
  type ZooKeeperOptions,
} from '../../src/index.js';
import { createZooKeeper } from '../../src/client/create.js';
import { VirtualClient, watch } from './virtual-client.js';

/** A client whose network is cut from the start, or when it has been connected. */
function cutOff(client: ZooKeeperOptions, whenConnected = false): VirtualClient {
  const world = new VirtualClient({ client: { waitForConnectionMs: 500, ...client } });
  if (whenConnected) {
    watch(world.zk.state$);
    world.time.advanceBy(100);
  }
  world.network.partition();
  world.network.reset();
  // Until the client has noticed.
  world.time.advanceBy(1);
  return world;
}

describe('waitForConnectionMs', () => {
  it.each([
    ['before the first connection', false],
    ['when it is lost', true],
  ])('errs what was not sent in time, %s', (_, connected) => {
    const { zk, time } = cutOff({}, connected);
    const records = [watch(zk.create('/a')), watch(zk.get('/a'))];
    time.advanceBy(499);
    expect(records.flatMap((record) => record.log())).toEqual([]);
    time.advanceBy(1);
    for (const { error } of records) {
      expect(error).toBeInstanceOf(ConnectionLossError);
      expect(error).toMatchObject({ outcome: 'not-sent', path: '/a' });
      const cause = { timeoutMs: 500, message: 'Timeout after 500 ms: waiting for a connection' };
      expect(error).toMatchObject({ cause });
    }
  });

  it('counts for each request from when it begins to wait', () => {
    const { zk, time } = cutOff({});
    const first = watch(zk.get('/'));
    time.advanceBy(300);
    const second = watch(zk.get('/'));
    time.advanceBy(200);
    expect([first.error, second.error].map((error) => error !== undefined)).toEqual([true, false]);
    time.advanceBy(299);
    expect(second.error).toBeUndefined();
    time.advanceBy(1);
    expect(second.error).toBeInstanceOf(ConnectionLossError);
  });

  it('goes on over attempts that fail, however many', () => {
    const { time, network } = new VirtualClient();
    const reports: unknown[] = [];
    const zk = createZooKeeper('nobody', {
      scheduler: time,
      transport: network.transport,
      reconnect: { initialDelayMs: 20, maxDelayMs: 50 },
      waitForConnectionMs: 500,
      onReport: (report) => reports.push(report),
    });
    const record = watch(zk.create('/a'));
    time.advanceBy(499);
    expect(reports.length).toBeGreaterThan(5);
    expect(record.error).toBeUndefined();
    time.advanceBy(1);
    expect(record.error).toMatchObject({ name: 'ConnectionLossError', outcome: 'not-sent' });
  });

  it('does not count time under way: a read that was sent waits anew when the connection is lost', () => {
    const { zk, network, time } = new VirtualClient({ client: { waitForConnectionMs: 500 } });
    watch(zk.state$);
    time.advanceBy(100);
    network.partition('toClient');
    const reading = watch(zk.get('/'));
    time.advanceBy(2000);
    expect(reading.log()).toEqual([]);
    network.partition();
    network.reset();
    time.advanceBy(499);
    expect(reading.log()).toEqual([]);
    time.advanceBy(1);
    expect(reading.error).toMatchObject({ name: 'ConnectionLossError', outcome: 'not-sent' });
  });

  it('leaves alone what finds a connection in time, and leaves no timer', () => {
    const world = cutOff({ idleGraceMs: 0 });
    const { zk, network, time } = world;
    const record = watch(zk.create('/a'));
    time.advanceBy(200);
    network.heal();
    time.advanceBy(5000);
    expect(record.log()).toEqual(["'/a'", '|']);
    expect(time.pending).toBe(0);
  });

  it('leaves no timer behind what was unsubscribed', () => {
    const { zk, time } = cutOff({ idleGraceMs: 0 });
    watch(zk.create('/a')).subscription?.unsubscribe();
    time.advanceBy(10_000);
    expect(time.pending).toBe(0);
  });

  it('is not the time limit: whichever is shorter ends the request', () => {
    const { zk, time } = cutOff({ requestTimeoutMs: 100 });
    const [short, long] = [watch(zk.get('/')), watch(zk.get('/', { timeoutMs: 60_000 }))];
    time.advanceBy(600);
    expect(short.error).toBeInstanceOf(TimeoutError);
    expect(long.error).toBeInstanceOf(ConnectionLossError);
  });

  it('holds with requestTimeoutMs: Infinity, also for requests of several steps', () => {
    const { zk, time } = cutOff({ requestTimeoutMs: Infinity });
    const several = [
      watch<unknown>(zk.get('/')),
      watch<unknown>(zk.ensurePath('/a/b')),
      watch<unknown>(zk.delete('/a', { recursive: true })),
      watch<unknown>(zk.create('/a', 'x', { idempotent: true })),
    ];
    time.advanceBy(500);
    for (const { error } of several) {
      expect(error).toMatchObject({ name: 'ConnectionLossError', outcome: 'not-sent' });
    }
  });

  it('bounds no live read, no recipe, no guaranteed delete, and nothing that is to wait for ever', () => {
    const { zk, network, time } = cutOff({});
    const patient = [
      watch<unknown>(zk.data$('/')),
      watch<unknown>(of(1).pipe(withLock(zk, '/lock'))),
      watch<unknown>(zk.delete('/a', { guaranteed: true })),
      watch<unknown>(zk.get('/', { timeoutMs: Infinity })),
    ];
    time.advanceBy(20_000);
    expect(patient.flatMap((record) => record.log())).toEqual([]);
    network.heal();
    time.advanceBy(20_000);
    expect(
      patient.map(({ values, error }) => values.length + (error === undefined ? 0 : 1)),
    ).toEqual([1, 1, 1, 1]);
    expect(patient[2]?.error).toMatchObject({ name: 'NoNodeError' });
  });

  it('ends with the client', () => {
    const { zk, time } = cutOff({});
    const record = watch(zk.get('/'));
    void zk.close();
    time.advanceBy(10_000);
    expect(record.error).toBeInstanceOf(SessionClosedError);
    expect(time.pending).toBe(0);
  });
});
