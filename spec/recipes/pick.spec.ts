/** Picking the instance to use next. */

import { BehaviorSubject, NEVER, startWith } from 'rxjs';
import { InvalidOptionError } from '../../src/errors/client-errors.js';
import { pick, type Picker, type PickOptions } from '../../src/recipes/services/pick.js';
import { type ServiceInstance } from '../../src/recipes/services/service-instance.js';
import { World } from './world.js';

function instance(id: string, more: Partial<ServiceInstance> = {}): ServiceInstance {
  return {
    ...{ name: 'search', id, address: null, port: null, sslPort: null, payload: null },
    ...{ registrationTimeUTC: 1, serviceType: 'DYNAMIC', uriSpec: null, enabled: true },
    ...more,
  };
}

const [a, b, c] = [instance('a'), instance('b'), instance('c')];

function picking(options: PickOptions = {}, first: readonly ServiceInstance[] = [a, b, c]) {
  const world = new World();
  const all$ = new BehaviorSubject(first);
  const pickers: Picker[] = [];
  all$.pipe(pick(world.join().zk, options)).subscribe((picker) => pickers.push(picker));
  const [picker] = pickers;
  if (picker === undefined) throw new Error('no picker');
  const next = (count: number) =>
    Array.from({ length: count }, () => picker.next()?.id ?? '-').join('');
  return { world, all$, pickers, picker, next };
}

describe('pick', () => {
  it('goes round', () => {
    const { next, all$, pickers } = picking();
    expect(next(5)).toBe('abcab');
    all$.next([b, c]);
    expect(next(4)).toBe('cbcb');
    expect(new Set(pickers).size).toBe(1);
    expect(pickers).toHaveLength(2);
  });

  it('picks by chance, each as often', () => {
    const { next } = picking({ strategy: 'random' });
    const picked = next(3000);
    for (const id of 'abc') {
      const times = picked.split(id).length - 1;
      expect(times).toBeGreaterThan(800);
      expect(times).toBeLessThan(1200);
    }
  });

  it('sticks to one as long as it is there and up', () => {
    const { next, all$, picker, world } = picking({ strategy: 'sticky' });
    const first = picker.next();
    expect(next(5)).toBe(first?.id.repeat(5));
    all$.next([a, b, c].filter((one) => one.id !== first?.id));
    const second = picker.next();
    expect(second?.id).not.toBe(first?.id);
    all$.next([a, b, c]);
    expect(next(5)).toBe(second?.id.repeat(5));
    if (second === undefined) throw new Error('none');
    picker.noteError(second);
    picker.noteError(second);
    expect(next(1)).not.toBe(second.id);
    world.time.advanceBy(30_000);
    expect(picker.instances).toHaveLength(3);
  });

  it('picks as a function says', () => {
    const { next } = picking({ strategy: (all) => all[all.length - 1] ?? all[0] ?? nobody() });
    expect(next(2)).toBe('cc');
  });

  it('picks nobody where nobody is, and nobody who does not want to be picked', () => {
    const { next, all$, picker } = picking({}, []);
    expect(next(1)).toBe('-');
    all$.next([instance('a', { enabled: false }), b]);
    expect(next(3)).toBe('bbb');
    expect(picker.instances).toEqual([b]);
  });

  it('puts out who errs twice within 30 s, until 30 s after the first error', () => {
    const { next, picker, world } = picking();
    picker.noteError(b);
    expect(next(3)).toBe('abc');
    world.time.advanceBy(29_999);
    picker.noteError(b);
    expect(next(3)).toBe('cac');
    world.time.advanceBy(1);
    expect(next(3)).toBe('abc');
    picker.noteError(b);
    expect(picker.instances).toHaveLength(3);
  });

  it('takes one that is registered anew for another one, and one that tells something else not', () => {
    const { next, picker, all$ } = picking({ errorThreshold: 1, downMs: 1000 }, [a, b]);
    picker.noteError(a);
    all$.next([instance('a', { payload: 'other' }), b]);
    expect(next(2)).toBe('bb');
    all$.next([instance('a', { registrationTimeUTC: 2 }), b]);
    expect(next(4)).toBe('abab');
  });

  it('forgets errors of the future: the clock was put back', () => {
    const { picker, world } = picking({ errorThreshold: 1 });
    world.time.advanceBy(60_000);
    picker.noteError(a);
    jest.spyOn(world.time, 'now').mockReturnValue(10_000);
    expect(picker.instances).toHaveLength(3);
  });

  it.each([
    ['strategy', { strategy: 'first' }],
    ['errorThreshold', { errorThreshold: 0 }],
    ['downMs', { downMs: -1 }],
    ['stategy', { stategy: 'random' }],
  ])('refuses a wrong %s', (option, options) => {
    const errors: unknown[] = [];
    const source$ = NEVER.pipe(startWith([a]));
    source$.pipe(pick(new World().join().zk, options as PickOptions)).subscribe({
      error: (error: unknown) => errors.push(error),
    });
    expect(errors).toEqual([expect.any(InvalidOptionError)]);
    expect(errors[0]).toMatchObject({ option, operation: 'pick' });
  });
});

function nobody(): never {
  throw new Error('nobody');
}
