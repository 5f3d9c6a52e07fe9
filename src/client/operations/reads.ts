/** One-shots that read: get, exists, children, getAcl, sync, getConfig. */

import { NoNodeError } from '../../errors/server-error.js';
import { operations } from '../../wire/operations.js';
import { type Acl, type Stat } from '../../wire/records.js';
import { type PathRequest, type PathWatchRequest } from '../../wire/request-records.js';
import { type AclStat, type DataStat, type NamesStat } from '../../wire/response-records.js';
import { type ValueCodec } from '../codec.js';
import { checkBoolean } from '../checks.js';
import { decodeValue } from '../decode.js';
import { parseEnsembleConfig } from '../ensemble-config.js';
import { type RequestKind, type Shot } from '../request-kind.js';
import { requestOptionNames, serverPath } from '../request-options.js';
import { type ConfigStat } from '../zookeeper.js';
import { type Node } from '../znode.js';

/** Where the ensemble keeps its own configuration; no chroot applies to it. */
export const configPath = '/zookeeper/config';

/** An answer with the configuration. */
export function configStat({ data, stat }: DataStat): ConfigStat {
  return { config: parseEnsembleConfig(data), data, stat };
}

const optionNames = requestOptionNames();
const childrenOptionNames = requestOptionNames('withStat');

/** The wire's request for a read that leaves no watch. */
function encodeRead(shot: Shot<unknown>, operation: string): PathWatchRequest {
  const path = serverPath(shot, operation);
  shot.host.schema?.checkRead(path, false, { operation, path: shot.path });
  return { path, watch: false };
}

export const getKind: RequestKind<
  undefined,
  PathWatchRequest,
  DataStat,
  Node<Uint8Array | null>
> = {
  name: 'get',
  operation: operations.getData,
  optionNames,
  encode: (shot) => encodeRead(shot, 'get'),
  decode: ({ data, stat }, { shot }) => ({ path: shot.path ?? '', data, stat }),
};

export const getDecodedKind: RequestKind<
  ValueCodec<unknown>,
  PathWatchRequest,
  DataStat,
  Node<unknown>
> = {
  name: 'get',
  operation: operations.getData,
  optionNames,
  encode: (shot) => encodeRead(shot, 'get'),
  decode({ data, stat }, { shot }) {
    const path = shot.path ?? '';
    return { path, data: decodeValue(shot.input, { data, path, operation: 'get' }), stat };
  },
};

export const existsKind: RequestKind<undefined, PathWatchRequest, Stat, Stat | null> = {
  name: 'exists',
  operation: operations.exists,
  optionNames,
  encode: (shot) => encodeRead(shot, 'exists'),
  decode: (stat) => stat,
  recover(error) {
    if (error instanceof NoNodeError) return null;
    throw error;
  },
};

export const childrenKind: RequestKind<
  boolean | undefined,
  PathWatchRequest,
  readonly string[],
  readonly string[]
> = {
  name: 'children',
  operation: operations.getChildren,
  optionNames: childrenOptionNames,
  encode: encodeChildren,
  decode: (names) => names,
};

export const childrenStatKind: RequestKind<
  boolean | undefined,
  PathWatchRequest,
  NamesStat,
  { readonly children: readonly string[]; readonly stat: Stat }
> = {
  name: 'children',
  operation: operations.getChildren2,
  optionNames: childrenOptionNames,
  encode: encodeChildren,
  decode: ({ names, stat }) => ({ children: names, stat }),
};

function encodeChildren(shot: Shot<boolean | undefined>): PathWatchRequest {
  const context = { operation: 'children', path: shot.path };
  checkBoolean({ option: 'withStat', value: shot.input, context });
  return encodeRead(shot, 'children');
}

export const getAclKind: RequestKind<
  undefined,
  PathRequest,
  AclStat,
  { readonly acl: readonly Acl[]; readonly stat: Stat }
> = {
  name: 'getAcl',
  operation: operations.getAcl,
  optionNames,
  encode: (shot) => ({ path: serverPath(shot, 'getAcl') }),
  decode: ({ acl, stat }) => ({ acl, stat }),
};

export const syncKind: RequestKind<undefined, PathRequest, string, void> = {
  name: 'sync',
  operation: operations.sync,
  optionNames,
  encode: (shot) => ({ path: serverPath(shot, 'sync') }),
  decode: () => undefined,
};

export const getConfigKind: RequestKind<undefined, PathWatchRequest, DataStat, ConfigStat> = {
  name: 'getConfig',
  operation: operations.getData,
  optionNames,
  encode: () => ({ path: configPath, watch: false }),
  decode: configStat,
};
