/** The codes of servers: a class for each, which is exported, and nothing lost of a code that is not known. */

import * as rxzk from '../../src/index.js';
import { errorCodeName, errorCodes } from '../../src/errors/codes.js';
import { errorOfCode, serverError } from '../../src/errors/error-of-code.js';
import { VirtualClient, watch } from '../client/virtual-client.js';

const { isRetryable, ServerError, ZooKeeperError } = rxzk;

/** Whether an unknown outcome may be tried again: as what was done twice does no harm, a read, or never. */
type Rule = 'always' | 'if harmless' | 'in a new session' | 'never';

/**
 * All codes of `KeeperException.Code` (3.9; the numbers, without OK), which has all of `kazoo.exceptions` but -116: that is
 * kazoo's own for a client that was closed, `SessionClosedError` here. Those with a `*` are not `ServerError`s, because the client
 * finds them out as well.
 */
const table: readonly (readonly [code: number, codeName: string, className: string, rule: Rule])[] =
  [
    [-1, 'SystemError', 'SystemError', 'never'],
    [-2, 'RuntimeInconsistency', 'RuntimeInconsistencyError', 'never'],
    [-3, 'DataInconsistency', 'DataInconsistencyError', 'never'],
    [-4, 'ConnectionLoss', 'ConnectionLossError*', 'if harmless'],
    [-5, 'MarshallingError', 'MarshallingError', 'never'],
    [-6, 'Unimplemented', 'UnimplementedError', 'never'],
    [-7, 'OperationTimeout', 'OperationTimeoutError', 'if harmless'],
    [-8, 'BadArguments', 'BadArgumentsError', 'never'],
    [-12, 'UnknownSession', 'UnknownSessionError', 'never'],
    [-13, 'NewConfigNoQuorum', 'NewConfigNoQuorumError', 'always'],
    [-14, 'ReconfigInProgress', 'ReconfigInProgressError', 'always'],
    [-100, 'APIError', 'ApiError', 'never'],
    [-101, 'NoNode', 'NoNodeError', 'never'],
    [-102, 'NoAuth', 'NoAuthError', 'never'],
    [-103, 'BadVersion', 'BadVersionError', 'never'],
    [-108, 'NoChildrenForEphemerals', 'NoChildrenForEphemeralsError', 'never'],
    [-110, 'NodeExists', 'NodeExistsError', 'never'],
    [-111, 'NotEmpty', 'NotEmptyError', 'never'],
    [-112, 'SessionExpired', 'SessionExpiredError*', 'in a new session'],
    [-113, 'InvalidCallback', 'InvalidCallbackError', 'never'],
    [-114, 'InvalidACL', 'InvalidAclError', 'never'],
    [-115, 'AuthFailed', 'AuthFailedError*', 'never'],
    [-118, 'SessionMoved', 'SessionMovedError', 'always'],
    [-119, 'NotReadOnly', 'NotReadOnlyError', 'always'],
    [-120, 'EphemeralOnLocalSession', 'EphemeralOnLocalSessionError', 'never'],
    [-121, 'NoWatcher', 'NoWatcherError', 'never'],
    [-122, 'RequestTimeout', 'RequestTimeoutError', 'if harmless'],
    [-123, 'ReconfigDisabled', 'ReconfigDisabledError', 'never'],
    [-124, 'SessionClosedRequireSaslAuth', 'SessionClosedRequireSaslAuthError', 'never'],
    [-125, 'QuotaExceeded', 'QuotaExceededError', 'never'],
    [-127, 'ThrottledOp', 'ThrottledOpError', 'always'],
  ];

/** What callers of `set` can know of an error by what `isRetryable` says. */
function ruleOf(error: unknown): Rule {
  if (isRetryable(error)) return 'always';
  if (isRetryable(error, { idempotent: true })) return 'if harmless';
  return isRetryable(error, { sessionExpired: true }) ? 'in a new session' : 'never';
}

describe('the table of codes', () => {
  it('has all codes there are', () => {
    expect(table.map(([code, name]) => [name, code])).toEqual(Object.entries(errorCodes));
  });

  it.each(table)(
    'has %d, %s, as a class, %s, that is retried %s',
    (code, codeName, marked, rule) => {
      const className = marked.replace('*', '');
      const error = errorOfCode(code, { operation: 'set', path: '/a' });
      expect([error.name, error.constructor.name]).toEqual([className, className]);
      expect(error).toBeInstanceOf(ZooKeeperError);
      expect(error).toBeInstanceOf((rxzk as Record<string, unknown>)[className]);
      expect(error).toMatchObject({ code, operation: 'set', path: '/a' });
      expect(error.message).toBe(`${codeName}: set /a`);
      expect(error instanceof ServerError).toBe(marked === className);
      if (error instanceof ServerError) expect(error.codeName).toBe(codeName);
      expect(ruleOf(error)).toBe(rule);
    },
  );

  it('has every class of a refusal that is exported', () => {
    const classes = Object.entries(rxzk).filter(
      ([, value]) => typeof value === 'function' && Object.getPrototypeOf(value) === ServerError,
    );
    // Of a transaction, which has the code of whatever operation it failed for.
    const withoutCode = ['TransactionError'];
    const names = table.map(([, , className]) => className).filter((name) => !name.endsWith('*'));
    expect(classes.map(([name]) => name).sort()).toEqual([...names, ...withoutCode].sort());
  });
});

describe('a code that is not known', () => {
  it.each([-999, -126, 7])('is a plain ServerError with that number: %d', (code) => {
    const error = serverError(code, { operation: 'get', path: '/a' });
    expect(error.constructor).toBe(ServerError);
    expect(error).toMatchObject({ code, codeName: `Code${String(code)}` });
    expect(error.message).toBe(`Code${String(code)}: get /a`);
    expect(ruleOf(error)).toBe('never');
  });

  it('errs its request, and the connection lives', () => {
    const world = new VirtualClient();
    const { zk, network, time } = world;
    watch(zk.state$);
    time.advanceBy(100);
    network.intercept((direction, chunk) => {
      if (direction !== 'toClient') return chunk;
      const altered = chunk.slice();
      // Behind the length, xid and zxid of a reply.
      if (altered.length === 20) new DataView(altered.buffer).setInt32(16, -999);
      return altered;
    });
    const error = world.fail(zk.get('/none'));
    expect(error).toMatchObject({ name: 'ServerError', code: -999, path: '/none' });
    network.intercept(undefined);
    expect(String(world.fail(zk.get('/none')))).toBe('NoNodeError: NoNode: get /none');
    expect(world.server.requestCounts()).toMatchObject({ getData: 2 });
    expect(zk.state.status).toBe('connected');
    expect(world.network.links()).toHaveLength(1);
  });
});

describe('errorCodes', () => {
  it('have one name each', () => {
    const codes = Object.values(errorCodes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.map(errorCodeName)).toEqual(Object.keys(errorCodes));
    expect(codes.every((code) => code < 0)).toBe(true);
  });
});
