/** Errors and values compared as tests of coordination mean it. */

import { ConnectionLossError, LockLostError } from '../../src/errors/client-errors.js';
import { errorCodes } from '../../src/errors/codes.js';
import { BadVersionError, NoNodeError, ServerError } from '../../src/errors/server-error.js';
import { errs, sameError, zkMatchers } from '../../src/testing/index.js';
import { sameValue } from '../../src/testing/same-value.js';
import { show } from '../../src/testing/show.js';

const noNode = new NoNodeError({ operation: 'get', path: '/a' });

describe('sameError', () => {
  it('compares by class, code and path', () => {
    expect(sameError(noNode, NoNodeError)).toBe(true);
    expect(sameError(noNode, ServerError)).toBe(true);
    expect(sameError(noNode, BadVersionError)).toBe(false);
    expect(sameError(noNode, 'NoNodeError')).toBe(true);
    expect(sameError(noNode, 'ServerError')).toBe(false);
    expect(sameError(noNode, { code: errorCodes.NoNode, path: '/a' })).toBe(true);
    expect(sameError(noNode, { class: NoNodeError, path: '/b' })).toBe(false);
    expect(sameError(noNode, { operation: 'set' })).toBe(false);
    expect(sameError('NoNode', { path: '/a' })).toBe(false);
  });

  it('compares with another error without its message', () => {
    expect(sameError(noNode, new NoNodeError({ operation: 'exists', path: '/a' }))).toBe(true);
    expect(sameError(noNode, new NoNodeError({ operation: 'get', path: '/b' }))).toBe(false);
    expect(sameError(noNode, new ServerError(errorCodes.NoNode, { path: '/a' }))).toBe(false);
    const lost = new ConnectionLossError('unknown', { path: '/a' });
    expect(sameError(lost, new ConnectionLossError('not-sent', { path: '/a' }))).toBe(false);
    expect(sameError(new Error('a'), new Error('a'))).toBe(true);
    expect(sameError(new Error('a'), new Error('b'))).toBe(false);
    expect(sameError(new TypeError('a'), new Error('a'))).toBe(false);
  });

  it('is a matcher for expect.extend', () => {
    const { toMatchZooKeeperError: match } = zkMatchers;
    expect(match(noNode, { path: '/a' }).pass).toBe(true);
    const { pass, message } = match(noNode, { class: LockLostError, path: '/b' });
    expect(pass).toBe(false);
    expect(message()).toBe(
      'expected LockLostError, path /b\ngot      NoNodeError (NoNode: get /a, code -101)',
    );
  });
});

describe('sameValue', () => {
  it.each<[unknown, unknown]>([
    [1n, 1n],
    [NaN, NaN],
    [{ a: 1, b: undefined }, { a: 1 }],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
    [new Map([['a', [1]]]), new Map([['a', [1]]])],
    [new Date(5), new Date(5)],
    [{ error: noNode }, { error: new NoNodeError({ path: '/a' }) }],
    [{ error: noNode }, { error: errs(NoNodeError) }],
    [{ a: 'x' }, { a: expect.any(String) as unknown }],
  ])('takes %p for %p', (actual, expected) => {
    expect(sameValue(actual, expected)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [1n, 1],
    [0, -0],
    [{ a: 1 }, { a: 1, b: 2 }],
    [[1], { 0: 1 }],
    [[1, 2], [1]],
    [Uint8Array.of(1), Uint8Array.of(2)],
    [new Date(5), new Date(6)],
    [null, {}],
    [noNode, {}],
    [{ error: noNode }, { error: errs('LockLostError') }],
  ])('does not take %p for %p', (actual, expected) => {
    expect(sameValue(actual, expected)).toBe(false);
  });

  it('ends in circles', () => {
    const [a, b]: Record<string, unknown>[] = [{ n: 1 }, { n: 1 }];
    if (a !== undefined) a['self'] = a;
    if (b !== undefined) b['self'] = b;
    expect(sameValue(a, b)).toBe(true);
  });
});

describe('show', () => {
  it('writes values as one would in a test', () => {
    const value = { a: 'x', n: 2n, bytes: Uint8Array.of(104, 105), list: [null, undefined] };
    expect(show(value)).toBe('{ a: "x", n: 2n, bytes: bytes("hi"), list: [null, undefined] }');
    expect(show(Uint8Array.of(255))).toBe('bytes(ff)');
    expect(show(new Map([['k', new Set([1])]]))).toBe('Map(["k", Set(1)])');
    expect(show({ a: { b: { c: { d: {} } } } })).toContain('…');
    expect(show(expect.any(String))).toBe('Any<String>');
    expect(show(errs({ path: '/a' }))).toBe('errs(an error, path /a)');
  });
});
