/** A refused transaction: it points at the operation that failed and keeps what was said of each. */

import { serverError } from '../../src/errors/error-of-code.js';
import { NoNodeError, ServerError } from '../../src/errors/server-error.js';
import { TransactionError } from '../../src/errors/transaction-error.js';

const notLookedAt = () => serverError(-2, { operation: 'set', path: '/c' });

describe('TransactionError', () => {
  it('names the operation that failed, its place and its path', () => {
    const culprit = new NoNodeError({ operation: 'delete', path: '/b' });
    const errors = [undefined, culprit, notLookedAt()];
    const error = new TransactionError(errors);
    expect(error).toBeInstanceOf(ServerError);
    expect(error.name).toBe('TransactionError');
    expect(error.message).toBe('NoNode: transaction, operation 2 of 3: delete /b');
    expect([error.index, error.code, error.codeName, error.path]).toEqual([
      1,
      -101,
      'NoNode',
      '/b',
    ]);
    expect(error.cause).toBe(culprit);
    expect(error.errors).toBe(errors);
  });

  it('is not misled by operations before the culprit that were not looked at', () => {
    const error = new TransactionError([
      notLookedAt(),
      serverError(-103, { operation: 'check', path: '/d' }),
    ]);
    expect([error.index, error.codeName, error.path]).toEqual([1, 'BadVersion', '/d']);
  });

  it('points at the first that is not well where none is the culprit', () => {
    const error = new TransactionError([undefined, notLookedAt()]);
    expect([error.index, error.code]).toEqual([1, -2]);
    expect(error.message).toBe('RuntimeInconsistency: transaction, operation 2 of 2: set /c');
  });
});
