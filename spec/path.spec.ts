/** Paths: the server's rules one by one and against a second reading of them; taking apart and putting together; chroot. */

import fc from 'fast-check';

import { InvalidPathError } from '../src/errors/client-errors.js';
import {
  assertPath,
  assertSequentialPath,
  baseName,
  chroot,
  joinPath,
  parentPath,
  pathProblem,
} from '../src/path.js';

/** The rules once more, character by character, as the server's `PathUtils.validatePath` goes about it. */
function isValid(path: string): boolean {
  if (path === '/') return true;
  if (!path.startsWith('/') || path.endsWith('/')) return false;
  const [, ...components] = path.split('/');
  if (components.some((component) => ['', '.', '..'].includes(component))) return false;
  return !Array.from({ length: path.length }, (_, i) => path.charCodeAt(i)).some(
    (code) =>
      code <= 0x1f ||
      (code >= 0x7f && code <= 0x9f) ||
      (code >= 0xd800 && code <= 0xf8ff) ||
      code >= 0xfff0,
  );
}

// Names that a server takes: no slash, not "." or "..", nothing from the forbidden ranges.
const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 8 })
  .filter((text) => isValid(`/${text}`) && !text.includes('/'));
const path = fc.array(name, { maxLength: 4 }).map((names) => `/${names.join('/')}`);
const nonRoot = fc
  .array(name, { minLength: 1, maxLength: 4 })
  .map((names) => `/${names.join('/')}`);

function invalidPath(run: () => void): InvalidPathError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidPathError) return error;
    throw error;
  }
}

describe('pathProblem', () => {
  it.each([
    '/',
    '/a',
    '/a/b',
    '/...',
    '/..x',
    '/x..',
    '/.x',
    '/a b',
    '/ž',
    '/~',
    '/\u00a0',
    '/\uffef',
    '/\uf900',
  ])('takes %j', (valid) => {
    expect(pathProblem(valid)).toBeUndefined();
  });

  it.each([
    ['', 'must not be empty'],
    ['a', 'must start with "/"'],
    ['a/b', 'must start with "/"'],
    ['/a/', 'must not end with "/"'],
    ['//', 'must not end with "/"'],
    ['//a', 'must not have an empty, "." or ".." component'],
    ['/a//b', 'must not have an empty, "." or ".." component'],
    ['/.', 'must not have an empty, "." or ".." component'],
    ['/a/..', 'must not have an empty, "." or ".." component'],
    ['/a/./b', 'must not have an empty, "." or ".." component'],
    ['/../b', 'must not have an empty, "." or ".." component'],
    ['/a\u0000b', 'must not contain U+0000 (position 2)'],
    ['/\u0001', 'must not contain U+0001 (position 1)'],
    ['/\u001f', 'must not contain U+001F (position 1)'],
    ['/\u007f', 'must not contain U+007F (position 1)'],
    ['/\u009f', 'must not contain U+009F (position 1)'],
    ['/\ud800', 'must not contain U+D800 (position 1)'],
    ['/ab😀', 'must not contain U+D83D (position 3)'],
    ['/\ue000', 'must not contain U+E000 (position 1)'],
    ['/\uf8ff', 'must not contain U+F8FF (position 1)'],
    ['/\ufff0', 'must not contain U+FFF0 (position 1)'],
    ['/\uffff', 'must not contain U+FFFF (position 1)'],
  ])('refuses %j: %s', (invalid, problem) => {
    expect(pathProblem(invalid)).toBe(problem);
  });

  it('refuses what is no string', () => {
    // JavaScript callers are not held to the type.
    expect(pathProblem(undefined as unknown as string)).toBe('must be a string');
  });

  it('agrees with the rules, whatever the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '.',
        '..',
        'a',
        '\u0000',
        '\u001f',
        '\u0020',
        '\u007f',
        '\u00a0',
        '\uffef',
        '\ufff0',
      ),
      fc.string({ unit: 'binary', maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, rooted) => {
        const text = (rooted ? '/' : '') + pieces.join('');
        expect(pathProblem(text) === undefined).toBe(isValid(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('assertPath', () => {
  it('names the operation, the path and the reason', () => {
    const error = invalidPath(() => {
      assertPath('/a/', 'get');
    });
    expect([error?.message, error?.operation, error?.path, error?.reason]).toEqual([
      'InvalidPath (must not end with "/"): get /a/',
      'get',
      '/a/',
      'must not end with "/"',
    ]);
    expect(
      invalidPath(() => {
        assertPath('/a');
      }),
    ).toBeUndefined();
  });

  it('lets a sequential path end in a slash, and no other flaw pass', () => {
    const problem = (text: string) =>
      invalidPath(() => {
        assertSequentialPath(text);
      })?.reason;
    expect(problem('/a/')).toBeUndefined();
    expect(problem('/a/b-')).toBeUndefined();
    expect(problem('/')).toBeUndefined();
    expect(problem('/a//')).toContain('component');
    expect(problem('//')).toContain('component');
    expect(problem('a/')).toContain('start');
  });
});

describe('parts of a path', () => {
  it.each([
    ['/', '/', ''],
    ['/a', '/', 'a'],
    ['/a/b', '/a', 'b'],
    ['/a/b/c', '/a/b', 'c'],
  ])('of %s are the parent %s and the name "%s"', (whole, parent, base) => {
    expect([parentPath(whole), baseName(whole)]).toEqual([parent, base]);
  });

  it('are put together and taken apart without loss', () => {
    fc.assert(
      fc.property(path, name, (parent, child) => {
        const joined = joinPath(parent, child);
        expect(pathProblem(joined)).toBeUndefined();
        expect([parentPath(joined), baseName(joined)]).toEqual([parent, child]);
      }),
    );
  });
});

describe('chroot', () => {
  const app = chroot('/app');

  it.each([
    ['/', '/app'],
    ['/a', '/app/a'],
    ['/app', '/app/app'],
    ['/a/b', '/app/a/b'],
  ])('maps %s to %s and back', (client, server) => {
    expect(app.toServer(client)).toBe(server);
    expect(app.toClient(server)).toBe(client);
  });

  it.each(['/apple', '/apple/a', '/ap', '/', '/other/app', '/app-'])(
    'leaves %s, which is outside, as it is',
    (outside) => {
      expect(app.toClient(outside)).toBe(outside);
    },
  );

  it.each(['', '/'])('changes nothing for the prefix "%s"', (prefix) => {
    const none = chroot(prefix);
    expect(none.prefix).toBe('');
    for (const text of ['/', '/a', '/a/b']) {
      expect([none.toServer(text), none.toClient(text)]).toEqual([text, text]);
    }
  });

  it('maps there and back without loss, and to valid paths below the prefix', () => {
    fc.assert(
      fc.property(nonRoot, path, (prefix, client) => {
        const { toServer, toClient } = chroot(prefix);
        const server = toServer(client);
        expect(pathProblem(server)).toBeUndefined();
        expect(server === prefix || server.startsWith(`${prefix}/`)).toBe(true);
        expect(toClient(server)).toBe(client);
      }),
    );
  });

  it('never takes a look-alike for its own', () => {
    fc.assert(
      fc.property(nonRoot, name, path, (prefix, suffix, below) => {
        const lookAlike = `${prefix}${suffix}${below === '/' ? '' : below}`;
        expect(chroot(prefix).toClient(lookAlike)).toBe(lookAlike);
      }),
    );
  });
});
