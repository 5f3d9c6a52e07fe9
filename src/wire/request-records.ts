/** The records that requests consist of, one codec each. */

import { type Acl, aclCodec, type Codec } from './records.js';

/** Nothing at all: the body of a ping, the reply of a delete. */
export const emptyCodec: Codec<undefined> = { write: () => undefined, read: () => undefined };

export interface PathRequest {
  readonly path: string;
}

export const pathCodec: Codec<PathRequest> = {
  write: (writer, { path }) => {
    writer.string(path);
  },
  read: (reader) => ({ path: reader.string() ?? '' }),
};

export interface PathWatchRequest {
  readonly path: string;
  /** Whether the server shall leave a one-shot watch. */
  readonly watch: boolean;
}

export const pathWatchCodec: Codec<PathWatchRequest> = {
  write(writer, { path, watch }) {
    writer.string(path);
    writer.bool(watch);
  },
  read: (reader) => ({ path: reader.string() ?? '', watch: reader.bool() }),
};

export interface PathVersionRequest {
  readonly path: string;
  /** The version expected; -1 = any. */
  readonly version: number;
}

export const pathVersionCodec: Codec<PathVersionRequest> = {
  write(writer, { path, version }) {
    writer.string(path);
    writer.int(version);
  },
  read: (reader) => ({ path: reader.string() ?? '', version: reader.int() }),
};

/** What a create makes, as `CreateMode` numbers it. */
export const createFlags = {
  persistent: 0,
  ephemeral: 1,
  persistentSequential: 2,
  ephemeralSequential: 3,
  container: 4,
  persistentWithTtl: 5,
  persistentSequentialWithTtl: 6,
} as const;

export interface CreateRequest {
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly flags: number;
}

export const createCodec: Codec<CreateRequest> = {
  write(writer, { path, data, acl, flags }) {
    writer.string(path);
    writer.buffer(data);
    writer.vector(acl, aclCodec.write);
    writer.int(flags);
  },
  read: (reader) => ({
    path: reader.string() ?? '',
    data: reader.buffer(),
    acl: reader.vector(aclCodec.read) ?? [],
    flags: reader.int(),
  }),
};

export interface CreateTtlRequest extends CreateRequest {
  /** Milliseconds without a change after which a childless znode goes. */
  readonly ttlMs: number;
}

export const createTtlCodec: Codec<CreateTtlRequest> = {
  write(writer, request) {
    createCodec.write(writer, request);
    writer.longNumber(request.ttlMs);
  },
  read: (reader) => ({ ...createCodec.read(reader), ttlMs: reader.longNumber() }),
};

export interface SetDataRequest {
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly version: number;
}

export const setDataCodec: Codec<SetDataRequest> = {
  write(writer, { path, data, version }) {
    writer.string(path);
    writer.buffer(data);
    writer.int(version);
  },
  read: (reader) => ({ path: reader.string() ?? '', data: reader.buffer(), version: reader.int() }),
};

export interface SetAclRequest {
  readonly path: string;
  readonly acl: readonly Acl[];
  /** The `aversion` expected; -1 = any. */
  readonly version: number;
}

export const setAclCodec: Codec<SetAclRequest> = {
  write(writer, { path, acl, version }) {
    writer.string(path);
    writer.vector(acl, aclCodec.write);
    writer.int(version);
  },
  read: (reader) => ({
    path: reader.string() ?? '',
    acl: reader.vector(aclCodec.read) ?? [],
    version: reader.int(),
  }),
};

export interface ReconfigRequest {
  readonly joining: string | null;
  readonly leaving: string | null;
  readonly newMembers: string | null;
  /** Version of the configuration that this change is meant for; -1 = any. */
  readonly configId: bigint;
}

export const reconfigCodec: Codec<ReconfigRequest> = {
  write(writer, { joining, leaving, newMembers, configId }) {
    writer.string(joining);
    writer.string(leaving);
    writer.string(newMembers);
    writer.long(configId);
  },
  read: (reader) => ({
    joining: reader.string(),
    leaving: reader.string(),
    newMembers: reader.string(),
    configId: reader.long(),
  }),
};

export interface AuthRequest {
  readonly type: number;
  readonly scheme: string;
  readonly credential: Uint8Array | null;
}

export const authCodec: Codec<AuthRequest> = {
  write(writer, { type, scheme, credential }) {
    writer.int(type);
    writer.string(scheme);
    writer.buffer(credential);
  },
  read: (reader) => ({
    type: reader.int(),
    scheme: reader.string() ?? '',
    credential: reader.buffer(),
  }),
};

export interface SaslToken {
  readonly token: Uint8Array | null;
}

export const saslCodec: Codec<SaslToken> = {
  write: (writer, { token }) => {
    writer.buffer(token);
  },
  read: (reader) => ({ token: reader.buffer() }),
};

export interface EphemeralsRequest {
  /** Only ephemerals below this path; `''`, `'/'` or null = all. */
  readonly prefix: string | null;
}

export const ephemeralsCodec: Codec<EphemeralsRequest> = {
  write: (writer, { prefix }) => {
    writer.string(prefix);
  },
  read: (reader) => ({ prefix: reader.string() }),
};
