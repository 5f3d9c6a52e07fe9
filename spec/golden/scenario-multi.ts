/** Transactions and bulk reads: gone through, refused, empty, and malformed. */

import { operations } from '../../src/wire/operations.js';
import { createFlags } from '../../src/wire/request-records.js';
import { type Recorder } from './recorder.js';
import { newNode, utf8 } from './scenario-tree.js';

export async function recordMulti(recorder: Recorder): Promise<void> {
  const connection = await recorder.connect('connect, for multi');
  const { multi, multiRead } = operations;
  const container = newNode('/multi/container', { flags: createFlags.container });
  const ttl = { ...newNode('/multi/ttl', { flags: createFlags.persistentWithTtl }), ttlMs: 60_000 };
  await connection.call('multi', multi, [
    { type: 'create', ...newNode('/multi', { data: utf8('m') }) },
    { type: 'create2', ...newNode('/multi/create2') },
    { type: 'createContainer', ...container },
    { type: 'createTtl', ...ttl },
    { type: 'create', ...newNode('/multi/s-', { flags: createFlags.persistentSequential }) },
    { type: 'setData', path: '/multi', data: utf8('n'), version: 0 },
    { type: 'check', path: '/multi', version: 1 },
    { type: 'delete', path: '/multi/create2', version: 0 },
  ]);
  await connection.call('multi refused', multi, [
    { type: 'create', ...newNode('/multi/never') },
    { type: 'check', path: '/multi', version: 7 },
    { type: 'delete', path: '/multi/ttl', version: -1 },
  ]);
  await connection.call('multi empty', multi, []);
  await connection.call('multi with a read: MarshallingError', multi, [
    { type: 'getData', path: '/multi', watch: false },
  ]);
  await connection.call('multiRead', multiRead, [
    { type: 'getData', path: '/multi', watch: false },
    { type: 'getChildren', path: '/multi', watch: false },
    { type: 'getData', path: '/multi/absent', watch: false },
    { type: 'getChildren', path: '/multi/ttl', watch: false },
  ]);
  await connection.call('multiRead empty', multiRead, []);
  connection.close();
}
