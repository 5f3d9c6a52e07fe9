/** What answers of servers of several releases say. The texts were taken from real servers, and shortened in the middle. */

import { readFigures, readSettings, readStatus } from '../../src/tools/answers.js';

// 3.8.0, the leader of three.
const leader = `Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC
Latency min/avg/max: 0/0.7273/12
Received: 23
Sent: 22
Connections: 2
Outstanding: 0
Zxid: 0x1ffffffff
Mode: leader
Node count: 17
Proposal sizes last/min/max: 48/48/1140
`;
// 3.4.14 writes the average as a whole number.
const old = leader
  .replace(
    /3\.8\.0.*/,
    '3.4.14-4c25d480e66aadd371de8bd2fd8da255ac140bcf, built on 03/06/2019 16:18 GMT',
  )
  .replace('0.7273', '0')
  .replace('Mode: leader', 'Mode: follower')
  .replace(/Proposal.*\n/, '');

describe('readStatus', () => {
  it('reads a leader of 3.8', () => {
    const { lines, version, ...status } = readStatus(leader);
    expect(status).toEqual({
      mode: 'leader',
      latencyMs: { min: 0, average: 0.7273, max: 12 },
      received: 23,
      sent: 22,
      connections: 2,
      outstanding: 0,
      zxid: 0x1_ffff_ffffn,
      nodeCount: 17,
    });
    expect(version).toMatchObject({
      release: '3.8.0',
      major: 3,
      minor: 8,
      patch: 0,
    });
    expect(version.text).toMatch(/^3\.8\.0-5a02a.* UTC$/);
    expect(lines.get('Proposal sizes last/min/max')).toBe('48/48/1140');
    expect(lines.size).toBe(10);
  });

  it('reads a follower of 3.4', () => {
    const { version, latencyMs, mode } = readStatus(old);
    expect([version.release, version.minor, version.patch, mode]).toEqual([
      ...['3.4.14', 4, 14, 'follower'],
    ]);
    expect(latencyMs.average).toBe(0);
    expect(version.atLeast('3.5')).toBe(false);
    expect(version.atLeast('3.4.6')).toBe(true);
  });

  it.each([
    ['Mode: leader\n', '', 'there is no Mode'],
    ['Received: 23', 'Received: many', 'Received is no number'],
    ['0/0.7273/12', '0/12', 'Latency min/avg/max is not three numbers'],
    ['0x1ffffffff', '12', 'Zxid is no number'],
    ['3.8.0-5a', 'next-5a', 'the version is no release'],
  ])('refuses %j as %j', (from, to, problem) => {
    expect(() => readStatus(leader.replace(from, to))).toThrow(problem);
  });
});

describe('readFigures', () => {
  it('keeps every line, numbers as numbers and the rest as text', () => {
    const text = [
      'zk_version\t3.8.0-5a02a05, built on 2022-02-25 08:49 UTC',
      'zk_server_state\tleader',
      'zk_avg_latency\t0.25',
      'zk_last_proposal_size\t-1',
      'zk_sum_something\t9007199254740993',
      'zk_tiny\t2.5E-4',
      'zk_quota{key="a",}\t3',
      'zk_nan\tNaN',
      'zk_nothing',
      '',
    ].join('\n');
    expect([...readFigures(text)]).toEqual([
      ['zk_version', '3.8.0-5a02a05, built on 2022-02-25 08:49 UTC'],
      ['zk_server_state', 'leader'],
      ['zk_avg_latency', 0.25],
      ['zk_last_proposal_size', -1],
      ['zk_sum_something', '9007199254740993'],
      ['zk_tiny', 0.00025],
      ['zk_quota{key="a",}', 3],
      ['zk_nan', 'NaN'],
      ['zk_nothing', ''],
    ]);
  });

  it('refuses what has no version', () => {
    expect(() => readFigures('zk_server_state\tleader\n')).toThrow('there is no zk_version');
  });
});

describe('readSettings', () => {
  it('reads names and values', () => {
    const settings = readSettings('clientPort=2181\ndataDir=/var/lib/zk=x\ntickTime=2000\n');
    expect([...settings]).toEqual([
      ['clientPort', 2181],
      ['dataDir', '/var/lib/zk=x'],
      ['tickTime', 2000],
    ]);
  });
});
