/** Znodes that outlive those who look after them by a time, on virtual time. */

import {
  persistentTtl$,
  type PersistentTtlOptions,
  type TtlNode,
} from '../../src/recipes/membership/persistent-ttl.js';
import { cutOnce, cutsOf } from './cuts.js';
import { expiryMs, type Member, nothing, World } from './world.js';

const path = '/hosts/h1';
const ttlMs = 8000;

function keep({ zk }: Member, data = 'rack 7', options: Partial<PersistentTtlOptions> = { ttlMs }) {
  const nodes: TtlNode[] = [];
  const errors: unknown[] = [];
  const ends: string[] = [];
  // As a caller without types might leave something out.
  const given = options as PersistentTtlOptions;
  const subscription = persistentTtl$(zk, path, data, given).subscribe({
    next: (node) => nodes.push(node),
    error: (error: unknown) => errors.push(error),
    complete: () => ends.push('|'),
  });
  return { nodes, errors, ends, subscription };
}

function text(world: World): string | undefined {
  const node = world.server.tree()[path];
  return node && new TextDecoder().decode(node.data ?? undefined);
}

/** Reaps for so long, as the server does once a minute. */
function pass(world: World, durationMs: number): void {
  for (let ms = 0; ms < durationMs; ms += 500) {
    world.time.advanceBy(500);
    world.server.reap();
  }
}

describe('persistentTtl$', () => {
  it('makes a container with a child that is touched, as Curator does, and stays while it is looked after', () => {
    const world = new World();
    const { nodes, subscription } = keep(world.join());
    world.time.advanceBy(100);
    const znode = world.server.tree()[path];
    expect(nodes).toEqual([{ path, fence: znode?.stat.czxid }]);
    expect([text(world), world.names(path)]).toEqual(['rack 7', ['touch']]);
    expect(world.server.requestCounts()).toMatchObject({ createTtl: 1 });
    pass(world, 20 * ttlMs);
    expect(nodes).toHaveLength(1);
    expect(world.server.tree()[path]?.stat.czxid).toBe(znode?.stat.czxid);
    // One touch every half of its time, and one right at first.
    const touches = world.server.tree()[`${path}/touch`]?.stat.version;
    expect(touches).toBeGreaterThanOrEqual(39);
    expect(touches).toBeLessThanOrEqual(41);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('outlives whoever looked after it by its time, and then goes', () => {
    const world = new World();
    const { subscription } = keep(world.join());
    world.time.advanceBy(100);
    subscription.unsubscribe();
    pass(world, ttlMs - 1000);
    expect([world.leftovers(0).sessions, text(world)]).toEqual([0, 'rack 7']);
    pass(world, 3000);
    expect(world.names('/hosts')).toBeUndefined();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('stays while one of several looks after it; whoever comes writes its data', () => {
    const world = new World();
    const first = keep(world.join());
    world.time.advanceBy(100);
    const second = keep(world.join(), 'rack 8');
    world.time.advanceBy(100);
    expect(second.nodes).toEqual(first.nodes);
    first.subscription.unsubscribe();
    pass(world, 5 * ttlMs);
    expect(text(world)).toBe('rack 8');
    second.subscription.unsubscribe();
    pass(world, ttlMs + 3000);
    expect(text(world)).toBeUndefined();
  });

  it('is made anew when somebody deletes it, and touches no child without its parent', () => {
    const world = new World();
    const { nodes, subscription } = keep(world.join());
    world.time.advanceBy(100);
    world.join().zk.delete(path, { recursive: true }).subscribe();
    world.time.advanceBy(100);
    expect(nodes).toHaveLength(2);
    expect(nodes[1]?.fence).toBeGreaterThan(nodes[0]?.fence ?? 0n);
    expect([text(world), world.names(path)]).toEqual(['rack 7', ['touch']]);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('survives a new session, and is made anew if it was cut off for too long', () => {
    const world = new World();
    const member = world.join();
    const { nodes, subscription } = keep(member);
    world.time.advanceBy(100);
    world.server.expireSession(member.zk.session?.id ?? 0n);
    pass(world, 2 * ttlMs);
    expect(nodes).toHaveLength(1);
    world.network.at(member.address).partition();
    pass(world, 3 * ttlMs);
    expect(text(world)).toBeUndefined();
    world.network.at(member.address).heal();
    world.network.at(member.address).reset();
    pass(world, ttlMs);
    expect([nodes.length, text(world)]).toEqual([2, 'rack 7']);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('completes when the client is closed, and errs with the reason of its signal', () => {
    const world = new World();
    const member = world.join();
    const controller = new AbortController();
    const [kept, aborted] = [keep(member), keep(member, '', { ttlMs, signal: controller.signal })];
    world.time.advanceBy(100);
    controller.abort('stop');
    void member.zk.close();
    world.time.advanceBy(100);
    expect([kept.ends, kept.errors, aborted.errors]).toEqual([['|'], [], ['stop']]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([
    [{}, /InvalidOption ttlMs: must be a whole number/],
    [{ ttlMs: 1 }, /InvalidOption ttlMs: must be a whole number from 2 to 1099511627775/],
    [{ ttlMs: 2 ** 40 }, /InvalidOption ttlMs/],
    [{ ttlMs, data: 'x' }, /InvalidOption data: there is no such option/],
  ])('refuses %j on subscribe', (options, message) => {
    expect(String(keep(new World().join(), '', options).errors[0])).toMatch(message);
  });
});

describe('persistentTtl$, with the connection cut at every place', () => {
  it.each(cutsOf(14))(
    '$when chunk $chunk $direction: stands at last, and goes in the end',
    (cut) => {
      const world = new World();
      const member = world.join();
      cutOnce(world, member, cut);
      const { nodes, errors, subscription } = keep(member);
      pass(world, 2 * ttlMs);
      expect([nodes.length, errors]).toEqual([1, []]);
      expect([text(world), world.names(path)]).toEqual(['rack 7', ['touch']]);
      subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      pass(world, ttlMs + 3000);
      expect(text(world)).toBeUndefined();
    },
  );
});
