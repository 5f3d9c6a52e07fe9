/** retryWithBackoff: which errors it tries again, after which pauses, and when it stops. */

import { concat, defer, type Observable, of, throwError } from 'rxjs';
import {
  AuthFailedError,
  ConnectionLossError,
  DecodeError,
  InvalidOptionError,
  isRetryable,
  LockLostError,
  type RetryOptions,
  retryWithBackoff,
  SessionClosedError,
  SessionExpiredError,
  TimeoutError,
  UsageError,
} from '../../src/index.js';
import { errorCodes } from '../../src/errors/codes.js';
import { serverError } from '../../src/errors/error-of-code.js';
import { VirtualTime } from '../support/virtual-time.js';
import { VirtualClient, watch } from './virtual-client.js';
import { dice } from '../support/dice.js';

const notSent = new ConnectionLossError('not-sent', { operation: 'create', path: '/a' });

/** A source that always errs with this, and when it was subscribed to. */
function failing(time: VirtualTime, error: unknown): { source$: Observable<never>; at: number[] } {
  const at: number[] = [];
  const source$ = defer(() => {
    at.push(time.now());
    return throwError(() => error);
  });
  return { source$, at };
}

/** When the tries were, in an hour. */
function tries(options: RetryOptions, error: unknown = notSent): readonly number[] {
  const time = new VirtualTime();
  const { source$, at } = failing(time, error);
  const record = watch(source$.pipe(retryWithBackoff({ scheduler: time, jitter: 0, ...options })));
  time.advanceBy(3_600_000);
  if (record.error !== undefined) expect(record.error).toBe(error);
  else record.subscription?.unsubscribe();
  expect(time.pending).toBe(0);
  const [first = 0] = at;
  return at.map((when) => when - first);
}

describe('retryWithBackoff', () => {
  it('tries ten times more, with pauses that double up to a bound, and passes the last error on', () => {
    expect(tries({})).toEqual([0, 100, 300, 700, 1500, 3100, 6300, 12_700, 22_700, 32_700, 42_700]);
  });

  it.each<[string, RetryOptions, readonly number[]]>([
    ['bounded', { initialDelayMs: 10, maxDelayMs: 25, maxRetries: 4 }, [0, 10, 30, 55, 80]],
    ['n times', { maxRetries: 3, initialDelayMs: 50, factor: 1 }, [0, 50, 100, 150]],
    ['one time', { maxRetries: 1 }, [0, 100]],
    ['never', { maxRetries: 0 }, [0]],
    ['until elapsed', { maxElapsedMs: 700, maxRetries: Infinity }, [0, 100, 300, 700]],
    ['until just before', { maxElapsedMs: 699, maxRetries: Infinity }, [0, 100, 300]],
    ['a long first pause', { initialDelayMs: 60_000, maxRetries: 1 }, [0, 60_000]],
  ])('has the policy %s', (_, options, expected) => {
    expect(tries(options)).toEqual(expected);
  });

  it('goes on for ever if told to', () => {
    const pauses = { initialDelayMs: 1000, maxDelayMs: 1000 };
    expect(tries({ maxRetries: Infinity, ...pauses })).toHaveLength(3601);
    // 2 ** 1024 is Infinity.
    expect(tries({ maxRetries: 2000, ...pauses })).toHaveLength(2001);
  });

  it('leaves as much to chance as it is told', () => {
    const random = () => 0.5;
    expect(tries({ maxRetries: 2, jitter: 1, random })).toEqual([0, 50, 150]);
    expect(tries({ maxRetries: 2, jitter: 0.5, random })).toEqual([0, 75, 225]);
    const wild = tries({
      maxRetries: 500,
      jitter: 1,
      factor: 1,
      maxDelayMs: 100,
      random: dice(7, 16_807),
    });
    const pauses = wild.slice(1).map((at, index) => at - (wild[index] ?? 0));
    expect(Math.min(...pauses)).toBeLessThan(5);
    expect(Math.max(...pauses)).toBeGreaterThan(95);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(100);
  });

  it('does not wait for a try that will not come', () => {
    const time = new VirtualTime();
    const { source$ } = failing(time, notSent);
    const limits = { maxElapsedMs: 1000, initialDelayMs: 5000, jitter: 0 };
    const record = watch(source$.pipe(retryWithBackoff({ scheduler: time, ...limits })));
    expect(record.error).toBe(notSent);
    expect(time.pending).toBe(0);
  });

  it('lets values through, and ends with the source', () => {
    const time = new VirtualTime();
    let count = 0;
    const source$ = defer(() =>
      ++count < 3
        ? concat(
            of(count),
            throwError(() => notSent),
          )
        : of(count),
    );
    const record = watch(source$.pipe(retryWithBackoff({ scheduler: time })));
    time.advanceBy(1000);
    expect(record.log()).toEqual(['1', '2', '3', '|']);
  });

  it('leaves no timer behind when it is unsubscribed in a pause', () => {
    const time = new VirtualTime();
    const { source$, at } = failing(time, notSent);
    const record = watch(source$.pipe(retryWithBackoff({ scheduler: time })));
    expect(time.pending).toBe(1);
    record.subscription?.unsubscribe();
    expect(time.pending).toBe(0);
    time.advanceBy(10_000);
    expect(at).toHaveLength(1);
  });

  it('counts for each subscription', () => {
    const time = new VirtualTime();
    const { source$, at } = failing(time, notSent);
    const retried$ = source$.pipe(retryWithBackoff({ scheduler: time, maxRetries: 1 }));
    watch(retried$);
    watch(retried$);
    time.advanceBy(1000);
    expect(at).toHaveLength(4);
  });

  it('asks `when` instead, but not about what will be the same next time', () => {
    const own = new Error('mine');
    expect(tries({ maxRetries: 2, when: (error) => error === own }, own)).toHaveLength(3);
    expect(tries({ maxRetries: 2, when: () => false })).toHaveLength(1);
    for (const final of [
      new UsageError('x'),
      new InvalidOptionError('x', 'y'),
      new AuthFailedError(),
      new SessionClosedError(),
    ]) {
      expect(tries({ maxRetries: 2, when: () => true, idempotent: true }, final)).toHaveLength(1);
    }
  });

  it.each([
    [{ maxRetries: -1 }, 'maxRetries'],
    [{ maxRetries: 1.5 }, 'maxRetries'],
    [{ maxElapsedMs: -1 }, 'maxElapsedMs'],
    [{ initialDelayMs: Infinity }, 'initialDelayMs'],
    [{ initialDelayMs: 50, maxDelayMs: 49 }, 'maxDelayMs'],
    [{ factor: 0.5 }, 'factor'],
    [{ factor: NaN }, 'factor'],
    [{ jitter: 1.1 }, 'jitter'],
    [{ when: true }, 'when'],
    [{ scheduler: {} }, 'scheduler'],
    [{ random: 4 }, 'random'],
    [{ idempotent: 1 }, 'idempotent'],
    [{ maxTries: 1 }, 'maxTries'],
  ])('errs on subscribe for options %j', (options, option) => {
    // What callers without types may pass.
    const { error } = watch(of(1).pipe(retryWithBackoff(options as RetryOptions)));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ option, operation: 'retryWithBackoff' });
  });

  it('brings a request through an outage that is longer than its own time limit', () => {
    const { zk, network, server, time } = new VirtualClient({ client: { requestTimeoutMs: 500 } });
    watch(zk.state$);
    time.advanceBy(100);
    network.partition();
    const retrying = retryWithBackoff<string>({ scheduler: time, maxRetries: Infinity });
    // With the connection up it would be sent, and nobody would know its fate.
    server.dropConnections();
    time.advanceBy(20_000);
    const record = watch(zk.create('/a', 'x').pipe(retrying));
    time.advanceBy(3_000);
    expect(record.log()).toEqual([]);
    network.heal();
    time.advanceBy(30_000);
    expect(record.log()).toEqual(["'/a'", '|']);
    expect(server.requestCounts()).toMatchObject({ create: 1 });
  });
});

