/** The text of `/zookeeper/config`, read. */

import { parseEnsembleConfig } from '../../src/client/ensemble-config.js';

const parse = (...lines: string[]) => parseEnsembleConfig(Buffer.from(lines.join('\n')));

describe('parseEnsembleConfig', () => {
  it('reads what a server of 3.8 writes', () => {
    const config = parse(
      'server.2=zk2.example:2888:3888:observer;zk2.example:2181',
      'server.1=127.0.0.1:2889:3889:participant;127.0.0.1:2182',
      'version=100000000',
    );
    expect(config).toEqual({
      version: 0x100000000n,
      servers: [
        {
          id: 1,
          role: 'participant',
          host: '127.0.0.1',
          quorumPort: 2889,
          electionPort: 3889,
          furtherAddresses: [],
          client: { host: '127.0.0.1', port: 2182 },
        },
        {
          id: 2,
          role: 'observer',
          host: 'zk2.example',
          quorumPort: 2888,
          electionPort: 3888,
          furtherAddresses: [],
          client: { host: 'zk2.example', port: 2181 },
        },
      ],
      otherLines: [],
    });
  });

  it.each([
    ['a:1:2;2181', { host: 'a', role: 'participant', client: { host: '0.0.0.0', port: 2181 } }],
    ['a:1:2:observer;0.0.0.0:2181', { role: 'observer', client: { host: '0.0.0.0', port: 2181 } }],
    ['a:1:2', { quorumPort: 1, electionPort: 2, client: undefined }],
    ['a:1', { quorumPort: 1, electionPort: undefined }],
    [
      '[fd00::1]:1:2:participant;[::]:2181',
      { host: 'fd00::1', client: { host: '::', port: 2181 } },
    ],
    [
      'a:1:2:observer|b:3:4:observer;2181',
      { host: 'a', role: 'observer', furtherAddresses: ['b:3:4'] },
    ],
    ['a:1:2|[fd00::2]:3:4;2181', { role: 'participant', furtherAddresses: ['[fd00::2]:3:4'] }],
  ])('reads server.7=%s', (line, server) => {
    expect(parse(`server.7=${line}`)).toMatchObject({
      servers: [{ id: 7, ...server }],
      otherLines: [],
    });
  });

  it.each([
    'group.1=1:2:3',
    'weight.1=2',
    'version=xyz',
    'server.x=a:1:2',
    'server.1=',
    'server.1=a',
    'server.1=a:b:c;2181',
    'server.1=a:1:2;',
    'server.1=a:1:2;b:c',
    'server.1=a:1:2;1;2',
    'server.1=a:1:2|;2181',
    'server.1=:1:2;2181',
    'server.99999999999=a:1:2;2181',
  ])('leaves %s as it stands', (line) => {
    expect(parse(line, '')).toEqual({ version: 0n, servers: [], otherLines: [line] });
  });

  it('reads nothing in nothing, and the last of two lines for one server', () => {
    expect(parseEnsembleConfig(null)).toEqual({ version: 0n, servers: [], otherLines: [] });
    expect(parseEnsembleConfig(new Uint8Array(0)).servers).toEqual([]);
    expect(parse('server.1=a:1:2', 'server.1=b:1:2').servers).toMatchObject([{ host: 'b' }]);
  });
});
