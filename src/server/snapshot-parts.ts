/**
 * A server's state as bytes: znodes, ACLs, sessions with their passwords, the last zxid, at one moment.
 *
 * The format is our own; ZooKeeper's snapshots are another. Big-endian, in jute's terms:
 * magic (12 bytes `rxzkSnapshot`), int format version, int CRC-32 of what follows, and then long lastZxid, long
 * upcomingSessionId; the distinct ACLs (vector of vectors of perms, scheme, id); the sessions (vector of long id, buffer
 * password, int timeoutMs); the znodes, parents before their children (int count, each as in {@link writeZnode}).
 *
 * A million znodes take seconds to write, so it is done in small steps, and the server goes on in between. What is
 * written is nevertheless the moment in which it was asked for: a znode that changes before its turn is copied first.
 */

import { type Acl, aclCodec } from '../wire/records.js';
import { encode, JuteWriter } from '../wire/writer.js';
import { crc32 } from './crc32.js';
import { type Machine } from './machine.js';
import { type ServerSession } from './sessions.js';
import { copyOf, writeZnode } from './snapshot-znodes.js';
import { type Znode } from './znode.js';

/** The version of the format that is written, and the only one that is read. */
export const snapshotFormat = 1;

/** What every snapshot begins with. */
export const magic = new TextEncoder().encode('rxzkSnapshot');

/** What is written in one step; some milliseconds. */
const stepBytes = 256 * 1024;
const nothingYet = new Uint8Array(0);

/** All that is saved, as it was in one moment. */
interface Moment {
  readonly lastZxid: bigint;
  readonly upcomingId: bigint;
  readonly sessions: readonly Pick<ServerSession, 'id' | 'password' | 'timeoutMs'>[];
  readonly znodes: readonly Znode[];
  /** Those that have changed since, as they were. */
  readonly before: ReadonlyMap<Znode, Znode>;
  readonly release: () => void;
}

/** The state of a machine, now. */
export function takeSnapshot(machine: Machine): Uint8Array {
  const parts = [...snapshotParts(machine)];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The same in parts, one for each short step of work; many are empty. The moment is that of the first step. */
export function* snapshotParts(machine: Machine): Generator<Uint8Array, void> {
  yield* writeMoment(keepMoment(machine));
}

function keepMoment({ tree, sessions, lastZxid }: Machine): Moment {
  const before = new Map<Znode, Znode>();
  const release = tree.beforeChange((node) => {
    if (!before.has(node)) before.set(node, copyOf(node));
  });
  return {
    lastZxid,
    upcomingId: sessions.upcomingId,
    sessions: [...sessions.all()].map(({ id, password, timeoutMs }) => ({
      id,
      password,
      timeoutMs,
    })),
    znodes: [...tree.all()],
    before,
    release,
  };
}

function* writeMoment(moment: Moment): Generator<Uint8Array, void> {
  const acls = new Map<readonly Acl[], number>();
  const body: Uint8Array[] = [];
  try {
    const writer = new JuteWriter();
    for (const znode of moment.znodes) {
      const node = moment.before.get(znode) ?? znode;
      if (!acls.has(node.acl)) acls.set(node.acl, acls.size);
      writeZnode(writer, node, acls.get(node.acl) ?? 0);
      if (writer.length < stepBytes) continue;
      body.push(writer.take());
      yield nothingYet;
    }
    body.push(writer.take());
  } finally {
    moment.release();
  }
  body.unshift(stateHead(moment, [...acls.keys()]));
  let checksum = 0;
  for (const part of body) {
    checksum = crc32(part, checksum);
    yield nothingYet;
  }
  yield fileHead(checksum);
  yield* body;
}

function fileHead(checksum: number): Uint8Array {
  return encode((writer) => {
    writer.raw(magic);
    writer.int(snapshotFormat);
    writer.int(checksum);
  });
}

function stateHead(moment: Moment, acls: readonly (readonly Acl[])[]): Uint8Array {
  return encode((writer) => {
    writer.long(moment.lastZxid);
    writer.long(moment.upcomingId);
    writer.vector(acls, (_writer, acl) => {
      writer.vector(acl, (_, entry) => {
        aclCodec.write(writer, entry);
      });
    });
    writer.vector(moment.sessions, (_writer, { id, password, timeoutMs }) => {
      writer.long(id);
      writer.buffer(password);
      writer.int(timeoutMs);
    });
    writer.int(moment.znodes.length);
  });
}
