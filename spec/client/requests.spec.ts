/** `requests$`: how each request ended, what it cost, and that looking on changes nothing. */

import { inspect } from 'node:util';
import { take } from 'rxjs';
import { RequestTap } from '../../src/client/request-tap.js';
import { create, type EndedRequest } from '../../src/index.js';
import { type AnyCall } from '../../src/session/call.js';
import { operations } from '../../src/wire/operations.js';
import { VirtualTime } from '../support/virtual-time.js';
import { VirtualClient, watch } from './virtual-client.js';

const ignore = { error: () => undefined };

/** As a line: what was called, on what, as what, how it ended, and after how long. */
function line(request: EndedRequest): string {
  const { operation, path = '-', request: onWire, outcome, error, tookMs = '-' } = request;
  const why = error === undefined ? '' : ` (${error.name})`;
  return `${operation} ${path} ${onWire} ${outcome}${why} ${String(tookMs)}`;
}

function lines({ values }: { readonly values: readonly EndedRequest[] }): string[] {
  return values.map(line);
}

function connected(): VirtualClient {
  const world = new VirtualClient({ latencyMs: 5 });
  watch(world.zk.state$);
  world.time.advanceBy(100);
  return world;
}

describe('requests$', () => {
  it('tells of each request once, with its name, its path, its end and its time', () => {
    const world = connected();
    const record = watch(world.zk.requests$);
    world.run(world.zk.create('/a', 'x'));
    world.run(world.zk.exists('/none'));
    world.zk.get('/none').subscribe(ignore);
    world.zk.transaction([create('/b'), create('/a')]).subscribe(ignore);
    world.time.advanceBy(100);
    world.run(world.zk.ensurePath('/c/d'));
    expect(lines(record)).toEqual([
      'create /a create answered 10',
      'exists /none exists failed (NoNodeError) 10',
      'get /none getData failed (NoNodeError) 10',
      // The reply of a refused transaction is one as any other; what is in it is the transaction's.
      'transaction - multi answered 10',
      'ensurePath /c/d create failed (NoNodeError) 10',
      'ensurePath /c create answered 10',
      'ensurePath /c/d create answered 10',
    ]);
    expect(record.values[0]?.server).toBe('zk1:2181');
  });

  it('tells what was cancelled, ran out of time, was lost, and was never sent', () => {
    const world = connected();
    const record = watch(world.zk.requests$);
    world.zk.get('/cancelled').subscribe().unsubscribe();
    world.zk.get('/late', { timeoutMs: 3 }).subscribe(ignore);
    world.time.advanceBy(5);
    world.zk.set('/lost', '').subscribe(ignore);
    world.network.resetOnce({ direction: 'toServer', when: 'before', matching: () => true });
    world.zk.get('/kept').subscribe(ignore);
    world.time.advanceBy(20);
    expect(world.zk.state.status).toBe('suspended');
    world.zk.get('/never', { timeoutMs: 1 }).subscribe(ignore);
    world.time.advanceBy(1000);
    expect(lines(record).sort()).toEqual(
      [
        'get /cancelled getData cancelled 0',
        'get /late getData failed (TimeoutError) 3',
        'set /lost setData failed (ConnectionLossError) 5',
        'get /kept getData failed (NoNodeError) 10',
        'get /never getData failed (TimeoutError) -',
      ].sort(),
    );
  });

  it('tells of live reads, of what puts watches back, and of views, by the paths that were given', () => {
    const world = connected();
    const record = watch(world.zk.namespace('/team').requests$);
    watch(world.zk.namespace('/team').data$('/a'));
    watch(world.zk.children$('/'));
    world.time.advanceBy(100);
    world.network.reset();
    world.time.advanceBy(1000);
    expect(lines(record)).toEqual(
      expect.arrayContaining([
        'data$ /a getData failed (NoNodeError) 10',
        'data$ /a exists failed (NoNodeError) 10',
        'children$ / getChildren2 answered 10',
        expect.stringMatching(/^setWatches - setWatches2? answered/),
      ]),
    );
  });

  it('opens nothing, holds nothing, and ends with the client', () => {
    const world = new VirtualClient();
    const early = watch(world.zk.requests$);
    world.time.advanceBy(60_000);
    expect(world.zk.state.status).toBe('closed');
    world.run(world.zk.exists('/'));
    world.time.advanceBy(60_000);
    expect(world.zk.state.status).toBe('closed');
    expect(early.completed).toBe(false);
    world.zk.exists('/').subscribe(ignore);
    void world.zk.close();
    world.time.advanceBy(1000);
    expect([early.completed, lines(early).at(-1)]).toEqual([
      true,
      'exists / exists failed (SessionClosedError) -',
    ]);
    expect(watch(world.zk.requests$).completed).toBe(true);
  });

  it('takes no harm from what observers do', () => {
    const world = connected();
    const seen: string[] = [];
    world.zk.requests$.subscribe((request) => {
      seen.push(line(request));
      // Whatever they do is done after what the client is doing.
      if (seen.length < 9)
        world.zk
          .data$(`/x${String(seen.length)}`)
          .pipe(take(1))
          .subscribe();
      if (seen.length === 9) void world.zk.close();
    });
    const live = watch(world.zk.data$('/x'));
    const cancelled = world.zk.data$('/y').subscribe();
    world.time.advanceBy(2);
    cancelled.unsubscribe();
    world.zk.set('/x', '').subscribe(ignore);
    world.time.advanceBy(2000);
    expect(live.log().at(-1)).toBe('|');
    expect(seen.length).toBeGreaterThanOrEqual(9);
    expect(world.zk.state.status).toBe('closed');
  });

  it('shows no data and no secret', () => {
    const world = connected();
    const record = watch(world.zk.requests$);
    world.run(world.zk.addAuth('digest', 'bob:hush-hush'));
    world.run(world.zk.create('/a', 'hush-hush'));
    world.zk.create('/a', 'hush-hush').subscribe(ignore);
    world.time.advanceBy(100);
    expect(record.values).toHaveLength(2);
    expect(inspect(record.values, { depth: Infinity, showHidden: true })).not.toContain('hush');
    expect(JSON.stringify(record.values)).not.toContain('hush');
  });

  it('keeps nothing once it has been told, and nothing at all while nobody looks', () => {
    const scheduler = new VirtualTime();
    const requests = new RequestTap(scheduler, () => 7);
    const call = { operation: operations.getData, context: { operation: 'get', path: '/a' } };
    // The other members are for the session.
    const end = () => {
      requests.onCallEnd(call as AnyCall, undefined, undefined);
    };
    end();
    scheduler.advanceBy(1);
    const record = watch(requests.requests$);
    expect(record.values).toEqual([]);
    end();
    end();
    expect(record.values).toHaveLength(0);
    scheduler.advanceBy(1);
    expect(record.values).toHaveLength(2);
    scheduler.advanceBy(1);
    end();
    scheduler.advanceBy(1);
    expect(record.values).toHaveLength(3);
  });
});
