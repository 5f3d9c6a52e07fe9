/** What the tests of each runner do with the packed kit, from ES modules. */
import { leaderElection$, NoNodeError } from 'rxzk';
import { simulate, zkTest } from 'rxzk/testing';

/** Passes for 8 ms only. */
export function elects(millisecond) {
  zkTest({ until: '5s' }, ({ client, seed, expectTimeline }) => {
    seed({ '/e': '' });
    const by = { by: ({ role }) => role };
    expectTimeline(
      leaderElection$(client(), '/e'),
      { '0ms': 'follower', [millisecond]: 'leader' },
      by,
    );
  });
}

export function isSimulated() {
  simulate(1, { until: '5s' }, ({ client }) => {
    client().state$.subscribe();
  });
}

export const refusal = new NoNodeError({ operation: 'get', path: '/a' });
