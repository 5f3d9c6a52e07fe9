/** A one-shot tells its observers by itself; these specs hold it against what RxJS does. */

import { config, from, map, Observable, of, type Subscriber } from 'rxjs';
import { VirtualClient } from './virtual-client.js';

describe('a one-shot tells its observer', () => {
  afterEach(() => {
    config.onUnhandledError = null;
  });

  const both = (): readonly [string, VirtualClient, Observable<unknown>][] => {
    const world = new VirtualClient();
    return [
      ['a one-shot', world, world.zk.exists('/')],
      ['what RxJS makes of an Observable', new VirtualClient(), of(1)],
    ];
  };

  it.each(both())('by three functions, as %s', (_name, { time }, source$) => {
    const log: string[] = [];
    // The deprecated form is part of the type, so it must work.
    // eslint-disable-next-line @typescript-eslint/no-deprecated, rxjs-x/prefer-observer
    source$.subscribe(
      () => log.push('next'),
      () => log.push('error'),
      () => log.push('complete'),
    );
    time.advanceBy(100);
    expect(log).toEqual(['next', 'complete']);
  });

  it.each(both())('as methods of the observer, as %s', (_name, { time }, source$) => {
    const observer = {
      log: [] as string[],
      next() {
        this.log.push('next');
      },
      complete() {
        this.log.push('complete');
      },
    };
    source$.subscribe(observer);
    time.advanceBy(100);
    expect(observer.log).toEqual(['next', 'complete']);
  });

  it('that throws, without harm to the connection, and reports what it threw', () => {
    const { zk, server, time } = new VirtualClient();
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push(error);
    const log: string[] = [];
    zk.exists('/').subscribe({
      next: () => {
        throw new Error('from next');
      },
      complete: () => {
        log.push('complete');
        throw new Error('from complete');
      },
    });
    zk.get('/none').subscribe({
      error: () => {
        throw new Error('from error');
      },
    });
    zk.get('/').subscribe({ complete: () => log.push('the next request') });
    time.advanceBy(100);
    expect(log).toEqual(['complete', 'the next request']);
    expect(reported.map(String)).toEqual([
      'Error: from next',
      'Error: from complete',
      'Error: from error',
    ]);
    expect(server.connectionCount()).toBe(1);
  });

  it('of an error that nobody handles as RxJS does, by throwing it in a step of its own', () => {
    const { zk, time } = new VirtualClient();
    zk.get('/none').subscribe();
    expect(() => {
      time.advanceBy(100);
    }).toThrow('NoNode: get /none');
  });

  it('nothing after it has unsubscribed, also on the value itself', () => {
    const { zk, time } = new VirtualClient();
    const log: string[] = [];
    const subscription = zk.exists('/').subscribe({
      next: () => {
        log.push('next');
        subscription.unsubscribe();
      },
      complete: () => log.push('complete'),
    });
    const early = zk.exists('/').subscribe(() => log.push('early'));
    early.unsubscribe();
    early.unsubscribe();
    time.advanceBy(100);
    expect(log).toEqual(['next']);
    expect(subscription.closed).toBe(true);
  });

  it('through operators, other subscribers and added teardowns', () => {
    const { zk, time } = new VirtualClient();
    const log: string[] = [];
    from(zk.exists('/'))
      .pipe(map((stat) => stat !== null))
      .subscribe((present) => log.push(String(present)));
    const outer = new Observable<unknown>((subscriber: Subscriber<unknown>) =>
      zk.exists('/').subscribe(subscriber),
    );
    outer.subscribe({ complete: () => log.push('outer') });
    zk.exists('/')
      .subscribe()
      .add(() => log.push('teardown'));
    time.advanceBy(100);
    expect(log).toEqual(['true', 'outer', 'teardown']);
  });

  it('and holds the session no longer than its subscription', () => {
    const { zk, server, time } = new VirtualClient();
    zk.exists('/').subscribe();
    const waiting = zk.exists('/').subscribe();
    waiting.unsubscribe();
    time.advanceBy(10_000);
    expect(server.sessions()).toHaveLength(0);
  });
});
