/** A session that one process leaves and another takes over, on virtual time. */

import { inspect } from 'node:util';
import { type ZooKeeper, type ZooKeeperOptions } from '../../src/index.js';
import { EnsembleWorld } from './ensemble-world.js';
import { watch } from './virtual-client.js';

interface Left {
  readonly world: EnsembleWorld;
  readonly old: ZooKeeper;
  readonly saved: string;
}

/** A client with the ephemeral `/e`, and its session as text. */
function leave(options: ZooKeeperOptions = {}): Left {
  const world = new EnsembleWorld();
  const old = world.client({ idleGraceMs: Infinity, ...options });
  watch(old.create('/e', 'x', { mode: 'ephemeral' }));
  world.time.advanceBy(100);
  return { world, old, saved: old.session?.serialize() ?? '' };
}

describe('a session that is taken over', () => {
  it('keeps its ephemerals, and ends with who took it over', () => {
    const { world, old, saved } = leave();
    let left = false;
    void old.close({ keepSession: true }).then(() => (left = true));
    world.time.advanceBy(100);
    expect([world.server.connectionCount(), world.server.ephemerals()]).toEqual([0, ['/e']]);
    expect(left).toBe(false);
    const zk = world.client({ session: saved });
    const { told } = world.states(zk);
    const stat = watch(zk.exists('/e'));
    world.time.advanceBy(20_000);
    expect(told()).toBe('oc');
    expect(stat.values[0]?.ephemeralOwner).toBe(zk.session?.id);
    void zk.close();
    world.time.advanceBy(100);
    expect([world.server.ephemerals(), world.server.sessions()]).toEqual([[], []]);
  });

  it('is answered what was sent before it is left', () => {
    const { world, old } = leave();
    const record = watch(old.set('/e', 'y'));
    void old.close({ keepSession: true });
    world.time.advanceBy(100);
    expect([record.completed, record.error]).toEqual([true, undefined]);
    expect(world.network.links()).toEqual([]);
  });

  it.each<[string, (saved: string) => string]>([
    ['it has ended', (saved) => saved],
    [
      'the password is wrong',
      (saved) => saved.replace(/"password":"[0-9a-f]{4}/, '"password":"0000'),
    ],
  ])('is lost, and replaced, if %s', (what, change) => {
    const { world, old, saved } = leave();
    void old.close({ keepSession: what !== 'it has ended' });
    world.time.advanceBy(100);
    const zk = world.client({ session: change(saved) });
    const { record, told } = world.states(zk);
    world.time.advanceBy(2000);
    expect(told()).toBe('oxc');
    expect(record.values[1]).toMatchObject({ cause: { reason: 'no-session' } });
    expect(world.reports.at(-1)?.message).toContain('the password is not its own');
    expect(inspect(world.reports)).not.toContain(/"password":"(\w+)/.exec(saved)?.[1]);
  });

  it('goes past servers that have seen less', () => {
    const { world, old, saved } = leave();
    void old.close({ keepSession: true });
    const zk = world.client({ session: saved.replace(/"lastZxid":"0x/, '"lastZxid":"0xff') });
    watch(zk.exists$('/e'));
    world.time.advanceBy(5000);
    expect(zk.state.status).toBe('connecting');
  });

  it('shows no password, and refuses what is no session without quoting it', () => {
    const { world, old, saved } = leave();
    const secret = /"password":"(\w+)/.exec(saved)?.[1] ?? '';
    expect(secret).toHaveLength(32);
    expect(inspect(old.session, { showHidden: true, getters: false })).not.toContain(secret);
    expect(JSON.stringify({ ...old.session, id: 0 })).toBe('{"id":0}');
    for (const session of ['', '{}', 'null', saved.slice(1), saved.replace('0x', '')]) {
      let error: unknown;
      try {
        world.client({ session });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ name: 'InvalidOptionError', option: 'session' });
      expect(inspect(error)).not.toContain(secret);
    }
  });
});
