/** What a create makes, read from its operation and its flags. */

import { createFlags } from '../wire/request-records.js';
import { type Outcome, refusals } from './refusal.js';
import { type ZnodeKind } from './znode.js';

/** The operations that create. */
export type CreateType = 'create' | 'create2' | 'createContainer' | 'createTtl';

/** What is to be made. */
export interface CreateMode {
  readonly kind: ZnodeKind;
  readonly sequential: boolean;
}

/** Longest life of a TTL znode: 40 bits of milliseconds. */
export const maxTtlMs = 2 ** 40 - 1;

const persistent: CreateMode = { kind: 'persistent', sequential: false };

// By flag. A container flag means something in a multi only; alone, the operation decides.
const modes = new Map<number, CreateMode>([
  [createFlags.persistent, persistent],
  [createFlags.ephemeral, { kind: 'ephemeral', sequential: false }],
  [createFlags.persistentSequential, { kind: 'persistent', sequential: true }],
  [createFlags.ephemeralSequential, { kind: 'ephemeral', sequential: true }],
  [createFlags.container, { kind: 'container', sequential: false }],
  [createFlags.persistentWithTtl, { kind: 'ttl', sequential: false }],
  [createFlags.persistentSequentialWithTtl, { kind: 'ttl', sequential: true }],
]);

/** Whether a flag is one of those that exist. */
export function isCreateFlag(flags: number): boolean {
  return modes.has(flags);
}

/** Whether a flag asks for a TTL. */
export function isTtlFlag(flags: number): boolean {
  return modes.get(flags)?.kind === 'ttl';
}

/**
 * The mode of a create on its own: operation 19 makes a container whatever its flags are, and operation 1 with the
 * container's flag a plain znode. A TTL flag without a TTL, and a TTL without its flag, make no sense.
 */
export function createMode(
  type: CreateType,
  { flags, ttlMs }: { flags: number; ttlMs: number | undefined },
  { extendedTypes }: { extendedTypes: boolean },
): Outcome<CreateMode> {
  const mode = modes.get(flags);
  if (mode === undefined) return refusals.badArguments;
  if (mode.kind === 'ttl' && !extendedTypes) return refusals.unimplemented;
  if ((mode.kind === 'ttl') !== (type === 'createTtl')) return refusals.badArguments;
  if (type === 'createTtl') return isTtl(ttlMs) ? mode : refusals.badArguments;
  if (type === 'createContainer') return { kind: 'container', sequential: mode.sequential };
  return mode.kind === 'container' ? persistent : mode;
}

function isTtl(ttlMs: number | undefined): boolean {
  return ttlMs !== undefined && ttlMs >= 1 && ttlMs <= maxTtlMs;
}
