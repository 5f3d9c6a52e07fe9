/** Random faults from a seed: the same run each time, a failure that names the seed, and promises that hold over many. */

import { text } from '../../src/client/codecs.js';
import { type Lease } from '../../src/client/lease.js';
import { leaderElection$ } from '../../src/recipes/locks/election.js';
import { type Scenario, simulate, type SimulateOptions } from '../../src/testing/index.js';

/** Three candidates who also read and write, and never two of whom hold a valid lease. */
const scenario: Scenario = ({ client, at, seed, always }) => {
  seed({ '/config': 'v0', '/election': '' });
  const leases = new Map<string, Lease>();
  for (const name of ['anna', 'bert', 'carl']) {
    const zk = client({ name });
    leaderElection$(zk, '/election', { giveUp: 'lease' }).subscribe((leadership) => {
      if (leadership.role === 'leader') leases.set(name, leadership.lease);
      else leases.delete(name);
    });
    zk.data$('/config', text()).subscribe();
    for (let second = 1; second < 60; second += 7) {
      const write = () => zk.set('/config', `${name} ${second}`);
      at(second * 1000, () => write().subscribe({ error: () => undefined }));
    }
  }
  always('at most one leader', () => [...leases.values()].filter((l) => l.valid()).length < 2);
  at('59s', () => expect(leases.size).toBe(1));
};

function logOf(seed: number, options: SimulateOptions = {}): string {
  const lines: string[] = [];
  simulate(seed, { until: '60s', ...options, log: (line) => lines.push(line) }, scenario);
  return lines.join('\n');
}

describe('simulate', () => {
  it('is the same, byte for byte, for the same seed, and not for another', () => {
    for (const seed of [1, 2, 3]) {
      const log = logOf(seed);
      expect(log.length).toBeGreaterThan(2000);
      expect(logOf(seed)).toBe(log);
      expect(logOf(seed + 100)).not.toBe(log);
    }
  });

  it('strikes with the kinds of faults it is told to, and when', () => {
    const log = logOf(5, { faults: { kinds: ['reset'], every: '500ms', from: '10s', to: '20s' } });
    const faults = log.split('\n').filter((line) => line.includes('***'));
    expect(faults.length).toBeGreaterThan(8);
    for (const line of faults.slice(0, -2)) {
      expect(line).toMatch(/\*\*\* reset (anna|bert|carl)$/);
      expect(Number.parseFloat(line)).toBeGreaterThan(10_000);
      expect(Number.parseFloat(line)).toBeLessThanOrEqual(20_000);
    }
    expect(faults.slice(-2).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '20000.000 *** calm',
      '60000.000 *** calm',
    ]);
    expect(logOf(5, { faults: false }).match(/\*\*\*/g)).toHaveLength(1);
  });

  it('fails with its seed, the faults before, and what happened', () => {
    const fails = () =>
      simulate(77, { until: '60s' }, (world) => {
        scenario(world);
        world.at('30s', () => expect('this').toBe('that'));
      });
    expect(fails).toThrow(
      /^seed 77: [^]*this[^]*last faults: [^]*s \w+ [^]*again: simulate\(77, …\)/,
    );
  });

  it.each(Array.from({ length: 60 }, (_, index) => index + 1))(
    'never has two leaders, and one in the end: seed %i',
    (seed) => simulate(seed, { until: '60s', hosts: 1 + (seed % 3) }, scenario),
  );
});
