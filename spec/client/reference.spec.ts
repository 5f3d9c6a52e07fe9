/** The reference of options and errors beside what the code does: its defaults, its limits, and what is tried again. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { of } from 'rxjs';
import {
  ConnectionLossError,
  errorCodes,
  fourLetterWord,
  gzip,
  InvalidOptionError,
  isRetryable,
  lock$,
  pick,
  retryWithBackoff,
  srvHosts$,
  text,
  TimeoutError,
  type Transport,
  zookeeper,
} from '../../src/index.js';
import { resolveOptions } from '../../src/client/resolve-options.js';
import { errorOfCode } from '../../src/errors/error-of-code.js';
import { realPlatform } from '../../src/platform.js';
import { maxTimerMs } from '../../src/rx/alarm.js';
import { settleOptions } from '../../src/server/settled-options.js';
import { resolveQuestion } from '../../src/tools/word-options.js';
import { numberIn, readReference } from '../house/reference.js';
import { root } from '../house/sources.js';
import { VirtualClient, watch } from './virtual-client.js';

const reference = readReference(readFileSync(join(root, 'src/client/README.md'), 'utf8'));
const transport: Transport = {
  connect: () => ({ wantWrite: () => undefined, close: () => undefined }),
};

/** The rows of a section. */
function rowsOf(title: string): readonly (readonly [name: string, row: readonly string[]])[] {
  const rows = [...(reference.get(title)?.rows ?? [])];
  expect(rows.length).toBeGreaterThan(0);
  return rows;
}

/** Errs, or does not, as the option can be used. */
type Try = (options: object) => unknown;

const subscribed = (
  make: (world: VirtualClient) => ReturnType<VirtualClient['zk']['exists']>,
): unknown => {
  const world = new VirtualClient();
  const record = watch(make(world));
  record.subscription?.unsubscribe();
  return record.error;
};

/** What takes the options of a section; it throws or returns what it errs with. */
const users: Readonly<Record<string, Try>> = {
  ZooKeeperOptions: (options) => zookeeper('zk1', { transport, ...options }),
  RequestOptions: (options) => subscribed(({ zk }) => zk.exists('/', options)),
  RetryOptions: (options) => watch(of(1).pipe(retryWithBackoff(options))).error,
  FourLetterWordOptions: (options) => {
    const record = watch(fourLetterWord('zk1', 'ruok', { transport, ...options }));
    record.subscription?.unsubscribe();
    return record.error;
  },
  GzipOptions: (options) => gzip(text(), { zlib: { gzipSync, gunzipSync }, ...options }),
  PickOptions: (options) => watch(of([]).pipe(pick(new VirtualClient().zk, options))).error,
  SrvHostsOptions: (options) => srvHosts$('_zookeeper._tcp.example', options),
  WaitOptions: (options) => {
    const record = watch(lock$(new VirtualClient().zk, '/lock', options));
    record.subscription?.unsubscribe();
    return record.error;
  },
};

function isRefused(use: Try, options: object): boolean {
  try {
    const result = use(options);
    if (result instanceof InvalidOptionError) return true;
    if (result instanceof Error) throw result;
    return false;
  } catch (error) {
    if (error instanceof InvalidOptionError || error instanceof TypeError) return true;
    throw error;
  }
}

const ranges = Object.keys(users).flatMap((title) =>
  [...(reference.get(title)?.rows ?? [])].flatMap(([name, [, , limit = '']]) => {
    const [, low, high, rest = ''] = /^([\d,]+) to ([\d,]+)(.*)$/.exec(limit) ?? [];
    if (low === undefined || high === undefined || name === 'reconnect') return [];
    const [from, to] = [numberIn(low) ?? 0, numberIn(high) ?? 0];
    return [
      [`${title}.${name}`, { title, name, from, to, infinite: rest.includes('Infinity') }],
    ] as const;
  }),
);

describe('the limits in the reference', () => {
  it('are many', () => {
    expect(ranges.length).toBeGreaterThan(18);
    expect(maxTimerMs).toBe(2_147_483_647);
  });

  it.each(ranges)('are those of %s', (_, { title, name, from, to, infinite }) => {
    const use = users[title] ?? (() => undefined);
    const refused = [from - 1, from, to, to + 1, Infinity, -1, NaN, '5'].map((value) =>
      isRefused(use, { [name]: value }),
    );
    expect(refused).toEqual([true, false, false, true, !infinite, true, true, true]);
  });
});

describe('the defaults in the reference', () => {
  it.each<[string, object]>([
    ['ZooKeeperOptions', resolveOptions({ transport }, realPlatform)],
    [
      'FourLetterWordOptions',
      resolveQuestion({ host: 'zk1', word: 'ruok', options: { transport } }),
    ],
    ['EmbeddedServerOptions', settleOptions({ scheduler: new VirtualClient().time })],
  ])('of %s are those of the code', (title, settled) => {
    const values = settled as Readonly<Record<string, unknown>>;
    const plain = rowsOf(title).flatMap(([name, [, told = '']]) => {
      const value = values[name];
      if (!['number', 'boolean'].includes(typeof value)) return [];
      const shown = told.replace(/`/g, '');
      if (typeof value === 'boolean' || value === Infinity) return [[name, shown, String(value)]];
      const number = shown.endsWith('MiB') ? (numberIn(shown) ?? 0) * 2 ** 20 : numberIn(shown);
      // `20 ticks` is another unit.
      const isPlain = /^[\d,.]*\d(?: MiB|$|[:,])/.test(shown);
      return number === undefined || !isPlain ? [] : [[name, String(number), String(value)]];
    });
    expect(plain.length).toBeGreaterThan(1);
    expect(plain.map(([name, told]) => [name, told])).toEqual(
      plain.map(([name, , value]) => [name, value]),
    );
  });
});

/** What is said of an error by `isRetryable`, as the table has it. */
function ruleOf(make: (operation: string) => unknown): string {
  if (isRetryable(make('set'))) return 'always';
  const idempotent = isRetryable(make('set'), { idempotent: true });
  if (idempotent && isRetryable(make('get'))) return 'if harmless';
  return isRetryable(make('set'), { sessionExpired: true }) ? 'in a new session' : 'never';
}

describe('the errors in the reference', () => {
  const rows = rowsOf('Errors');

  it.each(Object.entries(errorCodes))('have the code of %s, and its rule', (_, code) => {
    const { name } = errorOfCode(code, {});
    const [told, , , rule] = rows.find(([row]) => row === name)?.[1] ?? [];
    expect([name, told]).toEqual([name, String(code)]);
    expect([name, rule]).toEqual([
      name,
      ruleOf((operation) => errorOfCode(code, { operation, path: '/a' })),
    ]);
  });

  it('have a code only where there is one', () => {
    const names = new Set(Object.values(errorCodes).map((code) => errorOfCode(code, {}).name));
    const others = rows.filter(([, [code = '']]) => /^-\d/.test(code)).map(([name]) => name);
    expect(others.filter((name) => !names.has(name))).toEqual([]);
  });

  it('tell what is done again after a lost connection and a time limit', () => {
    const rule = (name: string) => rows.find(([row]) => row === name)?.[1][3];
    expect(rule('ConnectionLossError')).toBe(
      ruleOf((operation) => new ConnectionLossError('unknown', { operation })),
    );
    expect(rule('TimeoutError')).toBe(
      ruleOf((operation) => new TimeoutError(5, 'unknown', { operation })),
    );
  });
});
