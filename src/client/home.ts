/** The way to the root of a client's paths: the znodes that a chroot or a namespace names, and how each is made if it is missing. */

import { type Acl } from '../wire/records.js';

/** A znode that may have to be made, empty. */
export interface Place {
  /** The server's path. */
  readonly path: string;
  readonly container: boolean;
  /** `undefined`: that of the request which finds it missing. */
  readonly acl: readonly Acl[] | undefined;
}

/** The places from a prefix (`''` for the root of the server) down to a path below it, the topmost first; both are the server's. */
export function placesBetween(
  prefix: string,
  path: string,
  how: Pick<Place, 'container' | 'acl'>,
): readonly Place[] {
  if (path === prefix || path === '/') return [];
  const names = path.slice(prefix.length + 1).split('/');
  return names.map((_, index) => ({
    path: `${prefix}/${names.slice(0, index + 1).join('/')}`,
    ...how,
  }));
}
