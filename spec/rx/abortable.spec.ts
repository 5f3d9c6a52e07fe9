/** What a signal does to a stream. */

import { NEVER, of, Subject } from 'rxjs';
import { abortable } from '../../src/rx/abortable.js';

function listen(source: Subject<number>, signal: AbortSignal | undefined) {
  const seen: unknown[] = [];
  const subscription = source.pipe(abortable(signal)).subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push({ error }),
    complete: () => seen.push('complete'),
  });
  return { seen, subscription };
}

describe('abortable', () => {
  it('mirrors the source until the signal is aborted, then errs with the reason', () => {
    const source = new Subject<number>();
    const controller = new AbortController();
    const { seen } = listen(source, controller.signal);
    source.next(1);
    controller.abort('enough');
    source.next(2);
    expect(seen).toEqual([1, { error: 'enough' }]);
    expect(source.observed).toBe(false);
  });

  it('errs at once, without subscribing, if the signal is aborted already', () => {
    const source = new Subject<number>();
    const { seen } = listen(source, AbortSignal.abort('before'));
    expect(seen).toEqual([{ error: 'before' }]);
    expect(source.observed).toBe(false);
  });

  it('completes and errs with the source', () => {
    const source = new Subject<number>();
    const { seen } = listen(source, new AbortController().signal);
    source.complete();
    expect(seen).toEqual(['complete']);
  });

  it('leaves the source as it is without a signal', () => {
    const source = of(1);
    expect(source.pipe(abortable(undefined))).toBe(source);
  });

  it('leaves no listener on the signal', () => {
    const { signal } = new AbortController();
    const added = jest.spyOn(signal, 'addEventListener');
    const removed = jest.spyOn(signal, 'removeEventListener');
    NEVER.pipe(abortable(signal)).subscribe().unsubscribe();
    of(1).pipe(abortable(signal)).subscribe();
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
    expect(added).toHaveBeenCalledTimes(2);
  });
});
