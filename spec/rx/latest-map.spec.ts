/** `latestMap`: one projection at a time, the newest value next. */

import { concatMap, delay, of, Subject, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { latestMap } from '../../src/rx/latest-map.js';

function scheduler(): TestScheduler {
  return new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
}

describe('latestMap', () => {
  it('finishes what it has begun, and goes on with the newest', () => {
    scheduler().run(({ hot, expectObservable }) => {
      const source = hot('a--b-c----d--|');
      const result = source.pipe(latestMap((value) => of(value).pipe(delay(5))));
      expectObservable(result).toBe('-----a----c----(d|)');
    });
  });

  it('completes with the source if nothing is under way, and at once without values', () => {
    scheduler().run(({ hot, expectObservable }) => {
      expectObservable(hot('a-----|').pipe(latestMap(() => of('x')))).toBe('x-----|');
      expectObservable(hot('---|').pipe(latestMap(() => of('x')))).toBe('---|');
    });
  });

  it('errs with the source, with a projection, and with what the project throws', () => {
    scheduler().run(({ hot, cold, expectObservable }) => {
      expectObservable(hot('a--#').pipe(latestMap(() => cold('-----x|')))).toBe('---#');
      expectObservable(hot('a--b').pipe(latestMap(() => cold('--#')))).toBe('--#');
      const failing = latestMap<string, never>(() => {
        throw 'error' as unknown;
      });
      expectObservable(hot('-a').pipe(failing)).toBe('-#');
    });
  });

  it('unsubscribes the source and the projection', () => {
    scheduler().run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const source = hot('a--b------');
      const inner = cold('------x');
      expectObservable(source.pipe(latestMap(() => inner)), '----!').toBe('-----');
      expectSubscriptions(source.subscriptions).toBe('^---!');
      expectSubscriptions(inner.subscriptions).toBe('^---!');
    });
  });

  it('takes values that come while it emits', () => {
    const source = new Subject<number>();
    const seen: number[] = [];
    source.pipe(latestMap((value) => of(value))).subscribe((value) => {
      seen.push(value);
      if (value < 1000) source.next(value + 1);
    });
    source.next(0);
    expect(seen).toHaveLength(1001);
  });

  it('passes on what a projection emits before it fails', () => {
    const seen: unknown[] = [];
    of(1)
      .pipe(
        latestMap((value) =>
          of(value, 'x').pipe(concatMap((one) => (one === 'x' ? throwError(() => one) : of(one)))),
        ),
      )
      .subscribe({
        next: (value) => seen.push(value),
        error: (error) => seen.push(['error', error]),
      });
    expect(seen).toEqual([1, ['error', 'x']]);
  });
});
