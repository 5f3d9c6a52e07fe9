/** Limits of one-shots: every one of them can be aborted, and is refused before it is sent if it is too large. */

import { type Observable } from 'rxjs';
import {
  check,
  create,
  enqueue,
  LimitExceededError,
  read,
  remove,
  type Request,
  type RequestOptions,
  set,
  text,
  updateShared,
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

describe('requestTimeoutMs', () => {
  it.each(verbs.filter(([name]) => name !== 'delete, guaranteed'))(
    'bounds %s, also while there is no connection',
    (_, ask) => {
      const { zk, time, network } = new VirtualClient({ client: { requestTimeoutMs: 500 } });
      const errors: unknown[] = [];
      const early = watch(ask(zk, {}));
      network.partition();
      time.advanceTo(499);
      expect(early.error).toBeUndefined();
      time.advanceTo(501);
      errors.push(early.error);
      network.heal();
      watch(zk.state$);
      time.advanceBy(20_000);
      expect(zk.state.status).toBe('connected');
      network.partition();
      const late = watch(ask(zk, {}));
      const own = watch(ask(zk, { timeoutMs: 200 }));
      time.advanceBy(200);
      errors.push(own.error);
      expect(late.error).toBeUndefined();
      time.advanceBy(301);
      errors.push(late.error);
      expect(errors.map((error) => String(error).replace(/:.*/, ''))).toEqual([
        'TimeoutError',
        'TimeoutError',
        'TimeoutError',
      ]);
      expect(errors).toMatchObject([{ timeoutMs: 500 }, { timeoutMs: 200 }, { timeoutMs: 500 }]);
    },
  );
});

describe('maxRequestBytes', () => {
  const large = 'x'.repeat(2000);
  const tooLarge: readonly (readonly [
    what: string,
    ask: (zk: ZooKeeper) => Observable<unknown>,
  ])[] = [
    ['create /a', (zk) => zk.create('/a', large)],
    ['create /a', (zk) => zk.create('/a', large, { idempotent: true })],
    ['create /a', (zk) => zk.create('/a', large, { withStat: true })],
    ['set /a', (zk) => zk.set('/a', large)],
    ['set /a', (zk) => zk.set('/a', large, { idempotent: true })],
    ['transaction /b', (zk) => zk.transaction([set('/a', 'x'), create('/b', large), remove('/c')])],
    ['transaction /z', (zk) => zk.transaction([check('/z', 1), check(`/${large}`, 1)])],
    [
      'set /shared',
      (zk) => updateShared(zk, '/shared', () => large, { codec: text(), initial: '' }),
    ],
    ['transaction /q/entries/entry-100-', (zk) => enqueue(zk, '/q', large)],
  ];
  const rows = tooLarge.flatMap(([what, ask]) => [
    [what, 'connected', ask] as const,
    [what, 'not connected', ask] as const,
  ]);

  it.each(rows)(
    'refuses %s with size, limit and path before it is sent, %s',
    (what, state, ask) => {
      const world = new VirtualClient({ client: { maxRequestBytes: 1024 } });
      const { zk, server, time, network } = world;
      watch(zk.state$);
      time.advanceBy(100);
      world.run(zk.ensurePath('/q'));
      world.run(zk.create('/shared', '1'));
      const before = server.requestCounts();
      if (state === 'not connected') {
        network.partition();
        time.advanceBy(20_000);
        expect(zk.state.status).not.toBe('connected');
      }
      const record = watch(ask(zk));
      if (/shared|q/.test(what)) {
        network.heal();
        time.advanceBy(20_000);
      }
      expect(record.error).toBeInstanceOf(LimitExceededError);
      expect(record.error).toMatchObject({ limit: 1024 });
      expect(String(record.error)).toMatch(
        new RegExp(
          `^LimitExceededError: LimitExceeded \\(request bytes: \\d{4}, limit 1024\\): ${what}`,
        ),
      );
      network.heal();
      time.advanceBy(20_000);
      expect(zk.state.status).toBe('connected');
      const writes = ['create', 'create2', 'setData', 'multi'] as const;
      const count = (counts: ReturnType<typeof server.requestCounts>) =>
        writes.map((name) => counts[name] ?? 0);
      if (!what.includes('/q')) expect(count(server.requestCounts())).toEqual(count(before));
    },
  );

  it('keeps no memory for what waits', () => {
    const { zk, network, time } = new VirtualClient({ client: { maxRequestBytes: 5000 } });
    network.partition();
    const records = Array.from({ length: 20 }, () =>
      watch(zk.create('/a-', large, { sequential: true })),
    );
    network.heal();
    time.advanceBy(20_000);
    expect(records.every(({ completed }) => completed)).toBe(true);
  });
});

describe('maxReplyBytes', () => {
  const large = 'x'.repeat(2000);
  const client = { maxReplyBytes: 1024 };

  it('errs a read whose answer is too large, with size, limit and path, and nothing else', () => {
    const world = new VirtualClient({ client });
    const { zk, time } = world;
    watch(zk.state$);
    world.run(zk.create('/large', large));
    const others = [watch(zk.exists('/large')), watch(zk.get('/large')), watch(zk.exists('/'))];
    time.advanceBy(20_000);
    expect(others.map(({ completed }) => completed)).toEqual([true, false, true]);
    expect(String(others[1]?.error)).toMatch(
      /^LimitExceededError: LimitExceeded \(reply bytes \(maxReplyBytes\): 20\d\d, limit 1024\): get \/large$/,
    );
    expect(zk.state.status).toBe('connected');
  });

  it('errs a live read, which does not ask for ever', () => {
    const world = new VirtualClient({ client });
    const { zk, time, server } = world;
    watch(zk.state$);
    world.run(zk.create('/large', 'small'));
    const record = watch(zk.data$('/large', text()));
    time.advanceBy(100);
    world.run(zk.set('/large', large));
    time.advanceBy(20_000);
    expect(record.values).toEqual(['small']);
    expect(record.error).toBeInstanceOf(LimitExceededError);
    expect(record.error).toMatchObject({ operation: 'data$', path: '/large', limit: 1024 });
    expect(server.requestCounts().getData).toBeLessThan(5);
  });
});
