/**
 * Test your coordination with marbles: three tests on virtual time, each of them a few milliseconds of real time.
 *
 * Each `zkTest` runs real clients against embedded servers, through real wire bytes. Call it inside `it(…)` of any test
 * runner: it throws if a stream does not do what was expected, and if anything is left behind.
 */

import { distinctUntilChanged, interval, map, retry } from 'rxjs';
import { leaderElection$, LockLostError, text, withLock, type ZooKeeper } from 'rxzk';
import { errs, zkTest } from 'rxzk/testing';

/** Anna leads and is cut off. She gives up first; then her session ends, and only then Bert leads. */
export function leaderFailsOver(): void {
  zkTest({ until: '20s', sessionTimeoutMs: 6_000 }, ({ client, seed, faults, expectTimeline }) => {
    seed({ '/election': '' });
    const [anna, bert] = [client({ name: 'anna' }), client({ name: 'bert' })];
    const role$ = (zk: ZooKeeper) =>
      leaderElection$(zk, '/election').pipe(
        map(({ role }) => role),
        distinctUntilChanged(),
      );
    expectTimeline(role$(anna), { '0ms': 'follower', '8ms': 'leader', '12.008s': 'follower' });
    expectTimeline(role$(bert), { '0ms': 'follower', '15.003s': 'leader' });
    faults.marbles('10s p', { client: anna });
  });
}

/** The session under two locks is ended: work stops with an error; `retry()` starts it anew, under the next lock. */
export function lockIsLost(): void {
  zkTest({ until: '4s' }, ({ client, seed, faults, expectTimeline }) => {
    seed({ '/locks/a': '', '/locks/b': '' });
    const zk = client();
    const work$ = (path: string) => interval(1_000).pipe(withLock(zk, path));
    expectTimeline(work$('/locks/a'), { '1.008s': 0, '2.008s': 1, '2.501s': errs(LockLostError) });
    const again$ = work$('/locks/b').pipe(retry());
    expectTimeline(again$, { '1s': 0, '2s': 1, '3.5s': 0 }, { within: '100ms' });
    faults.marbles('2500ms x');
  });
}

/** A letter is a value, a character a millisecond. What changed while the connection was down comes when it is back. */
export function configComesBack(): void {
  zkTest({ until: '3s' }, ({ client, at, seed, faults, expectObservable }) => {
    seed({ '/config': 'v1' });
    const config$ = client().data$('/config', text());
    expectObservable(config$).toBe('------a 2000ms b', { a: 'v1', b: 'v2' });
    faults.marbles('1s p 499ms r 499ms h');
    at('1.2s', () => {
      seed({ '/config': 'v2' });
    });
  });
}

export function main(_hosts: string, print = console.log): Promise<void> {
  for (const test of [leaderFailsOver, lockIsLost, configComesBack]) {
    test();
    print(`${test.name} passes`);
  }
  return Promise.resolve();
}

if (require.main === module) void main('');
