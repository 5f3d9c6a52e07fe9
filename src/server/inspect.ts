/** Snapshots of a state machine for those who look from outside: plain objects that change no more. */

import { type SessionSnapshot, type ZnodeSnapshot } from './embedded-server.js';
import { type Machine } from './machine.js';
import { statOf } from './znode.js';

export function sessionSnapshots(machine: Machine): readonly SessionSnapshot[] {
  return [...machine.sessions.all()].map(({ id, timeoutMs, expiresAtMs, connection }) => ({
    id,
    timeoutMs,
    expiresAtMs,
    connected: connection !== undefined,
    ephemerals: [...machine.tree.ephemeralsOf(id)],
  }));
}

export function treeSnapshot(machine: Machine): Readonly<Record<string, ZnodeSnapshot>> {
  const snapshot: Record<string, ZnodeSnapshot> = {};
  for (const node of machine.tree.all()) {
    snapshot[node.path] = {
      data: node.data,
      acl: node.acl,
      stat: statOf(node),
      kind: node.kind,
      ephemeralOwner: node.owner,
      ttlMs: node.ttlMs,
    };
  }
  return snapshot;
}

export function ephemeralPaths(machine: Machine, sessionId?: bigint): readonly string[] {
  if (sessionId !== undefined) return [...machine.tree.ephemeralsOf(sessionId)];
  return [...machine.sessions.all()].flatMap(({ id }) => [...machine.tree.ephemeralsOf(id)]);
}
