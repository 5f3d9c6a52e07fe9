/** The contract of bad input: refused before anything is sent, saying what is wrong; and the client works on. */

import {
  check,
  create,
  InvalidOptionError,
  InvalidPathError,
  leaderElection$,
  lock$,
  read,
  type Request,
  set,
  UsageError,
  withLock,
  zookeeper,
  type ZooKeeper,
  type ZooKeeperOptions,
} from '../../../src/index.js';
import { of } from 'rxjs';
import { expectFailure, record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeBadInput(target: ContractTarget): void {
  describe('bad input', () => {
    describePaths(target);
    describeRequestOptions(target);
    describeClientOptions(target);
  });
}

const badPaths: readonly (readonly [string, string])[] = [
  ['', 'must not be empty'],
  ['a', 'must start with "/"'],
  ['/a/', 'must not end with "/"'],
  ['//a', 'must not have an empty, "." or ".." component'],
  ['/a/../b', 'must not have an empty, "." or ".." component'],
  ['/.', 'must not have an empty, "." or ".." component'],
  ['/a\u0000', 'must not contain U+0000 (position 2)'],
  ['/a\u001f', 'must not contain U+001F (position 2)'],
  ['/\ue000', 'must not contain U+E000 (position 1)'],
  ['/😀', 'must not contain U+D83D (position 1)'],
];

const verbs: readonly (readonly [string, (zk: ZooKeeper, path: string) => Request<unknown>])[] = [
  ['get', (zk, path) => zk.get(path)],
  ['exists', (zk, path) => zk.exists(path)],
  ['children', (zk, path) => zk.children(path)],
  ['create', (zk, path) => zk.create(path)],
  ['set', (zk, path) => zk.set(path, 'x')],
  ['delete', (zk, path) => zk.delete(path)],
  ['ensurePath', (zk, path) => zk.ensurePath(path)],
  ['getAcl', (zk, path) => zk.getAcl(path)],
  ['setAcl', (zk, path) => zk.setAcl(path, [{ perms: 31, scheme: 'world', id: 'anyone' }])],
  ['sync', (zk, path) => zk.sync(path)],
  ['countDescendants', (zk, path) => zk.countDescendants(path)],
  ['ephemerals', (zk, path) => zk.ephemerals(path)],
  ['transaction, operation 2: check', (zk, path) => zk.transaction([create('/ok'), check(path)])],
  ['transaction, operation 1: create', (zk, path) => zk.transaction([create(path)])],
];

function describePaths(target: ContractTarget): void {
  it.each(verbs)('as path is refused by %s', async (operation, ask) => {
    const zk = await target.client();
    for (const [path, reason] of badPaths) {
      const message = `InvalidPath (${reason}): ${operation} ${path}`;
      const error = await expectFailure(ask(zk, path), InvalidPathError, message);
      expect(error).toMatchObject({ path, reason, operation });
    }
    expect(zk.state.status).toBe('closed');
    expect(await zk.children('/')).toEqual([]);
  });

  it('as path is refused by multiRead and by recipes', async () => {
    const zk = await target.client();
    await expectFailure(
      zk.multiRead([read.data('a')]),
      InvalidPathError,
      /^InvalidPath .*multiRead/,
    );
    for (const source$ of [
      lock$(zk, 'a'),
      leaderElection$(zk, 'a'),
      of(1).pipe(withLock(zk, 'a')),
    ]) {
      expect(await record<unknown>(source$).failure()).toBeInstanceOf(InvalidPathError);
    }
    expect(await zk.children('/')).toEqual([]);
  });
}

// The types forbid most of this, but not every caller has types.
const untyped = (value: unknown) => value as never;

const badRequests: readonly (readonly [string, string, (zk: ZooKeeper) => Request<unknown>])[] = [
  ['a misspelt option', 'timeoutMS', (zk) => zk.get('/', untyped({ timeoutMS: 1 }))],
  ['a timeout of 0', 'timeoutMs', (zk) => zk.get('/', { timeoutMs: 0 })],
  ['a timeout of NaN', 'timeoutMs', (zk) => zk.get('/', { timeoutMs: NaN })],
  ['a signal that is none', 'signal', (zk) => zk.get('/', untyped({ signal: 'stop' }))],
  ['an unknown mode', 'mode', (zk) => zk.create('/a', null, untyped({ mode: 'eternal' }))],
  ['no TTL for ttl', 'ttlMs', (zk) => zk.create('/a', null, { mode: 'ttl' })],
  ['a TTL for another mode', 'ttlMs', (zk) => zk.create('/a', null, { ttlMs: 5 })],
  ['too long a TTL', 'ttlMs', (zk) => zk.create('/a', null, { mode: 'ttl', ttlMs: 2 ** 40 })],
  [
    'a numbered container',
    'sequential',
    (zk) => zk.create('/a', null, { mode: 'container', sequential: true }),
  ],
  ['an empty ACL', 'acl', (zk) => zk.create('/a', null, { acl: [] })],
  ['no ACL at all', 'acl', (zk) => zk.setAcl('/', untyped(undefined))],
  ['a number as data', 'data', (zk) => zk.create('/a', untyped(5))],
  ['no data to set', 'data', (zk) => zk.set('/', untyped(undefined))],
  ['a version that is none', 'version', (zk) => zk.set('/', 'x', { version: 1.5 })],
  ['a version beyond all', 'version', (zk) => zk.delete('/', { version: 2 ** 31 })],
  ['a list that is none', 'operations', (zk) => zk.transaction(untyped('all'))],
  ['data in a transaction', 'data', (zk) => zk.transaction([set('/', untyped({}))])],
  ['a change of nothing', 'members', (zk) => zk.reconfig({})],
  ['credentials without bytes', 'credential', (zk) => zk.addAuth('digest', untyped(5))],
  ['no scheme', 'scheme', (zk) => zk.addAuth(untyped(undefined), 'x')],
];

function describeRequestOptions(target: ContractTarget): void {
  it.each(badRequests)('%s is refused, naming %s', async (_, option, ask) => {
    const zk = await target.client();
    const error = await expectFailure(ask(zk), InvalidOptionError, /^InvalidOption /);
    expect(error).toMatchObject({ option });
    expect(error).toBeInstanceOf(UsageError);
    expect(zk.state.status).toBe('closed');
    expect(await zk.create('/works')).toBe('/works');
  });
}

const badClients: readonly (readonly [string, string, ZooKeeperOptions])[] = [
  ['', 'connectString', {}],
  ['host:port', 'connectString', {}],
  ['host:70000', 'connectString', {}],
  ['a,,b', 'connectString', {}],
  ['host/not//sound', 'connectString', {}],
  ['::1', 'connectString', {}],
  ['host', 'sessionTimeoutMs', { sessionTimeoutMs: 0 }],
  ['host', 'sessionTimeoutMs', { sessionTimeoutMs: 2 ** 31 }],
  ['host', 'idleGraceMs', { idleGraceMs: -1 }],
  ['host', 'maxRequestBytes', { maxRequestBytes: 10 }],
  ['host', 'reconnect.maxDelayMs', { reconnect: { initialDelayMs: 50, maxDelayMs: 10 } }],
  ['host', 'auth[0].scheme', { auth: [{ scheme: '', credential: 'x' }] }],
  ['host', 'defaultAcl', { defaultAcl: [] }],
  ['host', 'sesionTimeoutMs', untyped({ sesionTimeoutMs: 5 })],
];

function describeClientOptions(target: ContractTarget): void {
  it.each(badClients)('for a client at "%s" is refused, naming %s', (hosts, option, options) => {
    let thrown: unknown;
    try {
      zookeeper(hosts, options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidOptionError);
    expect(thrown).toMatchObject({ option });
    expect(target.hosts).not.toBe('');
  });
}
