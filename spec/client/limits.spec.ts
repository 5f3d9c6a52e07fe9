/** Limits of one-shots: every one of them can be aborted, and is refused before it is sent if it is too large. */

import {
  check,
  create,
  LimitExceededError,
  read,
  type Request,
  type RequestOptions,
  type ZooKeeper,
} from '../../src/index.js';
import { VirtualClient, watch } from './virtual-client.js';

type Ask = (zk: ZooKeeper, options: RequestOptions) => Request<unknown>;

const verbs: readonly (readonly [name: string, ask: Ask])[] = [
  ['get', (zk, options) => zk.get('/a', options)],
  ['exists', (zk, options) => zk.exists('/a', options)],
  ['children', (zk, options) => zk.children('/a', options)],
  ['create', (zk, options) => zk.create('/b', 'x', options)],
  ['create, idempotent', (zk, options) => zk.create('/b', 'x', { ...options, idempotent: true })],
  ['set', (zk, options) => zk.set('/a', 'x', options)],
  ['set, idempotent', (zk, options) => zk.set('/a', 'x', { ...options, idempotent: true })],
  ['delete', (zk, options) => zk.delete('/a', options)],
  ['delete, idempotent', (zk, options) => zk.delete('/a', { ...options, idempotent: true })],
  ['delete, recursive', (zk, options) => zk.delete('/a', { ...options, recursive: true })],
  ['delete, guaranteed', (zk, options) => zk.delete('/a', { ...options, guaranteed: true })],
  ['ensurePath', (zk, options) => zk.ensurePath('/b/c', options)],
  ['getAcl', (zk, options) => zk.getAcl('/a', options)],
  ['setAcl', (zk, options) => zk.setAcl('/a', [{ perms: 1, scheme: 'ip', id: '::1' }], options)],
  ['sync', (zk, options) => zk.sync('/a', options)],
  ['transaction', (zk, options) => zk.transaction([check('/a', 0)], options)],
  ['multiRead', (zk, options) => zk.multiRead([read.data('/a')], options)],
  ['ephemerals', (zk, options) => zk.ephemerals('/', options)],
  ['countDescendants', (zk, options) => zk.countDescendants('/', options)],
  ['whoAmI', (zk, options) => zk.whoAmI(options)],
  ['getConfig', (zk, options) => zk.getConfig(options)],
  ['reconfig', (zk, options) => zk.reconfig({ leaving: '1' }, options)],
  ['addAuth', (zk, options) => zk.addAuth('digest', 'bob:pw', options)],
];

describe('a signal', () => {
  it.each(verbs)('ends %s at once, and is let go of', (_, ask) => {
    const { zk, time, network } = new VirtualClient();
    watch(zk.state$);
    time.advanceBy(100);
    network.partition();
    const controller = new AbortController();
    const { signal } = controller;
    const added = jest.spyOn(signal, 'addEventListener');
    const removed = jest.spyOn(signal, 'removeEventListener');
    const record = watch(ask(zk, { signal }));
    expect(record.error).toBeUndefined();
    controller.abort('enough');
    expect(record.error).toBe('enough');
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
    expect(watch(ask(zk, { signal })).error).toBe('enough');
  });
});

describe('maxRequestBytes', () => {
  const large = 'x'.repeat(2000);
  it.each<[string, (zk: ZooKeeper) => Request<unknown>]>([
    ['create /a', (zk) => zk.create('/a', large)],
    ['create /a', (zk) => zk.create('/a', large, { idempotent: true })],
    ['set /a', (zk) => zk.set('/a', large)],
    ['transaction', (zk) => zk.transaction([create('/a', large)])],
  ])('refuses what is too large before it is sent, with size, limit and path: %s', (what, ask) => {
    const { zk, server, time } = new VirtualClient({ client: { maxRequestBytes: 1024 } });
    watch(zk.state$);
    time.advanceBy(100);
    const { error } = watch(ask(zk));
    expect(error).toBeInstanceOf(LimitExceededError);
    expect(error).toMatchObject({ limit: 1024 });
    expect(String(error)).toMatch(
      new RegExp(
        `^LimitExceededError: LimitExceeded \\(request bytes: 20\\d\\d, limit 1024\\): ${what}$`,
      ),
    );
    time.advanceBy(100);
    expect(Object.keys(server.requestCounts())).not.toContain('create');
    expect(zk.state.status).toBe('connected');
  });
});
