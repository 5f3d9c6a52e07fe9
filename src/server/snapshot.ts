/**
 * A server's state as bytes, and back: znodes, ACLs, sessions with their passwords, the last zxid.
 *
 * The format is our own; ZooKeeper's snapshots are another. Big-endian, in jute's terms:
 * magic (12 bytes `rxzkSnapshot`), int format version, int CRC-32 of what follows, and then long lastZxid, long
 * upcomingSessionId; the distinct ACLs (vector of vectors of perms, scheme, id); the sessions (vector of long id, buffer
 * password, int timeoutMs); the znodes, parents before their children (int count, each as in {@link writeZnode}).
 * Everything is read and checked before anything is changed, so what cannot be restored changes nothing.
 */

import { ProtocolError } from '../errors/client-errors.js';
import { JuteReader } from '../wire/reader.js';
import { type Acl, aclCodec } from '../wire/records.js';
import { encode, type JuteWriter } from '../wire/writer.js';
import { openAcl } from './acl.js';
import { crc32 } from './crc32.js';
import { type Machine } from './machine.js';
import { passwordBytes } from './session-password.js';
import { type ServerSession } from './sessions.js';
import { readZnodes, writeZnode } from './snapshot-znodes.js';
import { type Tree } from './tree.js';

/** The version of the format that is written, and the only one that is read. */
export const snapshotFormat = 1;

const magic = new TextEncoder().encode('rxzkSnapshot');
const headBytes = magic.length + 8;

type SavedSession = Pick<ServerSession, 'id' | 'password' | 'timeoutMs'>;

interface SavedState {
  readonly lastZxid: bigint;
  readonly upcomingId: bigint;
  readonly sessions: readonly SavedSession[];
  readonly tree: Tree;
}

/** The state of a machine, now. */
export function takeSnapshot(machine: Machine): Uint8Array {
  const body = encode((writer) => {
    writeState(writer, machine);
  });
  const head = encode((writer) => {
    writer.raw(magic);
    writer.int(snapshotFormat);
    writer.int(crc32(body));
  });
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
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

function writeState(writer: JuteWriter, { tree, sessions, lastZxid }: Machine): void {
  const acls = new Map<readonly Acl[], number>();
  for (const { acl } of tree.all()) if (!acls.has(acl)) acls.set(acl, acls.size);
  writer.long(lastZxid);
  writer.long(sessions.upcomingId);
  writer.vector([...acls.keys()], (_writer, acl) => {
    writer.vector(acl, (_, entry) => {
      aclCodec.write(writer, entry);
    });
  });
  writer.vector([...sessions.all()], (_writer, { id, password, timeoutMs }) => {
    writer.long(id);
    writer.buffer(password);
    writer.int(timeoutMs);
  });
  writer.int(tree.size);
  // Every ACL was put into the table above.
  for (const node of tree.all()) writeZnode(writer, node, acls.get(node.acl) ?? 0);
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
