/** Above the transports there is no clock, no timer, no chance, no Promise; and the check of it catches each of them. */

import { checkAllowances, checkAmbient, type Allowance } from './ambient.js';
import { readSources } from './sources.js';

const sources = readSources('src');

/** The places where the outside world comes in. */
const allowances: readonly Allowance[] = [
  {
    files: /^src\/platform\.ts$/,
    names: ['performance', 'Math.random'],
    reason: 'the default clock and chance, which options replace',
  },
  {
    files: /^src\/transport\/(?:tcp|tls|socket|srv)[a-z-]*\.ts$/,
    names: 'all',
    reason: 'real sockets live in real time',
  },
  { files: /^src\/testing\//, names: 'all', reason: 'starts real servers and real time' },
  { files: /^src\/cli\//, names: 'all', reason: 'is a process, with arguments and signals' },
  {
    files: /^src\/(?:client\/(?:resolve-options|retry-with-backoff)|tools\/word-options)\.ts$/,
    names: ['asyncScheduler'],
    reason: 'the default of the option `scheduler`',
  },
  {
    files: /^src\/client\/(?:request|awaitable)\.ts$/,
    names: ['PromiseLike', 'Promise'],
    reason: 'one-shots can be awaited: here is their `then`',
  },
  {
    files: /^src\/client\/standard-schema\.ts$/,
    names: ['PromiseLike', 'Promise'],
    reason: 'the published interface of validators, some of which are asynchronous',
  },
  {
    files: /^src\/client\/sasl\/gssapi\.ts$/,
    names: ['PromiseLike'],
    reason: 'the interface of the package kerberos, which is asynchronous',
  },
  {
    files: /^src\/client\/zookeeper\.ts$/,
    names: ['Promise', 'AsyncDisposable'],
    reason: 'the signatures of close() and Symbol.asyncDispose',
  },
  {
    files: /^src\/client\/create\.ts$/,
    names: ['Promise'],
    reason: "close() returns one, at the user's edge",
  },
];

describe('time, chance and Promises', () => {
  it('are not taken from outside in src', () => {
    expect(checkAmbient(sources, allowances)).toEqual([]);
  });

  it('have no allowance that nothing needs', () => {
    expect(checkAllowances(sources, allowances)).toEqual([]);
  });

  it.each([
    ['Promise', `export const p = new Promise(() => undefined);`],
    ['Promise', `export declare function f(): Promise<void>;`],
    ['async', `export const f = async () => 1;`],
    ['await', `await x;`],
    ['for await', `for await (const x of y) f(x);`],
    ['setTimeout', `setTimeout(f, 1);`],
    ['setTimeout', `globalThis.setTimeout(f, 1);`],
    ['setTimeout', `const later = setTimeout;`],
    ['setInterval', `setInterval(f, 1);`],
    ['setImmediate', `setImmediate(f);`],
    ['queueMicrotask', `queueMicrotask(f);`],
    ['Date.now', `const now = Date.now;`],
    ['new Date()', `new Date();`],
    ['Date()', `Date();`],
    ['performance', `performance.now();`],
    ['crypto', `crypto.randomUUID();`],
    ['Math.random', `const random = Math.random;`],
    ['process', `process.nextTick(f);`],
    ['Buffer', `Buffer.from('a');`],
    ['Buffer', `declare const b: Buffer;`],
    ['AbortSignal.timeout', `AbortSignal.timeout(1);`],
    ['firstValueFrom', `firstValueFrom(x$);`],
    ['asyncScheduler', `const { asyncScheduler } = rx;`],
    ['timer without a scheduler', `import { timer } from 'rxjs'; timer(10);`],
    ['delay without a scheduler', `import { delay } from 'rxjs'; x$.pipe(delay(10));`],
  ])('are caught: %s in %s', (name, text) => {
    const found = checkAmbient([{ path: 'src/client/a.ts', text }], []);
    expect(found).toEqual([`src/client/a.ts:1 uses ${name}`]);
  });

  it.each([
    `// Promise, setTimeout(f), Date.now()`,
    `const word = 'Promise';`,
    `const when = new Date(0);`,
    `options.process(1);`,
    `interface A { performance: number; crypto(): void }`,
    `const a = { process: 1 };`,
    `import { timer } from 'rxjs'; timer(10, scheduler);`,
    `import { timeout } from 'rxjs'; x$.pipe(timeout({ first: 1, scheduler }));`,
    `timer(10);`,
  ])('are not seen in %s', (text) => {
    expect(checkAmbient([{ path: 'src/client/a.ts', text }], [])).toEqual([]);
  });

  it('are allowed by name, and only where the allowance says', () => {
    const allowance: Allowance = { files: /^src\/a\.ts$/, names: ['Promise'], reason: 'a test' };
    const text = `export declare const p: Promise<Buffer>;`;
    expect(checkAmbient([{ path: 'src/a.ts', text }], [allowance])).toEqual([
      'src/a.ts:1 uses Buffer',
    ]);
    expect(checkAmbient([{ path: 'src/b.ts', text }], [allowance])).toHaveLength(2);
  });

  it('have an allowance reported when nothing needs it', () => {
    const allowance: Allowance = { files: /^src\/a\.ts$/, names: ['Promise'], reason: 'a test' };
    expect(checkAllowances([{ path: 'src/a.ts', text: 'f();' }], [allowance])).toHaveLength(1);
    expect(
      checkAllowances([{ path: 'src/a.ts', text: 'async () => 1' }], [allowance]),
    ).toHaveLength(1);
    expect(checkAllowances([{ path: 'src/a.ts', text: 'Promise' }], [allowance])).toEqual([]);
  });
});
