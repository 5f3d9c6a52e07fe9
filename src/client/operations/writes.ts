/** One-shots that change one znode or the ensemble: set, delete, setAcl, reconfig. */

import { InvalidOptionError } from '../../errors/client-errors.js';
import { operations } from '../../wire/operations.js';
import { type Acl, type Stat } from '../../wire/records.js';
import {
  type PathVersionRequest,
  type ReconfigRequest,
  type SetAclRequest,
  type SetDataRequest,
} from '../../wire/request-records.js';
import { type DataStat } from '../../wire/response-records.js';
import { checkAcl, checkBoolean, checkNames, refuse } from '../checks.js';
import { type RequestKind } from '../request-kind.js';
import { checkVersion, requestOptionNames, serverPath, toBytes } from '../request-options.js';
import { type ConfigStat, type ReconfigChange } from '../zookeeper.js';
import { configPath, configStat } from './reads.js';

const versioned = requestOptionNames('version');

/** What `set` takes besides path and options. */
export interface SetInput {
  readonly data: Uint8Array | string | null;
  readonly version: number | undefined;
  readonly idempotent?: boolean | undefined;
}

export const setKind: RequestKind<SetInput, SetDataRequest, Stat, Stat> = {
  name: 'set',
  operation: operations.setData,
  optionNames: requestOptionNames('version', 'idempotent'),
  encode(shot) {
    const { data, version, idempotent } = shot.input;
    const context = { operation: 'set', path: shot.path };
    const path = serverPath(shot, 'set');
    // It would empty the znode.
    if (leftOut(data)) {
      throw refuse({ option: 'data', value: data, context }, 'bytes, a string or null');
    }
    checkBoolean({ option: 'idempotent', value: idempotent, context });
    const bytes = toBytes(data, context);
    shot.host.schema?.checkData(path, bytes, context);
    return { path, data: bytes, version: checkVersion(version, context) };
  },
  decode: (stat) => stat,
};

/** Whether a caller without types has left out what must be given. */
function leftOut(value: unknown): boolean {
  return value === undefined;
}

/** What `delete` takes besides path and options. */
export interface DeleteInput {
  readonly version: number | undefined;
  readonly recursive: boolean | undefined;
  readonly idempotent?: boolean | undefined;
  readonly guaranteed?: boolean | undefined;
}

export const deleteKind: RequestKind<DeleteInput, PathVersionRequest, undefined, void> = {
  name: 'delete',
  operation: operations.delete,
  optionNames: requestOptionNames('version', 'recursive', 'idempotent', 'guaranteed'),
  encode(shot) {
    const context = { operation: 'delete', path: shot.path };
    const path = serverPath(shot, 'delete');
    for (const option of ['recursive', 'idempotent', 'guaranteed'] as const) {
      checkBoolean({ option, value: shot.input[option], context });
    }
    shot.host.schema?.checkDelete(path, context);
    return { path, version: checkVersion(shot.input.version, context) };
  },
  decode: () => undefined,
};

/** What `setAcl` takes besides path and options. */
export interface SetAclInput {
  readonly acl: readonly Acl[];
  readonly version: number | undefined;
}

export const setAclKind: RequestKind<SetAclInput, SetAclRequest, Stat, Stat> = {
  name: 'setAcl',
  operation: operations.setAcl,
  optionNames: versioned,
  encode(shot) {
    const { acl, version } = shot.input;
    const context = { operation: 'setAcl', path: shot.path };
    const path = serverPath(shot, 'setAcl');
    checkAcl({ option: 'acl', value: leftOut(acl) ? [] : acl, context });
    shot.host.schema?.checkAcl(path, acl, context);
    return { path, acl, version: checkVersion(version, context) };
  },
  decode: (stat) => stat,
};

const changeNames: ReadonlySet<string> = new Set(['joining', 'leaving', 'members', 'fromConfig']);

export const reconfigKind: RequestKind<ReconfigChange, ReconfigRequest, DataStat, ConfigStat> = {
  name: 'reconfig',
  operation: operations.reconfig,
  optionNames: requestOptionNames(),
  encode({ input }) {
    checkChange(input);
    const { joining, leaving, members, fromConfig } = input;
    return {
      joining: joining ?? null,
      leaving: leaving ?? null,
      newMembers: members ?? null,
      configId: fromConfig ?? -1n,
    };
  },
  decode: configStat,
};

function checkChange(change: ReconfigChange): void {
  const context = { operation: 'reconfig', path: configPath };
  checkNames({ option: '', value: change, context }, changeNames);
  const { joining, leaving, members, fromConfig } = change;
  for (const [option, value] of Object.entries({ joining, leaving, members })) {
    if (value !== undefined && typeof value !== 'string') {
      throw refuse({ option, value, context }, 'text');
    }
  }
  if (fromConfig !== undefined && typeof fromConfig !== 'bigint') {
    throw refuse({ option: 'fromConfig', value: fromConfig, context }, 'a bigint');
  }
  const partial = joining !== undefined || leaving !== undefined;
  if (partial === (members !== undefined)) {
    const reason = 'give either members, or joining and leaving (or one of the two)';
    throw new InvalidOptionError('members', reason, context);
  }
}
