/** Waiting for the first of several streams to complete. */

import { TestScheduler } from 'rxjs/testing';
import { firstToComplete$ } from '../../src/rx/first-to-complete.js';

function marbles(run: Parameters<TestScheduler['run']>[0]): void {
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  }).run(run);
}

describe('firstToComplete$', () => {
  it('completes with the first, emits nothing, and leaves the others', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold('   -a--b----|');
      const other = cold(' ---a--|');
      expectObservable(firstToComplete$([one, other])).toBe('------|');
      expectSubscriptions(one.subscriptions).toBe('^-----!');
      expectSubscriptions(other.subscriptions).toBe('^-----!');
    });
  });

  it('errs with the first error', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(firstToComplete$([cold('---|'), cold('--#')])).toBe('--#');
    });
  });

  it('completes at once with nothing to wait for', () => {
    marbles(({ expectObservable }) => {
      expectObservable(firstToComplete$([])).toBe('|');
    });
  });
});
