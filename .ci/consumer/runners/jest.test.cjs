/** The packed kit in jest, as CommonJS; the last two tests have to fail. */
const { BadVersionError, leaderElection$, NoNodeError } = require('rxzk');
const { simulate, zkMatchers, zkTest } = require('rxzk/testing');

expect.extend(zkMatchers);

const refusal = new NoNodeError({ operation: 'get', path: '/a' });
const elects = (millisecond) =>
  zkTest({ until: '5s' }, ({ client, seed, expectTimeline }) => {
    seed({ '/e': '' });
    const timeline = { '0ms': 'follower', [millisecond]: 'leader' };
    expectTimeline(leaderElection$(client(), '/e'), timeline, { by: ({ role }) => role });
  });

test('passes', () => elects('8ms'));
test('is simulated', () => {
  simulate(1, { until: '5s' }, ({ client }) => {
    client().state$.subscribe();
  });
});
test('compares errors', () => {
  expect(refusal).toMatchZooKeeperError({ class: NoNodeError, path: '/a' });
  expect(refusal).not.toMatchZooKeeperError(BadVersionError);
});
test('fails', () => elects('9ms'));
test('fails to compare', () => {
  expect(refusal).toMatchZooKeeperError(BadVersionError);
});
