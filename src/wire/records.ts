/** The records that requests and replies are made of: Stat, ACL, watch events, headers, the handshake. */

import { type JuteReader } from './reader.js';
import { type JuteWriter } from './writer.js';

/** Reads and writes one kind of record; both sides of a connection use the same one. */
export interface Codec<T> {
  write(writer: JuteWriter, value: T): void;
  read(reader: JuteReader): T;
}

/** A znode's metadata, with the wire's field names. Zxids and session ids are `bigint`. */
export interface Stat {
  /** Zxid of the change that created this znode. */
  readonly czxid: bigint;
  /** Zxid of the change that last set this znode's data. */
  readonly mzxid: bigint;
  /** When it was created: the server's epoch milliseconds. */
  readonly ctime: number;
  /** When its data was last set: the server's epoch milliseconds. */
  readonly mtime: number;
  /** Number of changes of the data. */
  readonly version: number;
  /** Number of creations and deletions of children. */
  readonly cversion: number;
  /** Number of changes of the ACL. */
  readonly aversion: number;
  /** Id of the session that owns this ephemeral znode; 0 for all others. */
  readonly ephemeralOwner: bigint;
  /** Length of the data in bytes. */
  readonly dataLength: number;
  /** Number of children. */
  readonly numChildren: number;
  /** Zxid of the last creation or deletion of a child. */
  readonly pzxid: bigint;
}

export const statCodec: Codec<Stat> = {
  write(writer, stat) {
    writer.long(stat.czxid);
    writer.long(stat.mzxid);
    writer.longNumber(stat.ctime);
    writer.longNumber(stat.mtime);
    writer.int(stat.version);
    writer.int(stat.cversion);
    writer.int(stat.aversion);
    writer.long(stat.ephemeralOwner);
    writer.int(stat.dataLength);
    writer.int(stat.numChildren);
    writer.long(stat.pzxid);
  },
  // The properties are evaluated in the order of the wire.
  read: (reader) => ({
    czxid: reader.long(),
    mzxid: reader.long(),
    ctime: reader.longNumber(),
    mtime: reader.longNumber(),
    version: reader.int(),
    cversion: reader.int(),
    aversion: reader.int(),
    ephemeralOwner: reader.long(),
    dataLength: reader.int(),
    numChildren: reader.int(),
    pzxid: reader.long(),
  }),
};

/** One entry of an access control list: what `id` of `scheme` may do. */
export interface Acl {
  /** Bits: READ 1, WRITE 2, CREATE 4, DELETE 8, ADMIN 16. */
  readonly perms: number;
  /** `world`, `auth`, `digest`, `ip`, `sasl`, `x509`, … */
  readonly scheme: string;
  readonly id: string;
}

export const aclCodec: Codec<Acl> = {
  write(writer, { perms, scheme, id }) {
    writer.int(perms);
    writer.string(scheme);
    writer.string(id);
  },
  read(reader) {
    const perms = reader.int();
    // A null scheme is an ACL that is not valid (-114), a null id a request that cannot be read (-5): measured.
    const scheme = reader.string() ?? '';
    // Nobody looks at the id of `auth`, and kazoo sends null for it.
    const id = scheme === 'auth' ? (reader.string() ?? '') : reader.text('ACL id');
    return { perms, scheme, id };
  },
};

/** What a notification says has happened to the znode. */
export const watchEventTypes = {
  created: 1,
  deleted: 2,
  dataChanged: 3,
  childrenChanged: 4,
} as const;

/** A notification: type, server's view of the session (always 3 on the wire), path as the server has it. */
export interface WatchEvent {
  readonly type: number;
  readonly state: number;
  readonly path: string;
}

export const watchEventCodec: Codec<WatchEvent> = {
  write(writer, { type, state, path }) {
    writer.int(type);
    writer.int(state);
    writer.string(path);
  },
  read: (reader) => ({ type: reader.int(), state: reader.int(), path: reader.text('event path') }),
};

/** The xids that are no request numbers. */
export const xids = { notification: -1, ping: -2, auth: -4, setWatches: -8 } as const;

export interface RequestHeader {
  readonly xid: number;
  readonly opcode: number;
}

export const requestHeaderCodec: Codec<RequestHeader> = {
  write(writer, { xid, opcode }) {
    writer.int(xid);
    writer.int(opcode);
  },
  read: (reader) => ({ xid: reader.int(), opcode: reader.int() }),
};

export interface ReplyHeader {
  readonly xid: number;
  readonly zxid: bigint;
  readonly error: number;
}

export const replyHeaderCodec: Codec<ReplyHeader> = {
  write(writer, { xid, zxid, error }) {
    writer.int(xid);
    writer.long(zxid);
    writer.int(error);
  },
  read: (reader) => ({ xid: reader.int(), zxid: reader.long(), error: reader.int() }),
};

/** The first frame of a connection. `sessionId` 0 asks for a new session. */
export interface ConnectRequest {
  readonly protocolVersion: number;
  readonly lastZxidSeen: bigint;
  readonly timeoutMs: number;
  readonly sessionId: bigint;
  readonly password: Uint8Array;
  /** `undefined` if the frame lacks the field (clients before 3.4); the reply then lacks it too. */
  readonly readOnly: boolean | undefined;
}

/** The answer to it. `timeoutMs <= 0` says that the session is over. */
export interface ConnectResponse {
  readonly protocolVersion: number;
  readonly timeoutMs: number;
  readonly sessionId: bigint;
  readonly password: Uint8Array;
  readonly readOnly: boolean | undefined;
}

export const connectRequestCodec: Codec<ConnectRequest> = {
  write(writer, request) {
    writer.int(request.protocolVersion);
    writer.long(request.lastZxidSeen);
    writer.int(request.timeoutMs);
    writer.long(request.sessionId);
    writer.buffer(request.password);
    if (request.readOnly !== undefined) writer.bool(request.readOnly);
  },
  read: (reader) => ({
    protocolVersion: reader.int(),
    lastZxidSeen: reader.long(),
    timeoutMs: reader.int(),
    sessionId: reader.long(),
    password: reader.buffer() ?? new Uint8Array(0),
    readOnly: reader.remaining > 0 ? reader.bool() : undefined,
  }),
};

export const connectResponseCodec: Codec<ConnectResponse> = {
  write(writer, response) {
    writer.int(response.protocolVersion);
    writer.int(response.timeoutMs);
    writer.long(response.sessionId);
    writer.buffer(response.password);
    if (response.readOnly !== undefined) writer.bool(response.readOnly);
  },
  read: (reader) => ({
    protocolVersion: reader.int(),
    timeoutMs: reader.int(),
    sessionId: reader.long(),
    password: reader.buffer() ?? new Uint8Array(0),
    readOnly: reader.remaining > 0 ? reader.bool() : undefined,
  }),
};
