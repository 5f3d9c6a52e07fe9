/** What is the same for all one-shots: cold, one answer, awaitable, cancelled, timed out, refused. */

import { switchMap } from 'rxjs';
import {
  InvalidOptionError,
  InvalidPathError,
  SessionClosedError,
  TimeoutError,
  ZooKeeperError,
} from '../../src/index.js';
import { type RequestOptions } from '../../src/client/request.js';
import { VirtualClient, watch } from './virtual-client.js';

describe('a one-shot', () => {
  it('sends nothing before it is subscribed to, and one request for each subscription', () => {
    const { zk, server, time } = new VirtualClient();
    const request = zk.exists('/');
    time.advanceBy(100);
    expect(server.connectionCount()).toBe(0);
    watch(request);
    watch(request);
    time.advanceBy(100);
    expect(server.requestCounts()).toMatchObject({ exists: 2 });
  });

  it('emits once and completes', () => {
    const world = new VirtualClient();
    world.run(world.zk.create('/a'));
    const record = watch(world.zk.children('/'));
    world.time.advanceBy(100);
    expect(record.log()).toEqual(["[ 'zookeeper', 'a' ]", '|']);
  });

  it('can be awaited, which subscribes once', async () => {
    const { zk, server, time } = new VirtualClient();
    const answers = Promise.all([zk.create('/a', 'x'), zk.get('/a')]);
    await Promise.resolve();
    time.advanceBy(100);
    const [path, node] = await answers;
    expect(path).toBe('/a');
    expect(node.data).toEqual(new Uint8Array([0x78]));
    expect(server.requestCounts()).toMatchObject({ create: 1, getData: 1 });
  });

  it('has catch and finally, as a promise has them', async () => {
    const world = new VirtualClient();
    const { zk } = world;
    const told: string[] = [];
    const caught = zk.get('/none').catch((error: unknown) => String(error));
    const fine = zk.exists('/').catch(() => 'not called');
    const last = zk.exists('/').finally(() => told.push('last'));
    const failed = zk.get('/none').finally(() => told.push('failed'));
    world.time.advanceBy(1000);
    expect(await caught).toBe('NoNodeError: NoNode: get /none');
    expect(await fine).toMatchObject({ version: 0 });
    expect(await last).toMatchObject({ version: 0 });
    await expect(failed).rejects.toThrow('NoNode: get /none');
    expect(told).toEqual(['last', 'failed']);
    expect(world.server.requestCounts()).toMatchObject({ exists: 2, getData: 2 });
  });

  it('can be awaited without a value, and rejects with its error', async () => {
    const { zk, time } = new VirtualClient();
    const synced = zk.sync('/').then((...values) => values);
    const failed = zk.get('/none').then(undefined, (error: unknown) => String(error));
    time.advanceBy(100);
    expect(await synced).toEqual([undefined]);
    expect(await failed).toBe('NoNodeError: NoNode: get /none');
  });

  it('goes through operators as a plain Observable', () => {
    const world = new VirtualClient();
    const { zk } = world;
    expect(world.run(zk.create('/a', 'x').pipe(switchMap((path) => zk.get(path)))).path).toBe('/a');
  });

  it('does not want the answer any more when it is unsubscribed', () => {
    const { zk, server, time } = new VirtualClient();
    const record = watch(zk.create('/a'));
    record.subscription?.unsubscribe();
    time.advanceBy(500);
    expect(record.log()).toEqual([]);
    expect(server.tree()).not.toHaveProperty(['/a']);
  });

  it('errs with TimeoutError when there is no answer in time, and leaves no timer', () => {
    const { zk, network, time } = new VirtualClient();
    network.partition();
    const record = watch(zk.get('/a', { timeoutMs: 50 }));
    time.advanceTo(49);
    expect(record.log()).toEqual([]);
    time.advanceTo(51);
    expect(record.error).toBeInstanceOf(TimeoutError);
    expect(record.error).toMatchObject({ timeoutMs: 50, outcome: 'not-sent', path: '/a' });
  });

  it('takes the default of the client for its time limit', () => {
    const { zk, network, time } = new VirtualClient({ client: { requestTimeoutMs: 70 } });
    network.partition();
    const record = watch(zk.get('/a'));
    time.advanceTo(71);
    expect(record.error).toMatchObject({ name: 'TimeoutError', timeoutMs: 70 });
  });

  it('errs with the reason of its signal, and lets go of the signal at the end', () => {
    const world = new VirtualClient();
    const { zk, time } = world;
    const controller = new AbortController();
    const { signal } = controller;
    const removed = jest.spyOn(signal, 'removeEventListener');
    world.run(zk.exists('/', { signal }));
    expect(removed).toHaveBeenCalledTimes(1);
    const record = watch(zk.exists('/', { signal }));
    controller.abort('enough');
    expect(record.error).toBe('enough');
    expect(removed).toHaveBeenCalledTimes(2);
    const late = watch(zk.exists('/', { signal }));
    expect(late.error).toBe('enough');
    time.advanceBy(100);
    expect(record.log()).toEqual(["#'enough'"]);
  });

  it.each(['', 'a', '/a/', '/a//b', '/a/../b', '/a\u0000'])(
    'errs on subscribe for path %j',
    (path) => {
      const { zk, server } = new VirtualClient();
      const request = zk.get(path);
      const { error } = watch(request);
      expect(error).toBeInstanceOf(InvalidPathError);
      expect(error).toMatchObject({ operation: 'get', path });
      expect(server.connectionCount()).toBe(0);
    },
  );

  it.each([
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ timeoutMs: 2 ** 31 }, 'timeoutMs'],
    [{ signal: 'no' }, 'signal'],
    [{ timeout: 5 }, 'timeout'],
  ])('errs on subscribe for options %j', (options, option) => {
    const { zk } = new VirtualClient();
    // What callers without types may pass.
    const { error } = watch(zk.exists('/a', options as RequestOptions));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ option, operation: 'exists', path: '/a' });
  });

  it('holds the session open until it is answered, and no longer', () => {
    const { zk, server, time } = new VirtualClient({ client: { idleGraceMs: 100 }, latencyMs: 10 });
    watch(zk.exists('/'));
    time.advanceTo(60);
    expect(zk.state.status).toBe('connected');
    time.advanceTo(1000);
    expect(zk.state.status).toBe('closed');
    expect(server.sessions()).toHaveLength(0);
    expect(time.pending).toBe(0);
  });

  it('errs with SessionClosedError after close and when it is under way', () => {
    const { zk, time } = new VirtualClient();
    const under = watch(zk.exists('/'));
    void zk.close();
    time.advanceBy(10);
    const after = watch(zk.exists('/'));
    for (const { error } of [under, after]) {
      expect(error).toBeInstanceOf(SessionClosedError);
      expect(error).toMatchObject({ operation: 'exists', path: '/' });
    }
  });

  it('lets a consumer start the next one from inside next', () => {
    const world = new VirtualClient();
    const seen: unknown[] = [];
    const again = (left: number): void => {
      if (left === 0) return;
      world.zk.exists('/').subscribe({
        next: () => seen.push(left),
        complete: () => {
          again(left - 1);
        },
      });
    };
    again(3);
    world.time.advanceBy(100);
    expect(seen).toEqual([3, 2, 1]);
  });

  it('errs with errors of one base class', () => {
    const world = new VirtualClient();
    expect(world.fail(world.zk.get('/none'))).toBeInstanceOf(ZooKeeperError);
  });
});
