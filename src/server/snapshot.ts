/**
 * A server's state out of bytes: what `snapshot-parts.ts` has written.
 *
 * Everything is read and checked before anything is changed, so what cannot be restored changes nothing.
 */

import { ProtocolError } from '../errors/client-errors.js';
import { JuteReader } from '../wire/reader.js';
import { type Acl, aclCodec } from '../wire/records.js';
import { openAcl } from './acl.js';
import { crc32 } from './crc32.js';
import { type Machine } from './machine.js';
import { passwordBytes } from './session-password.js';
import { type ServerSession } from './sessions.js';
import { magic, snapshotFormat } from './snapshot-parts.js';
import { readZnodes } from './snapshot-znodes.js';
import { type Tree } from './tree.js';

const headBytes = magic.length + 8;

type SavedSession = Pick<ServerSession, 'id' | 'password' | 'timeoutMs'>;

interface SavedState {
  readonly lastZxid: bigint;
  readonly upcomingId: bigint;
  readonly sessions: readonly SavedSession[];
  readonly tree: Tree;
}

/**
 * Reads a state that was saved, and gives back what puts a machine into it. Throws {@link ProtocolError} if the bytes are
 * not one. Connections have to be closed in between.
 */
export function prepareRestore(machine: Machine, bytes: Uint8Array): () => void {
  const { tree, lastZxid, sessions, upcomingId } = readState(bytes, machine.emptyTree());
  return () => {
    machine.load(tree, lastZxid);
    machine.sessions.load(sessions, upcomingId);
  };
}

function readState(bytes: Uint8Array, tree: Tree): SavedState {
  const reader = new JuteReader(checkedBody(bytes));
  const lastZxid = reader.long();
  const upcomingId = reader.long();
  const acls = (reader.vector((r) => r.vector((one) => aclCodec.read(one)) ?? []) ?? []).map(
    sharedIfOpen,
  );
  const sessions = reader.vector(readSession) ?? [];
  const ids = new Set(sessions.map(({ id }) => id));
  if (ids.size !== sessions.length) throw broken('a session is there twice');
  readZnodes(reader, tree, { acls, sessionIds: ids });
  if (reader.remaining > 0) throw broken(`${String(reader.remaining)} bytes too many`);
  return { lastZxid, upcomingId, sessions, tree };
}

function checkedBody(bytes: Uint8Array): Uint8Array {
  const ours = bytes.length >= headBytes && magic.every((byte, i) => byte === bytes[i]);
  if (!ours) throw broken('the bytes are not a snapshot of this server');
  const head = new JuteReader(bytes.subarray(magic.length, headBytes));
  const format = head.int();
  if (format !== snapshotFormat) {
    throw broken(`format ${String(format)}, known is ${String(snapshotFormat)}`);
  }
  const checksum = head.int();
  const body = bytes.subarray(headBytes);
  if (crc32(body) !== checksum) throw broken('the checksum is wrong: it is damaged or cut off');
  return body;
}

function readSession(reader: JuteReader): SavedSession {
  const id = reader.long();
  const password = reader.buffer();
  const timeoutMs = reader.int();
  if (password?.length !== passwordBytes || timeoutMs <= 0) {
    throw broken('a session has no password or no timeout');
  }
  return { id, password, timeoutMs };
}

/** What most znodes have is one object for all of them, as in a tree that was never saved. */
function sharedIfOpen(acl: readonly Acl[]): readonly Acl[] {
  const [only] = acl;
  const isOpen = only?.perms === 31 && only.scheme === 'world' && only.id === 'anyone';
  return acl.length === 1 && isOpen ? openAcl : acl;
}

/** The error that says why a snapshot cannot be restored. */
function broken(why: string): ProtocolError {
  return new ProtocolError(`cannot restore the snapshot: ${why}`);
}
