/** What the client's own errors say and carry: class, name, fields, and a message with what, operation and path. */

import { type ErrorContext, ZooKeeperError } from '../../src/errors/base.js';
import {
  AuthFailedError,
  ConnectionLossError,
  DecodeError,
  InvalidOptionError,
  InvalidPathError,
  LimitExceededError,
  LockLostError,
  MigrationError,
  ProtocolError,
  SessionClosedError,
  SessionExpiredError,
  TimeoutError,
  UsageError,
} from '../../src/errors/client-errors.js';

const at: ErrorContext = { operation: 'get', path: '/a/b' };

const table: readonly (readonly [string, ZooKeeperError, string])[] = [
  ['ConnectionLossError', new ConnectionLossError('unknown', at), 'ConnectionLoss: get /a/b'],
  ['SessionExpiredError', new SessionExpiredError(at), 'SessionExpired: get /a/b'],
  ['SessionClosedError', new SessionClosedError(at), 'SessionClosed: get /a/b'],
  ['AuthFailedError', new AuthFailedError('digest', at), 'AuthFailed (digest): get /a/b'],
  [
    'ProtocolError',
    new ProtocolError('truncated int', at),
    'Protocol error: truncated int: get /a/b',
  ],
  ['UsageError', new UsageError('Reentrant', at), 'Reentrant: get /a/b'],
  [
    'InvalidPathError',
    new InvalidPathError('a', 'must start with "/"', { operation: 'get' }),
    'InvalidPath (must start with "/"): get a',
  ],
  [
    'InvalidOptionError',
    new InvalidOptionError('waitMs', 'must be positive', at),
    'InvalidOption waitMs: must be positive: get /a/b',
  ],
  [
    'LimitExceededError',
    new LimitExceededError('queued requests', { limit: 5, actual: 6 }, at),
    'LimitExceeded (queued requests: 6, limit 5): get /a/b',
  ],
  ['LockLostError', new LockLostError(7n, at), 'LockLost (fence 7): get /a/b'],
  ['TimeoutError', new TimeoutError(250, 'unknown', at), 'Timeout after 250 ms: get /a/b'],
  ['DecodeError', new DecodeError(at), 'Decode: get /a/b'],
  [
    'MigrationError',
    new MigrationError({ id: 'shop', index: 1, reason: 'changed' }, at),
    'Migration (set "shop": changed): get /a/b',
  ],
];

describe('client errors', () => {
  it.each(table)('%s says what, operation and path', (name, error, message) => {
    expect(error).toBeInstanceOf(ZooKeeperError);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message]).toEqual([name, message]);
    // Written out in each class, so that it survives minifiers; and it must be the class's own.
    expect(error.constructor.name).toBe(name);
    expect(error.operation).toBe('get');
    expect(error.stack).toContain(message);
  });

  it('leave out of the message what they were not told', () => {
    expect(new SessionExpiredError().message).toBe('SessionExpired');
    expect(new SessionExpiredError({ operation: 'state$' }).message).toBe('SessionExpired: state$');
    expect(new SessionExpiredError({ path: '/a' }).message).toBe('SessionExpired: /a');
    expect(new AuthFailedError().message).toBe('AuthFailed');
  });

  it('carry the error underneath, and no cause where there is none', () => {
    const cause = new SyntaxError('unexpected end');
    expect(new DecodeError({ ...at, cause }).cause).toBe(cause);
    expect('cause' in new DecodeError(at)).toBe(false);
  });

  it('carry what programs ask for', () => {
    expect(new ConnectionLossError('unknown').outcome).toBe('unknown');
    expect(new ConnectionLossError('not-sent').outcome).toBe('not-sent');
    expect(new AuthFailedError('sasl').scheme).toBe('sasl');
    expect(new LockLostError(12n).fence).toBe(12n);
    const timeout = new TimeoutError(100, 'not-sent');
    expect([timeout.timeoutMs, timeout.outcome]).toEqual([100, 'not-sent']);
    const path = new InvalidPathError('x', 'must start with "/"');
    expect([path.path, path.reason]).toEqual(['x', 'must start with "/"']);
    const option = new InvalidOptionError('random', 'must be a function');
    expect([option.option, option.reason]).toEqual(['random', 'must be a function']);
    const limit = new LimitExceededError('frame', { limit: 1, actual: 2 });
    expect([limit.limit, limit.actual]).toEqual([1, 2]);
  });

  it('group what the caller did wrong under UsageError', () => {
    const wrong = table.filter(([, error]) => error instanceof UsageError).map(([name]) => name);
    expect(wrong).toEqual([
      'UsageError',
      'InvalidPathError',
      'InvalidOptionError',
      'LimitExceededError',
    ]);
  });
});
