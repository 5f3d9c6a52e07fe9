/** A session is taken over while the connection is cut, at every chunk of the handshake and what follows it in turn. */

import { type ZooKeeper } from '../../src/index.js';
import { cutsOf } from '../recipes/cuts.js';
import { EnsembleWorld } from './ensemble-world.js';
import { watch } from './virtual-client.js';

const sessionTimeoutMs = 10_000;
const auth = [{ scheme: 'digest', credential: 'bob:pw' }];
const cuts = cutsOf(4);

/** A world in which somebody has left a session with the ephemeral `/e`, and that session as text. */
function left(): { readonly world: EnsembleWorld; readonly session: string; readonly id: unknown } {
  const world = new EnsembleWorld();
  const old = world.client({ idleGraceMs: Infinity, sessionTimeoutMs });
  watch(old.create('/e', 'x', { mode: 'ephemeral' }));
  world.time.advanceBy(100);
  const session = old.session?.serialize() ?? '';
  const id = old.session?.id;
  void old.close({ keepSession: true });
  world.time.advanceBy(100);
  return { world, session, id };
}

/** Who takes it over, and is cut off there, once; `also` runs at that moment. */
function heirOf(
  { world, session }: ReturnType<typeof left>,
  { direction, when, chunk }: (typeof cuts)[number],
  also?: () => void,
): { readonly zk: ZooKeeper; readonly wasCut: () => boolean } {
  let seen = 0;
  const matching = (): boolean => {
    if (seen++ !== chunk) return false;
    also?.();
    return true;
  };
  world.network.resetOnce({ direction, when, matching });
  const zk = world.client({ session, auth, idleGraceMs: Infinity, sessionTimeoutMs });
  return { zk, wasCut: () => seen > chunk };
}

describe('a session that is taken over, and the connection cut', () => {
  it.each(cuts)('$when chunk $chunk $direction: it is the same, and its ephemeral stays', (cut) => {
    const stage = left();
    const { world, id } = stage;
    const { zk, wasCut } = heirOf(stage, cut);
    const { told } = world.states(zk);
    const owner = watch(zk.exists$('/e'));
    const write = watch(zk.create('/by-heir', 'x', { mode: 'ephemeral', idempotent: true }));
    for (let ms = 0; ms < 3 * sessionTimeoutMs; ms += 50) {
      world.time.advanceBy(50);
      expect(world.server.ephemerals()).toContain('/e');
      expect(world.server.sessions()).toHaveLength(1);
    }
    expect(wasCut()).toBe(true);
    expect(told()).toMatch(/^o(?:cs)?c$/);
    expect(zk.session?.id).toBe(id);
    expect(owner.values.at(-1)).toMatchObject({ ephemeralOwner: id });
    expect([owner.error, write.error, write.completed]).toEqual([undefined, undefined, true]);
    void zk.close();
    world.time.advanceBy(2 * sessionTimeoutMs);
    expect([world.server.sessions(), world.server.ephemerals()]).toEqual([[], []]);
    expect([world.network.links(), world.time.pending]).toEqual([[], 0]);
  });

  it.each(cuts)('$when chunk $chunk $direction, and closed at that moment: it ends', (cut) => {
    const stage = left();
    const { world } = stage;
    const { zk, wasCut } = heirOf(stage, cut, () => void zk.close());
    const { record } = world.states(zk);
    watch(zk.exists('/e'));
    // At the latest by its timeout: what asks for its end may be lost.
    world.time.advanceBy(3 * sessionTimeoutMs);
    expect([wasCut(), record.completed, zk.state]).toEqual([true, true, { status: 'closed' }]);
    expect([world.server.sessions(), world.server.ephemerals()]).toEqual([[], []]);
    expect(world.network.links()).toEqual([]);
  });
});
