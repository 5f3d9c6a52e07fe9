/** Creates, reads and writes: every create mode, every kind of data, and the refusals that programs branch on. */

import { operations } from '../../src/wire/operations.js';
import { createFlags } from '../../src/wire/request-records.js';
import { type RecordedConnection, type Recorder } from './recorder.js';

export const open = [{ perms: 31, scheme: 'world', id: 'anyone' }];
export const digest = [{ perms: 31, scheme: 'digest', id: 'bob:ikIaKsbtGweaHnb/jKn7OHqbunM=' }];

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A create request for a persistent, open znode without data, changed by what is given. */
export function newNode(
  path: string,
  {
    data = null,
    acl = open,
    flags = 0,
  }: Partial<{ data: Uint8Array | null; acl: typeof open; flags: number }> = {},
) {
  return { path, data, acl, flags };
}

export async function recordTree(recorder: Recorder): Promise<void> {
  const connection = await recorder.connect('connect, for the tree');
  await recordCreates(connection);
  await recordRefusedCreates(connection);
  await recordReads(connection);
  await recordWrites(connection);
  await recordAcls(connection);
  connection.close();
}

async function recordCreates(connection: RecordedConnection): Promise<void> {
  const { create, create2, createContainer, createTtl } = operations;
  const data = utf8('hello');
  await connection.call('create persistent', create, newNode('/golden', { data }));
  await connection.call('create with null data', create, newNode('/golden/null'));
  const empty = newNode('/golden/empty', { data: new Uint8Array(0) });
  await connection.call('create with empty data', create, empty);
  const modes = ['ephemeral', 'persistentSequential', 'ephemeralSequential'] as const;
  for (const mode of modes) {
    const request = newNode(`/golden/${mode}-`, { flags: createFlags[mode] });
    await connection.call(`create ${mode}`, create, request);
  }
  const named = newNode('/golden/žluťoučký', { data: utf8('kůň') });
  await connection.call('create with a name beyond ASCII', create, named);
  await connection.call('create2 persistent', create2, newNode('/golden/create2', { data }));
  const ephemeral2 = newNode('/golden/create2-e-', { flags: createFlags.ephemeralSequential });
  await connection.call('create2 ephemeralSequential', create2, ephemeral2);
  const container = newNode('/golden/container', { flags: createFlags.container });
  await connection.call('createContainer', createContainer, container);
  const ttl = {
    ...newNode('/golden/ttl', { flags: createFlags.persistentWithTtl }),
    ttlMs: 86_400_000,
  };
  await connection.call('createTtl persistent', createTtl, ttl);
  await connection.call('createTtl sequential', createTtl, {
    ...newNode('/golden/ttl-', { flags: createFlags.persistentSequentialWithTtl }),
    ttlMs: 1_099_511_627_775,
  });
}

async function recordRefusedCreates(connection: RecordedConnection): Promise<void> {
  const { create } = operations;
  await connection.call('create: NodeExists', create, newNode('/golden'));
  await connection.call('create: NoNode', create, newNode('/golden/no/parent'));
  const below = newNode('/golden/ephemeral-/child');
  await connection.call('create: NoChildrenForEphemerals', create, below);
  await connection.call('create: InvalidACL', create, newNode('/golden/acl', { acl: [] }));
  await connection.call('create: BadArguments', create, newNode('/golden/flags', { flags: 9 }));
}

async function recordReads(connection: RecordedConnection): Promise<void> {
  const { exists, getData, getChildren, getChildren2, getEphemerals, getAllChildrenNumber } =
    operations;
  const watch = false;
  await connection.call('exists present', exists, { path: '/golden', watch });
  await connection.call('exists ephemeral', exists, { path: '/golden/ephemeral-', watch });
  await connection.call('exists: NoNode', exists, { path: '/golden/absent', watch });
  await connection.call('getData', getData, { path: '/golden', watch });
  await connection.call('getData empty', getData, { path: '/golden/empty', watch });
  await connection.call('getData null', getData, { path: '/golden/null', watch });
  await connection.call('getData: NoNode', getData, { path: '/golden/absent', watch });
  await connection.call('getChildren', getChildren, { path: '/golden', watch });
  await connection.call('getChildren of a leaf', getChildren, { path: '/golden/null', watch });
  await connection.call('getChildren2', getChildren2, { path: '/golden', watch });
  await connection.call('getChildren2 of a leaf', getChildren2, { path: '/golden/null', watch });
  await connection.call('getEphemerals below', getEphemerals, { prefix: '/golden' });
  await connection.call('getEphemerals all', getEphemerals, { prefix: null });
  await connection.call('getAllChildrenNumber', getAllChildrenNumber, { path: '/golden' });
  await connection.call('getAllChildrenNumber: NoNode', getAllChildrenNumber, { path: '/absent' });
  await connection.call('sync', operations.sync, { path: '/golden/anything' });
}

async function recordWrites(connection: RecordedConnection): Promise<void> {
  const { setData, delete: remove } = operations;
  const data = utf8('world');
  await connection.call('setData', setData, { path: '/golden/null', data, version: 0 });
  await connection.call('setData to null', setData, {
    path: '/golden/null',
    data: null,
    version: -1,
  });
  await connection.call('setData: BadVersion', setData, { path: '/golden/null', data, version: 7 });
  await connection.call('setData: NoNode', setData, { path: '/golden/absent', data, version: -1 });
  await connection.call('delete', remove, { path: '/golden/empty', version: 0 });
  await connection.call('delete: NoNode', remove, { path: '/golden/empty', version: -1 });
  await connection.call('delete: BadVersion', remove, { path: '/golden/null', version: 9 });
  await connection.call('delete: NotEmpty', remove, { path: '/golden', version: -1 });
  await connection.call('delete: BadArguments', remove, { path: '/zookeeper', version: -1 });
  const reconfig = { joining: null, leaving: '3', newMembers: null, configId: -1n };
  await connection.call('reconfig refused', operations.reconfig, reconfig);
}

async function recordAcls(connection: RecordedConnection): Promise<void> {
  const { create, getAcl, setAcl, getData } = operations;
  await connection.call('create for ACLs', create, newNode('/golden/guarded', { data: utf8('x') }));
  await connection.call('getAcl', getAcl, { path: '/golden/guarded' });
  const mixed = [...digest, { perms: 16, scheme: 'world', id: 'anyone' }];
  await connection.call('setAcl', setAcl, { path: '/golden/guarded', acl: mixed, version: 0 });
  await connection.call('setAcl: BadVersion', setAcl, {
    path: '/golden/guarded',
    acl: open,
    version: 5,
  });
  await connection.call('getAcl of two entries', getAcl, { path: '/golden/guarded' });
  await connection.call('getData: NoAuth', getData, { path: '/golden/guarded', watch: false });
}
