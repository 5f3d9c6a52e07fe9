/** Connect strings: what is read from them, and what is refused. */

import { InvalidOptionError } from '../../src/errors/client-errors.js';
import { parseConnectString } from '../../src/session/connect-string.js';

describe('parseConnectString', () => {
  it.each([
    ['zk1', [{ host: 'zk1', port: 2181 }], ''],
    ['zk1:2182', [{ host: 'zk1', port: 2182 }], ''],
    ['zk1/', [{ host: 'zk1', port: 2181 }], ''],
    [
      'zk1:1,zk2:65535/a/b',
      [
        { host: 'zk1', port: 1 },
        { host: 'zk2', port: 65535 },
      ],
      '/a/b',
    ],
    [
      ' zk1:1, zk2 ',
      [
        { host: 'zk1', port: 1 },
        { host: 'zk2', port: 2181 },
      ],
      '',
    ],
    ['[::1]', [{ host: '::1', port: 2181 }], ''],
    [
      '[fe80::1%eth0]:7,10.0.0.1:8/x',
      [
        { host: 'fe80::1%eth0', port: 7 },
        { host: '10.0.0.1', port: 8 },
      ],
      '/x',
    ],
  ])('reads %j', (text, hosts, chroot) => {
    expect(parseConnectString(text)).toEqual({ hosts, chroot });
  });

  it.each([
    ['', 'must not be empty'],
    ['  ', 'must not be empty'],
    ['/app', 'host 1 is empty'],
    ['zk1,,zk2', 'host 2 is empty'],
    ['zk1,', 'host 2 is empty'],
    [':2181', '":2181" has no host name'],
    ['zk1:', 'port "" of "zk1:"'],
    ['zk1:0', 'port "0"'],
    ['zk1:65536', 'port "65536"'],
    ['zk1:2181x', 'port "2181x"'],
    ['zk1:-1', 'port "-1"'],
    ['zk1:1e3', 'port "1e3"'],
    ['::1', 'an IPv6 address needs brackets'],
    ['fe80::1:2181', 'an IPv6 address needs brackets'],
    ['[::1', 'expected [address]'],
    ['[::1]2181', 'expected [address]'],
    ['[zk1]:2181', '"zk1" is no IPv6 address'],
    ['[]', '"" is no IPv6 address'],
    ['zk 1', '"zk 1" is no host name'],
    ['user@zk1', 'is no host name'],
    ['zk://zk1:2181', 'port ""'],
    ['zk1/app/', 'chroot "/app/" must not end with "/"'],
    ['zk1//app', 'chroot "//app" must not have an empty'],
    ['zk1/a/../b', 'chroot "/a/../b" must not have'],
  ])('refuses %j', (text, reason) => {
    let error: unknown;
    try {
      parseConnectString(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InvalidOptionError);
    const { option, message } = error as InvalidOptionError;
    expect(option).toBe('connectString');
    expect(message).toContain(reason);
  });
});
