/** Watches: left by reads, persistent ones, asked for and removed, and set again on a new connection. */

import { operations } from '../../src/wire/operations.js';
import { addWatchModes, watcherTypes } from '../../src/wire/watch-records.js';
import { type RecordedConnection, type Recorder } from './recorder.js';
import { newNode, utf8 } from './scenario-tree.js';

const { create, delete: remove, exists, getData, getChildren, setData } = operations;

export async function recordWatches(recorder: Recorder): Promise<void> {
  const connection = await recorder.connect('connect, for watches');
  await connection.call('create for watches', create, newNode('/watched'));
  await recordOneShot(connection);
  await recordPersistent(connection);
  await recordChecks(connection);
  await recordCatchUp(recorder, connection);
}

async function recordOneShot(connection: RecordedConnection): Promise<void> {
  const path = '/watched/a';
  const data = utf8('1');
  await connection.call('exists leaves a watch on the absent', exists, { path, watch: true });
  await connection.call('create fires created', create, newNode(path));
  await connection.call('getData leaves a watch', getData, { path, watch: true });
  await connection.call('setData fires dataChanged', setData, { path, data, version: -1 });
  await connection.call('getChildren leaves a watch', getChildren, { path, watch: true });
  await connection.call('create fires childrenChanged', create, newNode(`${path}/c`));
  await connection.call('remove the child again', remove, { path: `${path}/c`, version: -1 });
  await connection.call('exists leaves a watch', exists, { path, watch: true });
  await connection.call('delete fires deleted', remove, { path, version: -1 });
}

async function recordPersistent(connection: RecordedConnection): Promise<void> {
  const { addWatch } = operations;
  const [plain, recursive] = ['/watched/p', '/watched/r'];
  const { persistent, persistentRecursive } = addWatchModes;
  await connection.call('addWatch persistent', addWatch, { path: plain, mode: persistent });
  await connection.call('addWatch recursive', addWatch, {
    path: recursive,
    mode: persistentRecursive,
  });
  await connection.call('create below a persistent watch', create, newNode(plain));
  await connection.call('create a child below a persistent watch', create, newNode(`${plain}/c`));
  await connection.call('create below a recursive watch', create, newNode(recursive));
  await connection.call(
    'create a child below a recursive watch',
    create,
    newNode(`${recursive}/c`),
  );
  await connection.call('addWatch: MarshallingError', addWatch, { path: plain, mode: 7 });
}

async function recordChecks(connection: RecordedConnection): Promise<void> {
  const { checkWatches, removeWatches } = operations;
  const [path, absent] = ['/watched/p', '/watched/absent'];
  const { any, data } = watcherTypes;
  await connection.call('checkWatches', checkWatches, { path, watcherType: any });
  await connection.call('checkWatches: NoWatcher', checkWatches, {
    path: absent,
    watcherType: data,
  });
  await connection.call('removeWatches', removeWatches, { path, watcherType: any });
  await connection.call('removeWatches: NoWatcher', removeWatches, { path, watcherType: any });
}

async function recordCatchUp(recorder: Recorder, first: RecordedConnection): Promise<void> {
  const paths = (...names: string[]) => names.map((name) => `/watched/${name}`);
  for (const path of paths('same', 'changed', 'gone', 'parent')) {
    await first.call(`create ${path}`, create, newNode(path));
  }
  const { zxid: relativeZxid } = await first.call('sync before', operations.sync, {
    path: '/watched',
  });
  const changed = { path: '/watched/changed', data: utf8('2'), version: -1 };
  await first.call('setData while nobody watches', setData, changed);
  await first.call('delete while nobody watches', remove, { path: '/watched/gone', version: -1 });
  await first.call('create while nobody watches', create, newNode('/watched/there'));
  await first.call('create a child while nobody watches', create, newNode('/watched/parent/c'));

  const { sessionId, password } = first.session;
  const resume = { sessionId, password, lastZxidSeen: relativeZxid };
  const second = await recorder.connect('connect to resume a session', resume);
  first.close();
  const classic = {
    relativeZxid,
    data: paths('same', 'changed', 'gone'),
    exist: paths('absent', 'there'),
    child: paths('same', 'parent', 'gone'),
  };
  await second.call('setWatches with catch-up events', operations.setWatches, classic, { xid: -8 });
  const persistent = {
    relativeZxid,
    data: paths('changed'),
    exist: [],
    child: [],
    persistent: paths('p'),
    persistentRecursive: paths('r'),
  };
  await second.call('setWatches2', operations.setWatches2, persistent, { xid: -8 });
  await second.call('create below both again', create, newNode('/watched/r/d'));
  second.close();
}
