/**
 * Znode paths: validate, join, split, and the client's chroot.
 *
 * The rules are the server's (`PathUtils.validatePath`): absolute, no trailing slash, no empty, `.` or `..`
 * component, no control characters, surrogates, private-use or special code points.
 */

import { InvalidPathError } from './errors/client-errors.js';

// U+0000-001F, 007F-009F, D800-F8FF, FFF0-FFFF: what PathUtils.validatePath rejects, character by character.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const forbidden = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;
const badComponent = /\/(?:\.{1,2})?(?:\/|$)/;

/** What is wrong with a path, or `undefined` if nothing is. */
export function pathProblem(path: string): string | undefined {
  if (typeof path !== 'string') return 'must be a string';
  if (path === '/') return undefined;
  if (path.length === 0) return 'must not be empty';
  if (path.charCodeAt(0) !== 0x2f) return 'must start with "/"';
  if (path.charCodeAt(path.length - 1) === 0x2f) return 'must not end with "/"';
  if (badComponent.test(path)) return 'must not have an empty, "." or ".." component';
  const found = forbidden.exec(path);
  if (found === null) return undefined;
  const code = found[0].charCodeAt(0).toString(16).padStart(4, '0').toUpperCase();
  return `must not contain U+${code} (position ${String(found.index)})`;
}

/** Throws {@link InvalidPathError}, naming the operation and the reason, unless the path is a valid one. */
export function assertPath(path: string, operation?: string): void {
  const problem = pathProblem(path);
  if (problem !== undefined) throw new InvalidPathError(path, problem, { operation });
}

/**
 * As {@link assertPath}, for the path of a sequential create: it may end in "/", and then the znode's name is the
 * sequence number alone.
 */
export function assertSequentialPath(path: string, operation?: string): void {
  assertPath(path.length > 1 && path.endsWith('/') ? `${path}0` : path, operation);
}

/** A path and a name (or relative path) below it. */
export function joinPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

/** The path of the parent; of `/` it is `/`. */
export function parentPath(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

/** The last component of a path; of `/` it is empty. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Maps a client's paths to the server's and back. */
export interface Chroot {
  /** The prefix: an absolute path, or `''` for none. */
  readonly prefix: string;
  /** A client's path as the server sees it. */
  toServer(path: string): string;
  /** A server's path as the client sees it; a path outside the chroot is returned unchanged. */
  toClient(path: string): string;
}

/** The chroot with this prefix; `''` or `/` stand for none. */
export function chroot(prefix: string): Chroot {
  if (prefix === '' || prefix === '/') return { prefix: '', toServer: same, toClient: same };
  return {
    prefix,
    toServer: (path) => (path === '/' ? prefix : prefix + path),
    toClient: (path) => {
      if (path === prefix) return '/';
      return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
    },
  };
}

function same(path: string): string {
  return path;
}
