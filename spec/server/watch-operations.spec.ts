/** Asking for watches, removing them, and leaving them again after a reconnect, through the wire. */

import { addWatchModes, watcherTypes } from '../../src/wire/watch-records.js';
import { type Speaker, startWorld, type World } from './world.js';

const { persistent, persistentRecursive } = addWatchModes;

function two(world: World): [Speaker, Speaker] {
  return [world.connect(), world.connect()];
}

describe('checkWatches and removeWatches', () => {
  const { children, data, any } = watcherTypes;

  it('know each type apart', () => {
    const client = startWorld().connect();
    client.create('/n');
    const found = (path = '/n') =>
      [1, 2, 3, 4, 5].map(
        (watcherType) => client.call('checkWatches', { path, watcherType }).error === 0,
      );
    expect(found()).toEqual([false, false, false, false, false]);
    client.getChildren('/n', true);
    expect(found()).toEqual([true, false, true, false, false]);
    client.getData('/n', true);
    client.addWatch('/n', persistentRecursive);
    expect(found()).toEqual([true, true, true, false, true]);
    expect(client.call('removeWatches', { path: '/n', watcherType: data }).error).toBe(0);
    expect(found()).toEqual([true, false, true, false, true]);
    expect(client.call('removeWatches', { path: '/n', watcherType: data }).error).toBe(-121);
    client.addWatch('/n', persistent);
    expect(client.call('removeWatches', { path: '/n', watcherType: 5 }).error).toBe(0);
    expect(found()).toEqual([true, false, true, true, false]);
    expect(client.call('removeWatches', { path: '/n', watcherType: any }).error).toBe(0);
    expect(found()).toEqual([false, false, false, false, false]);
  });

  it('see the watches of their own connection only', () => {
    const [a, b] = two(startWorld());
    a.getChildren('/', true);
    expect(b.call('checkWatches', { path: '/', watcherType: children }).error).toBe(-121);
    expect(b.call('removeWatches', { path: '/', watcherType: any }).error).toBe(-121);
    b.create('/n');
    expect(a.events()).toEqual(['childrenChanged /']);
  });

  it.each([
    ['3.9.0', [-121, -121, -5, -5]],
    ['3.8.4', [-5, -5, -5, -5]],
  ])('of %s answer the types 4, 5, 6, 0 with %p', (version, errors) => {
    const client = startWorld({ version }).connect();
    expect(
      [4, 5, 6, 0].map(
        (watcherType) => client.call('checkWatches', { path: '/', watcherType }).error,
      ),
    ).toEqual(errors);
  });
});

describe('setWatches', () => {
  /** `/same` untouched, `/data` and `/kids` changed and `/gone` deleted after `seen`; `/new` made then. */
  function changed(): { client: Speaker; writer: Speaker; seen: bigint } {
    const world = startWorld();
    const writer = world.connect();
    for (const path of ['/same', '/data', '/kids', '/gone']) writer.create(path);
    const seen = world.server.lastZxid;
    writer.setData('/data');
    writer.create('/kids/c');
    writer.delete('/gone');
    writer.create('/new');
    return { client: world.connect(), writer, seen };
  }

  it('tells what data watches missed and arms the others', () => {
    const { client, writer, seen } = changed();
    const data = ['/same', '/data', '/kids', '/gone'];
    client.send('setWatches', { relativeZxid: seen, data, exist: [], child: [] }, -8);
    expect(client.log).toEqual([
      { kind: 'event', type: 3, path: '/data' },
      { kind: 'event', type: 2, path: '/gone' },
      { kind: 'reply', xid: -8, error: 0 },
    ]);
    expect(client.rawEvents().map(({ zxid }) => zxid)).toEqual([-1n, -1n]);
    for (const path of ['/same', '/data', '/kids']) writer.setData(path);
    expect(client.events()).toEqual(['dataChanged /same', 'dataChanged /kids']);
  });

  it('tells what exists watches missed and arms the others', () => {
    const { client, writer, seen } = changed();
    client.call('setWatches', {
      relativeZxid: seen,
      data: [],
      exist: ['/new', '/gone'],
      child: [],
    });
    expect(client.events()).toEqual(['created /new']);
    writer.create('/gone');
    expect(client.events()).toEqual(['created /gone']);
  });

  it('tells what child watches missed and arms the others', () => {
    const { client, writer, seen } = changed();
    client.call('setWatches', {
      relativeZxid: seen,
      data: [],
      exist: [],
      child: ['/same', '/kids', '/gone'],
    });
    expect(client.events()).toEqual(['childrenChanged /kids', 'deleted /gone']);
    writer.create('/same/c');
    writer.create('/kids/d');
    expect(client.events()).toEqual(['childrenChanged /same']);
  });

  it('2 restores persistent watches, and what they missed is lost', () => {
    const { client, writer, seen } = changed();
    const none = { relativeZxid: seen, data: [], exist: [], child: [] };
    client.call('setWatches2', {
      ...none,
      persistent: ['/data', '/new'],
      persistentRecursive: ['/kids'],
    });
    expect(client.events()).toEqual([]);
    writer.setData('/data');
    writer.create('/kids/c/g');
    expect(client.events()).toEqual(['dataChanged /data', 'created /kids/c/g']);
  });
});
