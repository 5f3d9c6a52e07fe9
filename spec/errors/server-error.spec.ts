/** The server's refusals: a class per code that programs branch on, and nothing lost of a code that is not known. */

import { errorCodeName, errorCodes } from '../../src/errors/codes.js';
import * as serverErrors from '../../src/errors/server-error.js';

const { ServerError, serverError } = serverErrors;

const branched = [
  ['NoNodeError', -101, 'NoNode'],
  ['NoAuthError', -102, 'NoAuth'],
  ['BadVersionError', -103, 'BadVersion'],
  ['NoChildrenForEphemeralsError', -108, 'NoChildrenForEphemerals'],
  ['NodeExistsError', -110, 'NodeExists'],
  ['NotEmptyError', -111, 'NotEmpty'],
  ['InvalidAclError', -114, 'InvalidACL'],
  ['NotReadOnlyError', -119, 'NotReadOnly'],
  ['UnimplementedError', -6, 'Unimplemented'],
  ['BadArgumentsError', -8, 'BadArguments'],
  ['NoWatcherError', -121, 'NoWatcher'],
  ['QuotaExceededError', -125, 'QuotaExceeded'],
  ['ThrottledOpError', -127, 'ThrottledOp'],
  ['EphemeralOnLocalSessionError', -120, 'EphemeralOnLocalSession'],
  ['SessionMovedError', -118, 'SessionMoved'],
  ['RequestTimeoutError', -122, 'RequestTimeout'],
  ['OperationTimeoutError', -7, 'OperationTimeout'],
  ['ReconfigDisabledError', -123, 'ReconfigDisabled'],
  ['ReconfigInProgressError', -14, 'ReconfigInProgress'],
  ['NewConfigNoQuorumError', -13, 'NewConfigNoQuorum'],
  ['SessionClosedRequireSaslAuthError', -124, 'SessionClosedRequireSaslAuth'],
] as const;

describe('serverError', () => {
  it.each(branched)('makes a %s of code %d', (name, code, codeName) => {
    const error = serverError(code, { operation: 'set', path: '/a' });
    expect(error).toBeInstanceOf(serverErrors[name]);
    expect(error).toBeInstanceOf(ServerError);
    expect([error.name, error.code, error.codeName]).toEqual([name, code, codeName]);
    expect(error.message).toBe(`${codeName}: set /a`);
    expect([error.operation, error.path]).toEqual(['set', '/a']);
  });

  it('has a class for each of its subclasses', () => {
    const classes = Object.keys(serverErrors).filter((name) => name.endsWith('Error'));
    const made: readonly string[] = branched.map(([name]) => name);
    expect(classes.filter((name) => !['ServerError', 'serverError'].includes(name))).toEqual(made);
  });

  it('makes a plain ServerError of the other codes', () => {
    const branchedCodes = new Set<number>(branched.map(([, code]) => code));
    for (const [codeName, code] of Object.entries(errorCodes)) {
      if (branchedCodes.has(code)) continue;
      const error = serverError(code, {});
      expect([error.constructor, error.code, error.message]).toEqual([ServerError, code, codeName]);
    }
  });

  it('keeps the number of a code that is not known', () => {
    const error = serverError(-999, { operation: 'get', path: '/a' });
    expect(error.constructor).toBe(ServerError);
    expect([error.code, error.codeName, error.message]).toEqual([
      -999,
      'Code-999',
      'Code-999: get /a',
    ]);
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
