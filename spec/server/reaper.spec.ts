/** Containers and TTL znodes: protocol rows of 1.11. */

import { type Speaker, open, startWorld } from './world.js';

function ttl(client: Speaker, path: string, ttlMs: number): void {
  client.call('createTtl', { path, data: null, acl: open, flags: 5, ttlMs });
}

function container(client: Speaker, path: string): void {
  client.call('createContainer', { path, data: null, acl: open, flags: 4 });
}

/** A client whose session outlives the spec. */
function start() {
  const world = startWorld({ tickMs: 100_000 });
  return { ...world, client: world.connect({ timeoutMs: 2_000_000 }) };
}

describe('a container', () => {
  it('goes at the next round after its last child', () => {
    const { time, server, client } = start();
    container(client, '/box');
    time.advanceTo(5000);
    client.create('/box/a');
    client.create('/box/b');
    client.delete('/box/a');
    time.advanceTo(9000);
    client.addWatch('/', 1);
    client.delete('/box/b');
    time.advanceTo(9999);
    expect(server.tree()['/box']).toBeDefined();
    const before = server.lastZxid;
    time.advanceTo(10_000);
    expect(server.tree()['/box']).toBeUndefined();
    expect(client.rawEvents().at(-1)).toMatchObject({ type: 2, path: '/box', zxid: before + 1n });
  });

  it('stays while it was never used, while it has children, and when it is used again in time', () => {
    const { time, server, client } = start();
    container(client, '/unused');
    container(client, '/used');
    client.create('/used/a');
    client.delete('/used/a');
    client.create('/used/b');
    time.advanceTo(60_000);
    expect(Object.keys(server.tree())).toEqual(
      expect.arrayContaining(['/unused', '/used', '/used/b']),
    );
  });

  it('in a container goes first, the outer one a round later', () => {
    const { time, server, client } = start();
    container(client, '/outer');
    container(client, '/outer/inner');
    client.create('/outer/inner/a');
    client.delete('/outer/inner/a');
    time.advanceTo(1000);
    expect([server.tree()['/outer/inner'], server.tree()['/outer']?.kind]).toEqual([
      undefined,
      'container',
    ]);
    time.advanceTo(2000);
    expect(server.tree()['/outer']).toBeUndefined();
  });

  it('shows nothing of its kind to clients', () => {
    const { client } = start();
    container(client, '/box');
    expect(client.stat('/box').ephemeralOwner).toBe(0n);
    expect(client.call('getEphemerals', { prefix: null }).body).toEqual([]);
    expect(client.create('/box/s-', { flags: 2 })).toBe('/box/s-0000000000');
  });
});

describe('a TTL znode', () => {
  it('goes when it was not changed for longer than its TTL', () => {
    const { time, server, client } = start();
    ttl(client, '/t', 2000);
    time.advanceTo(1500);
    client.setData('/t');
    time.advanceTo(2000);
    client.getData('/t');
    time.advanceTo(3000);
    expect(server.tree()['/t']).toMatchObject({ kind: 'ttl', ttlMs: 2000, ephemeralOwner: 0n });
    time.advanceTo(5000);
    expect(server.tree()['/t']).toBeUndefined();
  });

  it('stays while it has children', () => {
    const { time, server, client } = start();
    ttl(client, '/t', 100);
    client.create('/t/c');
    time.advanceTo(10_000);
    expect(server.tree()['/t']).toBeDefined();
    client.delete('/t/c');
    time.advanceTo(11_000);
    expect(server.tree()['/t']).toBeUndefined();
  });

  it('sleeps until it can be due: a TTL of an hour takes no 3,600 rounds', () => {
    const { time, server, connect } = startWorld();
    const client = connect();
    ttl(client, '/t', 3_600_000);
    client.call('closeSession', undefined);
    const steps: number[] = [];
    while (time.pending > 0 && steps.length < 100) {
      const next = Math.min(...time.actions.map(({ delay }) => delay));
      steps.push(next);
      time.advanceTo(next);
    }
    expect(steps).toEqual([1000, 3_601_000]);
    expect(server.tree()['/t']).toBeUndefined();
  });
});

describe('reap', () => {
  it('does at once what a round would do', () => {
    const { server, client } = start();
    container(client, '/box');
    client.create('/box/a');
    client.delete('/box/a');
    ttl(client, '/t', 5000);
    expect(server.reap()).toEqual(['/box']);
    expect(server.reap()).toEqual([]);
  });
});
