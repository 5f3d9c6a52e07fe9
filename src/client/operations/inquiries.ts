/** One-shots that ask about the session or a whole subtree: ephemerals, countDescendants, whoAmI. */

import { operations } from '../../wire/operations.js';
import { type EphemeralsRequest, type PathRequest } from '../../wire/request-records.js';
import { type Identity } from '../../wire/response-records.js';
import { type RequestKind } from '../request-kind.js';
import { requestOptionNames, serverPath } from '../request-options.js';

const optionNames = requestOptionNames();

export const ephemeralsKind: RequestKind<
  undefined,
  EphemeralsRequest,
  readonly string[],
  readonly string[]
> = {
  name: 'ephemerals',
  operation: operations.getEphemerals,
  optionNames,
  encode: (shot) => ({ prefix: serverPath(shot, 'ephemerals') }),
  decode(paths, { shot }) {
    // The server compares text: it takes /ab for something below /a.
    const { chroot } = shot.host;
    const top = chroot.toServer(shot.path ?? '/');
    const below = top === '/' ? '/' : `${top}/`;
    const inside = paths.filter((path) => path === top || path.startsWith(below));
    return inside.map((path) => chroot.toClient(path));
  },
};

export const countDescendantsKind: RequestKind<undefined, PathRequest, number, number> = {
  name: 'countDescendants',
  operation: operations.getAllChildrenNumber,
  optionNames,
  encode: (shot) => ({ path: serverPath(shot, 'countDescendants') }),
  decode: (count) => count,
};

export const whoAmIKind: RequestKind<
  undefined,
  undefined,
  readonly Identity[],
  readonly Identity[]
> = {
  name: 'whoAmI',
  operation: operations.whoAmI,
  optionNames,
  encode: () => undefined,
  decode: (identities) => identities,
};
