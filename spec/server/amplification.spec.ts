/** Few bytes that ask for much: time, memory, or a reply that nobody could take. */

import { encode } from '../../src/wire/writer.js';
import { type MultiOperation } from '../../src/wire/multi.js';
import { operations } from '../../src/wire/operations.js';
import { bytes, open, said, type Speaker, startWorld } from './world.js';

const limitMs = 4_000;

/** What is quadratic in a megabyte takes hours. */
function quickly<T>(work: () => T): T {
  const from = performance.now();
  const result = work();
  expect(performance.now() - from).toBeLessThan(limitMs);
  return result;
}

const flood = 'x'.repeat(900_000);

describe('a request of a megabyte', () => {
  it.each([
    ['colons and a letter', 'digest', `${':'.repeat(900_000)}x`],
    ['letters', 'digest', flood],
    ['colons', 'digest', ':'.repeat(900_000)],
    ['many numbers', 'ip', '1.'.repeat(450_000)],
    ['many bits', 'ip', `1.1.1.1/${'1'.repeat(900_000)}`],
    ['colons', 'ip', ':'.repeat(900_000)],
  ])('is looked at once: an ACL of %s for %s', (_, scheme, id) => {
    const client = startWorld({ version: '3.9.4' }).connect();
    const acl = [{ perms: 31, scheme, id }];
    expect(quickly(() => client.create('/a', { acl }))).toBe('InvalidACL');
  });

  it.each([
    ['no end of a quoted value', `username="${flood}`],
    ['nothing but escapes', `username="${'\\'.repeat(900_000)}`],
    ['blanks', `username${' '.repeat(900_000)}x`],
    ['a name', 'a-'.repeat(450_000)],
    ['a long user', `username="${flood}",nonce="x"`],
  ])('is looked at once: an answer to SASL with %s', (_, text) => {
    const client = startWorld({ saslUsers: { bob: 'secret' } }).connect();
    client.call('sasl', { token: new Uint8Array(0) });
    expect(said(quickly(() => client.call('sasl', { token: bytes(text) })))).toBe('AuthFailed');
    expect(client.closed).toBe(true);
  });

  it('is looked at once: limits of a quota', () => {
    const client = startWorld({ enforceQuota: true }).connect();
    client.create('/q');
    client.create('/zookeeper/quota/q');
    const limits = bytes(`count=1${'='.repeat(900_000)}x`);
    client.create('/zookeeper/quota/q/zookeeper_limits', { data: limits });
    client.create('/zookeeper/quota/q/zookeeper_stats', { data: limits });
    expect(quickly(() => client.create('/q/a'))).toMatch(/^\/q\/a$|MarshallingError/);
  });

  it('may be a multi of tens of thousands', () => {
    const client = startWorld().connect();
    const one = { type: 'create', path: '/n-', data: null, acl: open, flags: 2 } as const;
    const many = Array.from({ length: 15_000 }, () => one);
    expect(quickly(() => client.call('multi', many).body)).toHaveLength(15_000);
    const refused = [...many, { type: 'check', path: '/none', version: 0 } as const];
    expect(quickly(() => client.call('multi', refused).body)).toHaveLength(15_001);
    expect(client.create('/n-', { flags: 2 })).toBe('/n-0000015000');
  });

  it.each(['create', 'setAcl', 'setWatches', 'setWatches2'] as const)(
    'of %s with a count of what is not there allocates nothing',
    (name) => {
      const client = startWorld().connect();
      const before = process.memoryUsage().heapUsed;
      for (const count of [0x7fff_ffff, 0x0fff_ffff, 1_000_000, -2]) {
        client.sendFrame(
          encode((writer) => {
            writer.int(1);
            writer.int(operations[name].opcode);
            if (name.startsWith('setWatches')) writer.long(0n);
            else writer.string('/a');
            if (name === 'create') writer.buffer(null);
            writer.int(count);
          }),
        );
        expect(said({ ...client.takeReply(), body: undefined })).toBe('MarshallingError');
      }
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 2 ** 20);
      expect(client.exists('/')).toBe('ok');
    },
  );
});

describe('a multiRead', () => {
  const ask = (client: Speaker, type: 'getData' | 'getChildren', count: number): string => {
    const one: MultiOperation = { type, path: '/big', watch: false };
    return said(
      client.call(
        'multiRead',
        Array.from({ length: count }, () => one),
      ),
    );
  };

  it('of more data than any client takes is refused, and no memory goes into it', () => {
    const client = startWorld().connect();
    client.create('/big', { data: new Uint8Array(1_000_000) });
    expect(ask(client, 'getData', 60)).toBe('ok');
    expect(quickly(() => ask(client, 'getData', 40_000))).toBe('MarshallingError');
    expect(client.exists('/big')).toBe('ok');
  });

  it('of more names than any client takes is refused', () => {
    const client = startWorld().connect();
    client.create('/big');
    const acl = open;
    const names = Array.from({ length: 5_000 }, (_, i) => `/big/${'n'.repeat(100)}${String(i)}`);
    for (const path of names) client.create(path, { acl });
    expect(quickly(() => ask(client, 'getChildren', 40_000))).toBe('MarshallingError');
  });
});

describe('a connection', () => {
  it('proves a hundred identities and no more', () => {
    const client = startWorld().connect();
    const answers = Array.from({ length: 99 }, (_, i) => client.auth(`user${String(i)}:x`));
    expect(new Set(answers)).toEqual(new Set(['ok']));
    expect(client.auth('onemore:x')).toBe('AuthFailed');
    expect(client.closed).toBe(true);
  });
});

describe('a tree of great depth', () => {
  it('is counted, measured and told of without a stack', () => {
    const client = startWorld().connect();
    let path = '';
    for (let depth = 0; depth < 6_000; depth++) client.create((path += '/d'));
    client.addWatch('/', 1);
    expect(client.call('getAllChildrenNumber', { path: '/d' }).body).toBe(5_999);
    expect(quickly(() => client.setData(path))).toBe('ok');
    expect(client.events()).toEqual([`dataChanged ${path}`]);
    client.create('/zookeeper/quota/d');
    client.create('/zookeeper/quota/d/zookeeper_limits', { data: bytes('count=1,bytes=1') });
    client.create('/zookeeper/quota/d/zookeeper_stats', { data: bytes('count=0,bytes=0') });
    expect(quickly(() => client.setData(path))).toBe('ok');
  });
});
