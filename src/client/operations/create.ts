/** The one-shot `create`, in its four forms on the wire. */

import { type ErrorContext } from '../../errors/base.js';
import { InvalidOptionError } from '../../errors/client-errors.js';
import { assertPath, assertSequentialPath } from '../../path.js';
import { operations } from '../../wire/operations.js';
import { type Stat } from '../../wire/records.js';
import {
  createFlags,
  type CreateRequest,
  type CreateTtlRequest,
} from '../../wire/request-records.js';
import { type PathStat } from '../../wire/response-records.js';
import { checkAcl, checkAncestorMode, checkBoolean, checkNumber, refuse } from '../checks.js';
import { type RequestHost } from '../request-host.js';
import { type RequestKind, type Shot } from '../request-kind.js';
import { requestOptionNames, toBytes } from '../request-options.js';
import {
  type CreateOptions,
  type ParentsOptions,
  type Repeatable,
  type StatOptions,
} from '../znode.js';

/** What `create` takes besides path and the options of every request. */
export interface CreateInput {
  readonly data: Uint8Array | string | null | undefined;
  readonly options: CreateOptions & ParentsOptions & Repeatable & StatOptions;
}

/** What `create` answers. */
export type Created = string | { readonly path: string; readonly stat: Stat };

export type CreateKind<Request, Response> = RequestKind<CreateInput, Request, Response, Created>;

const optionNames = requestOptionNames(
  ...['mode', 'sequential', 'ttlMs', 'acl', 'withStat', 'idempotent', 'parents'],
);
// The server keeps the TTL in the lower 40 bits of a field.
const ttlRange = { min: 1, max: 2 ** 40 - 1 } as const;

const flags = {
  persistent: [createFlags.persistent, createFlags.persistentSequential],
  ephemeral: [createFlags.ephemeral, createFlags.ephemeralSequential],
  container: [createFlags.container, undefined],
  ttl: [createFlags.persistentWithTtl, createFlags.persistentSequentialWithTtl],
} as const;

const create: CreateKind<CreateRequest, string> = {
  name: 'create',
  operation: operations.create,
  optionNames,
  encode: encodeShot,
  decode: (path, { shot }) => shot.host.chroot.toClient(path),
};

// Servers before 3.5 answer Unimplemented to these three; what is done about it is in `create-shot.ts`.
export const createWithStat: CreateKind<CreateRequest, PathStat> = {
  name: 'create',
  operation: operations.create2,
  optionNames,
  encode: encodeShot,
  decode: decodePathStat,
};

const createContainer: CreateKind<CreateRequest, PathStat> = {
  ...createWithStat,
  operation: operations.createContainer,
};

const createTtl: CreateKind<CreateTtlRequest, PathStat> = {
  name: 'create',
  operation: operations.createTtl,
  optionNames,
  encode: (shot) => ({ ...encodeShot(shot), ttlMs: shot.input.options.ttlMs ?? 0 }),
  decode: decodePathStat,
};

/** For servers that do not tell the stat: the path, and the zxid that it was created at. */
export const createAlone: RequestKind<
  CreateInput,
  CreateRequest,
  string,
  { readonly path: string; readonly zxid: bigint }
> = {
  name: 'create',
  operation: operations.create,
  optionNames,
  encode: encodeShot,
  decode: (path, { shot, zxid }) => ({ path: shot.host.chroot.toClient(path), zxid }),
};

/** Uses the row for what is asked. */
export function createByMode<Result>(
  { mode, withStat }: CreateInput['options'],
  use: <Request, Response>(kind: CreateKind<Request, Response>) => Result,
): Result {
  if (mode === 'container') return use(createContainer);
  if (mode === 'ttl') return use(createTtl);
  return withStat === true ? use(createWithStat) : use(create);
}

/** What a create is to be, with what it is called in errors. */
export interface CreateParts extends CreateInput {
  readonly path: string;
  readonly operation: string;
}

/** The wire's request for a create of any mode, on its own or in a transaction; a TTL is not in it. Throws `UsageError`. */
export function encodeCreate(parts: CreateParts, host: RequestHost): CreateRequest {
  const { path, operation, options } = parts;
  const context = { operation, path };
  checkBoolean({ option: 'sequential', value: options.sequential, context });
  checkBoolean({ option: 'withStat', value: options.withStat, context });
  checkBoolean({ option: 'idempotent', value: options.idempotent, context });
  checkAcl({ option: 'acl', value: options.acl, context });
  checkAncestorMode({ option: 'parents', value: options.parents, context });
  const flag = checkMode(options, context);
  if (options.sequential === true) assertSequentialPath(path, operation);
  else assertPath(path, operation);
  const request = {
    // A number alone below the root: the chroot's own path would make it a sibling of the chroot.
    path:
      path === '/' && options.sequential === true
        ? `${host.chroot.prefix}/`
        : host.chroot.toServer(path),
    data: toBytes(parts.data, context),
    acl: options.acl ?? host.defaultAcl,
    flags: flag,
  };
  host.schema?.checkCreate(
    request.path,
    {
      ephemeral: options.mode === 'ephemeral',
      sequential: options.sequential === true,
      data: request.data,
      acl: request.acl,
    },
    context,
  );
  return request;
}

function encodeShot(shot: Shot<CreateInput>): CreateRequest {
  return encodeCreate({ path: shot.path ?? '', operation: 'create', ...shot.input }, shot.host);
}

function decodePathStat(
  { path, stat }: PathStat,
  { shot }: { readonly shot: Shot<CreateInput> },
): Created {
  const created = shot.host.chroot.toClient(path);
  return shot.input.options.withStat === true ? { path: created, stat } : created;
}

function checkMode(options: CreateOptions, context: ErrorContext): number {
  const { mode = 'persistent', sequential = false, ttlMs } = options;
  if (!Object.hasOwn(flags, mode)) {
    const names = Object.keys(flags).join(', ');
    throw refuse({ option: 'mode', value: mode, context }, `one of ${names}`);
  }
  if (mode === 'ttl' && ttlMs === undefined) {
    throw new InvalidOptionError('ttlMs', "is needed with mode 'ttl'", context);
  }
  if (mode !== 'ttl' && ttlMs !== undefined) {
    throw new InvalidOptionError('ttlMs', `makes sense only with mode 'ttl'`, context);
  }
  checkNumber({ option: 'ttlMs', value: ttlMs, context }, ttlRange);
  const flag = flags[mode][sequential ? 1 : 0];
  if (flag !== undefined) return flag;
  throw new InvalidOptionError('sequential', `is not possible with mode '${mode}'`, context);
}
