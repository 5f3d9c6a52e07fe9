/** Work under a lease: what ends first, and what is seen when. */

import { EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { type Lease } from '../../src/client/lease.js';
import { LockLostError } from '../../src/errors/client-errors.js';
import { whileHeld } from '../../src/recipes/held/while-held.js';

/** A lease that is given back when the spec says so, and a stream of it that logs its end. */
function resource(log: string[]) {
  const released = new Subject<never>();
  const lease: Lease = {
    fence: 7n,
    valid: () => true,
    remainingMs: () => 1,
    signal: new AbortController().signal,
    throwIfExpired: () => undefined,
    released$: released,
  };
  const leases = new Subject<Lease>();
  const leases$ = new Observable<Lease>((subscriber) => {
    subscriber.add(leases.subscribe(subscriber));
    subscriber.add(() => log.push('release'));
  });
  return { lease, leases, leases$, confirm: () => released.complete() };
}

function logged<T>(log: string[], source$: Observable<T>): Observable<T> {
  return new Observable<T>((subscriber) => {
    log.push('work');
    subscriber.add(source$.subscribe(subscriber));
    subscriber.add(() => log.push('work ended'));
  });
}

function observe(log: string[], result$: Observable<unknown>) {
  return result$.subscribe({
    next: (value) => log.push(`next ${String(value)}`),
    error: (error: unknown) =>
      log.push(`error ${error instanceof Error ? error.name : String(error)}`),
    complete: () => log.push('complete'),
  });
}

describe('whileHeld', () => {
  it('runs the work while held, gives the lease back, and completes when that is confirmed', () => {
    const log: string[] = [];
    const { lease, leases, leases$, confirm } = resource(log);
    const work = new Subject<number>();
    observe(log, leases$.pipe(whileHeld(() => logged(log, work))));
    expect(log).toEqual([]);
    leases.next(lease);
    work.next(1);
    work.complete();
    expect(log).toEqual(['work', 'next 1', 'release', 'work ended']);
    confirm();
    expect(log.at(-1)).toBe('complete');
  });

  it('gives the lease back before it errs with the error of the work', () => {
    const log: string[] = [];
    const { lease, leases, leases$, confirm } = resource(log);
    observe(log, leases$.pipe(whileHeld(() => throwError(() => 'broken'))));
    leases.next(lease);
    expect(log).toEqual(['release']);
    confirm();
    expect(log).toEqual(['release', 'error broken']);
  });

  it('treats what making the work throws as its error', () => {
    const log: string[] = [];
    const { lease, leases, leases$, confirm } = resource(log);
    const broken = () => {
      throw new TypeError('no work');
    };
    observe(log, leases$.pipe(whileHeld(broken)));
    leases.next(lease);
    confirm();
    expect(log).toEqual(['release', 'error TypeError']);
  });

  it('unsubscribes the work before it errs with a loss', () => {
    const log: string[] = [];
    const { lease, leases, leases$ } = resource(log);
    observe(log, leases$.pipe(whileHeld(() => logged(log, NEVER))));
    leases.next(lease);
    leases.error(new LockLostError(7n));
    expect(log).toEqual(['work', 'work ended', 'error LockLostError', 'release']);
  });

  it('ends the work first and releases in the background when unsubscribed', () => {
    const log: string[] = [];
    const { lease, leases, leases$ } = resource(log);
    const subscription = observe(log, leases$.pipe(whileHeld(() => logged(log, NEVER))));
    leases.next(lease);
    subscription.unsubscribe();
    expect(log).toEqual(['work', 'work ended', 'release']);
  });

  it('copes with a lease and work that are there synchronously', () => {
    const log: string[] = [];
    const { lease, confirm } = resource(log);
    confirm();
    observe(log, of(lease).pipe(whileHeld(() => of(1, 2))));
    expect(log).toEqual(['next 1', 'next 2', 'complete']);
  });

  it('ends the work under one lease when the next comes', () => {
    const log: string[] = [];
    const { lease, leases, leases$ } = resource(log);
    observe(log, leases$.pipe(whileHeld(() => logged(log, NEVER))));
    leases.next(lease);
    leases.next(lease);
    expect(log).toEqual(['work', 'work ended', 'work']);
  });

  it('completes if nothing is ever held', () => {
    const log: string[] = [];
    observe(log, EMPTY.pipe(whileHeld(() => NEVER)));
    expect(log).toEqual(['complete']);
  });
});
