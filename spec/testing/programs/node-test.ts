/** The kit in the runner that Node has: one test that passes, and one that fails as it should. */

import { test } from 'node:test';
import { leaderElection$ } from '../../../src/recipes/locks/election.js';
import { simulate } from '../../../src/testing/simulate.js';
import { zkTest } from '../../../src/testing/zk-test.js';

function elects(millisecond: '8ms' | '9ms'): void {
  zkTest({ until: '5s' }, ({ client, seed, expectTimeline }) => {
    seed({ '/e': '' });
    const by = { by: ({ role }: { role: string }) => role };
    const leadership$ = leaderElection$(client(), '/e');
    expectTimeline(leadership$, { '0ms': 'follower', [millisecond]: 'leader' }, by);
  });
}

void test('passes', () => {
  elects('8ms');
});

void test('is simulated', () => {
  simulate(1, { until: '5s' }, ({ client }) => {
    client().state$.subscribe();
  });
});

void test('fails', () => {
  elects('9ms');
});
