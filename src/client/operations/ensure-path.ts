/** Creates a znode and its missing ancestors, those included that a chroot or a namespace names. */

import { defer, type Observable } from 'rxjs';
import { type Acl } from '../../wire/records.js';
import { checkAcl, checkAncestorMode } from '../checks.js';
import { type Place, placesBetween } from '../home.js';
import { type Shot } from '../request-kind.js';
import { checkRequestOptions, requestOptionNames, serverPath } from '../request-options.js';
import { type AncestorMode } from '../znode.js';
import { makePlaces } from './make-places.js';
import { Steps } from './steps.js';

/** What `ensurePath` takes besides path and options. */
export interface EnsurePathInput {
  readonly acl: readonly Acl[] | undefined;
  readonly mode: AncestorMode | undefined;
}

const operation = 'ensurePath';
const optionNames = requestOptionNames('acl', 'mode');
// Always there, but who may ask for any path may ask for this one.
const serverRoot: Place = { path: '/', container: false, acl: undefined };

/** Emits once, when the znode is there. */
export function ensurePath(shot: Shot<EnsurePathInput>): Observable<void> {
  return defer(() => {
    const { host, input, path } = shot;
    checkRequestOptions({ name: operation, optionNames }, shot);
    const context = { operation, path };
    checkAcl({ option: 'acl', value: input.acl, context });
    checkAncestorMode({ option: 'mode', value: input.mode, context });
    const how = { container: input.mode === 'container', acl: undefined };
    const below = placesBetween(host.chroot.prefix, serverPath(shot, operation), how);
    const places = [...host.home, ...below];
    return makePlaces({
      ...{ shot, operation, steps: new Steps(shot) },
      places: places.length === 0 ? [serverRoot] : places,
      acl: input.acl ?? host.defaultAcl,
    });
  });
}
