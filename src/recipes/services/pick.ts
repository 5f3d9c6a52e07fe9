/** Picks the instance of a service to use next, and leaves out those that are down. */

import { defer, map, type OperatorFunction, tap } from 'rxjs';
import { checkNames, type Given, refuse } from '../../client/checks.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { DownInstances } from './down-instances.js';
import { checkCount, checkDelay } from '../core/options.js';
import { type ServiceInstance } from './service-instance.js';

/** Which of several is next: one of them, never called with none. */
export type PickStrategy = <P>(instances: readonly ServiceInstance<P>[]) => ServiceInstance<P>;

/** How to pick. */
export interface PickOptions {
  /**
   * `'roundRobin'` (default): one after the other; `'random'`; `'sticky'`: a random one, and the same again as long as it is there and
   * up; or a function.
   */
  readonly strategy?: 'roundRobin' | 'random' | 'sticky' | PickStrategy;
  /** How many errors within `downMs` put an instance out. Default 2. */
  readonly errorThreshold?: number;
  /** How long after its first error an instance stays out; then its errors are forgotten. Default 30,000. */
  readonly downMs?: number;
}

/** Picks among the instances as they are now. */
export interface Picker<P = unknown> {
  /** Those that can be picked: `enabled`, and not put out by errors. */
  readonly instances: readonly ServiceInstance<P>[];
  /** The one to use next; `undefined` while there is none. */
  next(): ServiceInstance<P> | undefined;
  /** Tells that an instance did not do what it should. */
  noteError(instance: ServiceInstance): void;
}

const optionNames: ReadonlySet<string> = new Set(['strategy', 'errorThreshold', 'downMs']);
const operation = 'pick';

/**
 * Gives a picker over the instances of a service, for as long as it is subscribed.
 *
 * ```
 * instances$   [a,b]        [a,b,c]
 * pick         p            p
 * p.next()       a b a        b c a
 * ```
 *
 * Nothing is sent for a pick. Instances that erred too often are left out for a while, as Curator's `DownInstancePolicy` does: with
 * the second error within 30 s, until 30 s after the first. If all are out there is none to pick.
 *
 * @param zk - whose scheduler tells the time, and whose randomness is used
 * @emits the {@link Picker}, the same one each time: when the instances are known, and whenever they are others
 * @completes when the source completes
 * @errors with the source's error; `InvalidOptionError`
 * @sharing nothing is shared: each subscription has a picker of its own
 * @example
 * instances$(zk, '/services', 'search').pipe(
 *   pick(zk, { strategy: 'random' }),
 *   switchMap((picker) => queries$.pipe(mergeMap((query) => ask(query, picker)))),
 * ).subscribe(show);
 */
export function pick<P>(
  zk: ZooKeeper,
  options: PickOptions = {},
): OperatorFunction<readonly ServiceInstance<P>[], Picker<P>> {
  return (source) =>
    defer(() => {
      const { strategy = 'roundRobin', errorThreshold = 2, downMs = 30_000 } = options;
      check(options);
      const down = new DownInstances(zk.scheduler, { errorThreshold, downMs });
      const choose = typeof strategy === 'function' ? strategy : strategies[strategy](zk);
      let all: readonly ServiceInstance<P>[] = [];
      const picker: Picker<P> = {
        get instances() {
          return all.filter((instance) => instance.enabled && !down.has(instance));
        },
        next: () => {
          const { instances } = picker;
          return instances.length === 0 ? undefined : choose(instances);
        },
        noteError: (instance) => {
          down.note(instance);
        },
      };
      return source.pipe(
        tap((instances) => (all = instances)),
        map(() => picker),
      );
    });
}

const strategies: Record<'roundRobin' | 'random' | 'sticky', (zk: ZooKeeper) => PickStrategy> = {
  roundRobin: () => {
    let turn = 0;
    return (instances) => at(instances, turn++);
  },
  random: (zk) => (instances) => at(instances, randomNumber(zk)),
  sticky: (zk) => {
    let chosen: string | undefined;
    return (instances) => {
      const again = instances.find(({ id }) => id === chosen);
      const one = again ?? at(instances, randomNumber(zk));
      chosen = one.id;
      return one;
    };
  },
};

/** The first 48 bits of a random UUID are all random. */
function randomNumber(zk: ZooKeeper): number {
  return Number.parseInt(zk.randomId().slice(0, 12), 16);
}

function at<T>(list: readonly T[], index: number): T {
  // It is not empty.
  return list[index % list.length] as T;
}

function check({ strategy, errorThreshold, downMs, ...rest }: PickOptions): void {
  const given = (option: string, value: unknown): Given<unknown> => {
    return { option, value, context: { operation } };
  };
  checkNames({ option: '', value: rest, context: { operation } }, optionNames);
  checkCount(given('errorThreshold', errorThreshold));
  checkDelay(given('downMs', downMs));
  if (strategy === undefined || typeof strategy === 'function') return;
  if (!Object.hasOwn(strategies, strategy)) {
    throw refuse(given('strategy', strategy), `'roundRobin', 'random', 'sticky' or a function`);
  }
}