const lost = (operation: string) => new ConnectionLossError('unknown', { operation, path: '/a' });
const late = (operation: string) => new TimeoutError(5, 'unknown', { operation, path: '/a' });
const refused = (name: keyof typeof errorCodes, operation = 'set') =>
  serverError(errorCodes[name], { operation, path: '/a' });

describe('isRetryable', () => {
  it.each([
    ['what was not sent', notSent],
    ['what waited too long to be sent', new TimeoutError(5, 'not-sent')],
    ['a read whose answer was lost', lost('get')],
    ['a read that took too long', late('children')],
    ['a throttled request', refused('ThrottledOp')],
    ['a session that has moved', refused('SessionMoved')],
    ['a read-only server', refused('NotReadOnly')],
    ['a reconfig beside another', refused('ReconfigInProgress', 'reconfig')],
    ['a read that the server gave up', refused('RequestTimeout', 'sync')],
  ])('says yes to %s', (_, error) => {
    expect(isRetryable(error)).toBe(true);
  });

  it.each([
    ['a write whose answer was lost', lost('create')],
    ['a write that took too long', late('set')],
    ['work of no known kind', new ConnectionLossError('unknown')],
    ['a write that the server gave up', refused('RequestTimeout')],
    ['a write that the ensemble gave up', refused('OperationTimeout')],
    ['a server that lost its leader', refused('ConnectionLoss')],
  ])('says yes to %s only if doing it twice does no harm', (_, error) => {
    expect(isRetryable(error)).toBe(false);
    expect(isRetryable(error, { idempotent: true })).toBe(true);
  });

  it.each([
    ['what the client says', new SessionExpiredError()],
    ['what the server says', refused('SessionExpired')],
  ])('says yes to a session that is over only if told: %s', (_, error) => {
    expect(isRetryable(error, { idempotent: true })).toBe(false);
    expect(isRetryable(error, { sessionExpired: true })).toBe(true);
  });

  it.each([
    ['a missing znode', refused('NoNode')],
    ['a wrong version', refused('BadVersion')],
    ['a quota', refused('QuotaExceeded')],
    ['an unknown code', serverError(-4711, {})],
    ['a lost lock', new LockLostError(1n)],
    ['what does not decode', new DecodeError({})],
    ['misuse', new UsageError('x')],
    ['refused credentials', new AuthFailedError()],
    ['a closed client', new SessionClosedError()],
    ['an error of the work', new Error('x')],
    ['no error', undefined],
  ])('says no to %s, whatever it is told', (_, error) => {
    expect(isRetryable(error, { idempotent: true, sessionExpired: true })).toBe(false);
  });
});
