/** Watches and their notifications as a real 3.8 server sends them, against literals. */

import { decodeExchange } from './golden-support.js';

const [created, deleted, dataChanged, childrenChanged] = [1, 2, 3, 4];

function event(type: number | undefined, path: string): object {
  return { type, state: 3, path, header: { xid: -1, zxid: -1n, error: 0 } };
}

describe('golden notifications', () => {
  it.each([
    ['create fires created', created, '/watched/a'],
    ['setData fires dataChanged', dataChanged, '/watched/a'],
    ['create fires childrenChanged', childrenChanged, '/watched/a'],
    ['delete fires deleted', deleted, '/watched/a'],
    ['create below a persistent watch', created, '/watched/p'],
    ['create a child below a persistent watch', childrenChanged, '/watched/p'],
    ['create below a recursive watch', created, '/watched/r'],
    ['create a child below a recursive watch', created, '/watched/r/c'],
  ])('come before the reply: "%s"', (name, type, path) => {
    expect(decodeExchange(name).events).toEqual([event(type, path)]);
  });

  it.each([
    ['exists leaves a watch on the absent', -101],
    ['getData leaves a watch', 0],
    ['getChildren leaves a watch', 0],
    ['exists leaves a watch', 0],
  ])('are asked for: "%s"', (name, error) => {
    const { request, reply, events } = decodeExchange(name);
    expect(request.body).toEqual({ path: '/watched/a', watch: true });
    expect(reply.error).toBe(error);
    expect(events).toEqual([]);
  });
});

describe('golden persistent watches', () => {
  it.each([
    ['addWatch persistent', 11, '/watched/p', 0],
    ['addWatch recursive', 12, '/watched/r', 1],
  ])('reads "%s", whose reply is an int', (name, xid, path, mode) => {
    expect(decodeExchange(name)).toEqual({
      request: { xid, opcode: 106, body: { path, mode } },
      reply: { xid, zxid: 38n, error: 0, body: 0 },
      events: [],
    });
  });

  it.each([
    ['checkWatches', 17, '/watched/p', 3, 0],
    ['checkWatches: NoWatcher', 17, '/watched/absent', 2, -121],
    ['removeWatches', 18, '/watched/p', 3, 0],
    ['removeWatches: NoWatcher', 18, '/watched/p', 3, -121],
  ])('reads "%s"', (name, opcode, path, watcherType, error) => {
    const { request, reply } = decodeExchange(name);
    expect(request).toMatchObject({ opcode, body: { path, watcherType } });
    expect(reply).toMatchObject({ zxid: 42n, error });
  });

  it('reads that an unknown mode is refused', () => {
    const { request, reply } = decodeExchange('addWatch: MarshallingError');
    expect(request.body).toEqual({ path: '/watched/p', mode: 7 });
    expect(reply).toEqual({ xid: 17, zxid: 42n, error: -5 });
  });
});

describe('golden setWatches', () => {
  it('is answered with the events that were missed, then with its reply', () => {
    expect(decodeExchange('setWatches with catch-up events')).toEqual({
      request: {
        xid: -8,
        opcode: 101,
        body: {
          relativeZxid: 46n,
          data: ['/watched/same', '/watched/changed', '/watched/gone'],
          exist: ['/watched/absent', '/watched/there'],
          child: ['/watched/same', '/watched/parent', '/watched/gone'],
        },
      },
      reply: { xid: -8, zxid: 50n, error: 0, body: undefined },
      events: [
        event(dataChanged, '/watched/changed'),
        event(deleted, '/watched/gone'),
        event(created, '/watched/there'),
        event(childrenChanged, '/watched/parent'),
        event(deleted, '/watched/gone'),
      ],
    });
  });

  it('catches up for classic watches only, and arms the persistent ones again', () => {
    const { request, events } = decodeExchange('setWatches2');
    expect(request).toEqual({
      xid: -8,
      opcode: 105,
      body: {
        relativeZxid: 46n,
        data: ['/watched/changed'],
        exist: [],
        child: [],
        persistent: ['/watched/p'],
        persistentRecursive: ['/watched/r'],
      },
    });
    expect(events).toEqual([event(dataChanged, '/watched/changed')]);
    expect(decodeExchange('create below both again').events).toEqual([
      event(created, '/watched/r/d'),
    ]);
  });
});
