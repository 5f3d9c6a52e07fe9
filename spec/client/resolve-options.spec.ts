/** The options of a client: defaults, and what is refused. */

import { asyncScheduler, VirtualTimeScheduler } from 'rxjs';
import { type ZooKeeperOptions } from '../../src/client/options.js';
import { resolveOptions } from '../../src/client/resolve-options.js';
import { InvalidOptionError } from '../../src/errors/client-errors.js';
import { memoryNetwork } from '../../src/transport/memory.js';

const { transport } = memoryNetwork({ scheduler: new VirtualTimeScheduler() });
const platform = { monotonicNow: () => 42, random: () => 0.25 };

function resolve(options: ZooKeeperOptions) {
  return resolveOptions({ transport, ...options }, platform);
}

function refusal(options: object): InvalidOptionError {
  try {
    resolve(options);
  } catch (error) {
    if (error instanceof InvalidOptionError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('resolveOptions', () => {
  it('fills in the documented defaults', () => {
    const { scheduler, monotonicNow, random, ...rest } = resolve({});
    expect(scheduler).toBe(asyncScheduler);
    expect(monotonicNow()).toBe(42);
    expect(random()).toBe(0.25);
    expect(rest).toEqual({
      sessionTimeoutMs: 10_000,
      connectTimeoutMs: undefined,
      readOnly: false,
      session: undefined,
      idleGraceMs: 1000,
      requestTimeoutMs: 30_000,
      maxPendingRequests: 262_144,
      waitForConnectionMs: Infinity,
      maxRequestBytes: 1_048_575,
      maxReplyBytes: 67_108_864,
      reconnect: { initialDelayMs: 100, maxDelayMs: 2000 },
      auth: [],
      defaultAcl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
      shuffleHosts: true,
      onReport: undefined,
      transport,
    });
  });

  it('takes the time of another scheduler for the monotonic clock', () => {
    const scheduler = new VirtualTimeScheduler();
    scheduler.frame = 7;
    expect(resolve({ scheduler }).monotonicNow()).toBe(7);
    expect(resolve({ scheduler, monotonicNow: () => 8 }).monotonicNow()).toBe(8);
  });

  it('raises the longest pause with the first', () => {
    expect(resolve({ reconnect: { initialDelayMs: 5000 } }).reconnect.maxDelayMs).toBe(5000);
  });

  it('takes text credentials as UTF-8', () => {
    const [credential] = resolve({ auth: [{ scheme: 'digest', credential: 'ü:p' }] }).auth;
    expect(credential?.credential).toEqual(new Uint8Array([0xc3, 0xbc, 0x3a, 0x70]));
  });

  it.each(['idleGraceMs', 'requestTimeoutMs'])('takes Infinity for %s', (option) => {
    expect(resolve({ [option]: Infinity })).toMatchObject({ [option]: Infinity });
  });

  it.each([
    ['sessionTimeoutMs', 0],
    ['sessionTimeoutMs', 1.5],
    ['sessionTimeoutMs', Infinity],
    ['sessionTimeoutMs', 2 ** 31],
    ['sessionTimeoutMs', '1000'],
    ['connectTimeoutMs', NaN],
    ['idleGraceMs', -1],
    ['requestTimeoutMs', 0],
    ['requestTimeoutMs', 2 ** 31],
    ['maxPendingRequests', 0],
    ['maxRequestBytes', -5],
    ['waitForConnectionMs', 0],
    ['maxReplyBytes', null],
    ['shuffleHosts', 'yes'],
    ['onReport', {}],
    ['scheduler', { now: () => 0 }],
    ['monotonicNow', 5],
    ['random', 0.5],
    ['transport', () => undefined],
    ['defaultAcl', []],
    ['defaultAcl', [{ perms: '31', scheme: 'world', id: 'anyone' }]],
    ['auth', 'digest'],
  ])('refuses %s = %p', (option, value) => {
    const error = refusal({ [option]: value });
    expect(error.option).toBe(option);
    expect(error.reason).toMatch(/^must be /);
  });

  it.each([
    [{ reconnect: { maxDelayMs: 0 } }, 'reconnect.maxDelayMs'],
    [{ reconnect: { initialDelayMs: 10, maxDelayMs: 9 } }, 'reconnect.maxDelayMs'],
    [{ auth: [{ scheme: '', credential: 'x' }] }, 'auth[0].scheme'],
    [{ auth: [{ scheme: 'digest', credential: 5 }] }, 'auth[0].credential'],
  ])('names the place inside: %j', (options, place) => {
    expect(refusal(options).option).toBe(place);
  });

  it.each([
    [{ sessionTimeout: 5 }, 'sessionTimeout', 'did you mean sessionTimeoutMs?'],
    [{ requestTimeoutms: 5 }, 'requestTimeoutms', 'did you mean requestTimeoutMs?'],
    [{ reconnect: { maxDelay: 5 } }, 'reconnect.maxDelay', 'did you mean maxDelayMs?'],
    [{ zzz: 5 }, 'zzz', 'there is no such option'],
  ])('refuses an unknown name: %j', (options, place, hint) => {
    const error = refusal(options);
    expect(error.option).toBe(place);
    expect(error.message).toContain(hint);
  });

  it('never shows a credential', () => {
    const error = refusal({ auth: [{ scheme: 'digest', credential: ['secret'] }] });
    expect(error.message).not.toContain('secret');
  });
});
