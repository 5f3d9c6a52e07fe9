/** The partitioner on virtual time: shares, rebalancing, losses, and no item in two hands, whatever breaks. */

import { type Subscription } from 'rxjs';
import { type HeldLease } from '../../src/recipes/held/held-lease.js';
import { partition$, type PartitionOptions } from '../../src/recipes/membership/partition.js';
import { type Partition } from '../../src/recipes/membership/partition-state.js';
import { cutOnce, cutsOf } from './cuts.js';
import { expiryMs, type Member, nothing, World } from './world.js';
import { dice } from '../support/dice.js';

const path = '/work/shards';
const items = ['1', '2', '3', '4'];
const settleMs = 100;

/** What each member believes to hold. */
interface Player {
  readonly who: string;
  readonly member: Member;
  readonly log: string[];
  readonly states: Partition[];
  readonly errors: unknown[];
  readonly hands: Map<string, HeldLease>;
  subscription: Subscription;
}

/** Members of one partition, and every item that was given to one while another believed in it. */
class Table {
  readonly violations: string[] = [];
  readonly players: Player[] = [];
  readonly world: World;

  constructor(latencyMs = 1) {
    this.world = new World({ latencyMs });
  }

  sit(who: string, options: PartitionOptions = {}, member = this.world.join()): Player {
    const player: Player = {
      ...{ who, member, log: [], states: [], errors: [], hands: new Map() },
      // Replaced in the next line.
      subscription: undefined as unknown as Subscription,
    };
    this.players.push(player);
    this.play(player, options);
    return player;
  }

  play(player: Player, options: PartitionOptions = {}): void {
    const { who, member, log, states, errors, hands } = player;
    const how = { identifier: who, settleMs, ...options };
    player.subscription = partition$(member.zk, path, items, how).subscribe({
      next: (state) => {
        states.push(state);
        hands.clear();
        if (state.status === 'acquired') this.given(player, state);
        const shown = state.status === 'acquired' ? `A(${state.items.join()})` : state.status[0];
        log.push(shown ?? '');
      },
      error: (error: unknown) => {
        hands.clear();
        errors.push(error);
      },
      complete: () => {
        hands.clear();
        log.push('|');
      },
    });
    player.subscription.add(() => {
      hands.clear();
    });
  }

  /** Who holds what, by items. */
  hands(): readonly string[] {
    return this.players
      .flatMap(({ who, hands }) =>
        [...hands].filter(([, lease]) => lease.valid()).map(([item]) => `${item}${who}`),
      )
      .sort();
  }

  private given(player: Player, { items: share, lease }: Partition & { status: 'acquired' }): void {
    share.forEach((item, i) => {
      const held = lease.leases[i];
      for (const other of this.players) {
        if (other === player || other.hands.get(item)?.valid() !== true) continue;
        this.violations.push(`${item}: ${player.who} beside ${other.who}`);
      }
      if (held !== undefined) player.hands.set(item, held);
    });
  }

  leave(): void {
    for (const { subscription } of this.players) subscription.unsubscribe();
  }

  /** What is left on the znodes. */
  left(): readonly string[] {
    const names = this.world.names(path) ?? [];
    return names.filter((name) => !/^(?:party|locks|locks\/[^/]+)$/.test(name));
  }
}

describe('partition$', () => {
  it('gives everything to one alone, laid out as kazoo lays it out', () => {
    const table = new Table();
    const { log, states } = table.sit('a');
    expect(log).toEqual(['a']);
    table.world.time.advanceBy(1000);
    expect(log).toEqual(['a', 'A(1,2,3,4)']);
    const names = [...(table.world.names(path) ?? [])].sort();
    expect(names).toEqual([
      'locks',
      ...items.flatMap((item): unknown[] => [
        `locks/${item}`,
        expect.stringMatching(new RegExp(`^locks/${item}/[0-9a-f]{32}__lock__0000000000$`)),
      ]),
      'party',
      expect.stringMatching(/^party\/[0-9a-f]{32}-a$/),
    ]);
    const [, acquired] = states;
    expect(acquired?.status === 'acquired' && acquired.lease.valid()).toBe(true);
    table.leave();
    expect(acquired?.status === 'acquired' && acquired.lease.valid()).toBe(false);
    expect(table.world.leftovers()).toEqual(nothing);
    expect(table.left()).toEqual([]);
  });

  it('divides anew when somebody comes or goes, every n-th for each', () => {
    const table = new Table();
    const a = table.sit('a');
    table.world.time.advanceBy(1000);
    const b = table.sit('b');
    table.world.time.advanceBy(1000);
    expect(table.hands()).toEqual(['1a', '2b', '3a', '4b']);
    const c = table.sit('c');
    table.world.time.advanceBy(1000);
    expect(table.hands()).toEqual(['1a', '2b', '3c', '4a']);
    b.subscription.unsubscribe();
    table.world.time.advanceBy(1000);
    expect(table.hands()).toEqual(['1a', '2c', '3a', '4c']);
    expect(a.log).toEqual([
      'a',
      'A(1,2,3,4)',
      'r',
      'a',
      'A(1,3)',
      'r',
      'a',
      'A(1,4)',
      'r',
      'a',
      'A(1,3)',
    ]);
    expect(c.log.at(-1)).toBe('A(2,4)');
    expect(table.violations).toEqual([]);
    table.leave();
    expect(table.world.leftovers()).toEqual(nothing);
  });

  it('gives nothing to those for whom there is nothing', () => {
    const table = new Table();
    const players = ['a', 'b', 'c', 'd', 'e'].map((who) => table.sit(who));
    table.world.time.advanceBy(2000);
    expect(players[4]?.log.at(-1)).toBe('A()');
    const last = players[4]?.states.at(-1);
    if (last?.status !== 'acquired') throw new Error('not acquired');
    expect([last.lease.valid(), last.lease.leases]).toEqual([true, []]);
    table.leave();
    expect([last.lease.valid(), last.lease.remainingMs()]).toEqual([false, 0]);
    expect(table.world.leftovers()).toEqual(nothing);
  });

  it('waits until the members have settled', () => {
    const table = new Table();
    const a = table.sit('a', { settleMs: 3000 });
    for (const who of ['b', 'c', 'd']) {
      table.world.time.advanceBy(2500);
      table.sit(who, { settleMs: 3000 });
    }
    table.world.time.advanceBy(2900);
    expect(a.log).toEqual(['a']);
    table.world.time.advanceBy(500);
    expect(a.log).toEqual(['a', 'A(1)']);
  });

  it('tells of the release before the locks are released, and ends the lease before that', () => {
    const table = new Table(10);
    const a = table.sit('a');
    table.world.time.advanceBy(2000);
    const seen: unknown[] = [];
    const [acquired] = a.states.filter(({ status }) => status === 'acquired');
    if (acquired?.status !== 'acquired') throw new Error('not acquired');
    acquired.lease.signal.addEventListener('abort', () => seen.push(a.log.at(-1)));
    table.sit('b');
    for (let ms = 0; ms < 1000 && a.log.at(-1) !== 'r'; ms++) table.world.time.advanceBy(1);
    expect(a.log.at(-1)).toBe('r');
    expect(seen).toEqual(['A(1,2,3,4)']);
    expect(table.world.names(`${path}/locks/1`)).toHaveLength(1);
    table.world.time.advanceBy(15);
    expect(a.log.at(-1)).toBe('r');
    expect(table.world.names(`${path}/locks/1`)).toHaveLength(0);
    table.world.time.advanceBy(10);
    expect(a.log.at(-1)).toBe('a');
  });

  it('releases with the connection, before anybody sees the state, and takes its share again without settling', () => {
    const table = new Table();
    const a = table.sit('a', { settleMs: 5000 });
    const b = table.sit('b', { settleMs: 5000 });
    table.world.time.advanceBy(7000);
    expect(table.hands()).toEqual(['1a', '2b', '3a', '4b']);
    const seen: unknown[] = [];
    a.member.zk.state$.subscribe(({ status }) => seen.push([status, a.log.at(-1)]));
    table.world.network.at(a.member.address).reset();
    table.world.time.advanceBy(2000);
    expect(seen).toEqual([
      ['connected', 'A(1,3)'],
      ['suspended', 'r'],
      ['connected', 'r'],
    ]);
    expect(a.log.slice(-3)).toEqual(['r', 'a', 'A(1,3)']);
    expect(b.log).toEqual(['a', 'A(2,4)']);
  });

  it('rides out a short disconnect with giveUp "lease"', () => {
    const table = new Table();
    const a = table.sit('a', { giveUp: 'lease' });
    table.world.time.advanceBy(1000);
    table.world.network.at(a.member.address).reset();
    table.world.time.advanceBy(3000);
    expect(a.log).toEqual(['a', 'A(1,2,3,4)']);
  });

  it('gives what was held by one that is cut off to the others, when its session is over', () => {
    const table = new Table();
    const a = table.sit('a');
    const b = table.sit('b');
    table.world.time.advanceBy(1000);
    table.world.network.at(a.member.address).partition();
    table.world.time.advanceBy(expiryMs + 2000);
    expect(table.hands()).toEqual(['1b', '2b', '3b', '4b']);
    expect(a.log.slice(-3)).toEqual(['A(1,3)', 'r', 'a']);
    table.world.network.at(a.member.address).heal();
    table.world.network.at(a.member.address).reset();
    table.world.time.advanceBy(expiryMs);
    expect(table.hands()).toEqual(['1a', '2b', '3a', '4b']);
    expect(b.log.at(-1)).toBe('A(2,4)');
    expect(table.violations).toEqual([]);
  });

  it('takes its share again when somebody has deleted one of its locks', () => {
    const table = new Table();
    const a = table.sit('a');
    table.world.time.advanceBy(1000);
    const [lock = ''] = table.world.names(`${path}/locks/2`) ?? [];
    table.world.join().zk.delete(`${path}/locks/2/${lock}`).subscribe();
    table.world.time.advanceBy(1000);
    expect(a.log).toEqual(['a', 'A(1,2,3,4)', 'r', 'a', 'A(1,2,3,4)']);
  });

  it('makes its znode in the party again when somebody has deleted it', () => {
    const table = new Table();
    const a = table.sit('a');
    table.world.time.advanceBy(1000);
    const [name = ''] = table.world.names(`${path}/party`) ?? [];
    table.world.join().zk.delete(`${path}/party/${name}`).subscribe();
    table.world.time.advanceBy(1000);
    expect(table.world.names(`${path}/party`)).toEqual([name]);
    expect(a.log.at(-1)).toBe('A(1,2,3,4)');
  });

  it('divides as it is told, and errs with what that throws', () => {
    const table = new Table();
    const views: unknown[] = [];
    const lead: PartitionOptions['partitionBy'] = (view) => {
      views.push(view);
      return view.index === 0 ? view.items : [];
    };
    table.sit('b', { partitionBy: lead });
    table.sit('a', { partitionBy: lead });
    table.world.time.advanceBy(1000);
    expect(table.hands()).toEqual(['1a', '2a', '3a', '4a']);
    expect(views.at(-1)).toMatchObject({ members: ['a', 'b'], items });
    const failing = () => {
      throw new Error('in partitionBy');
    };
    const c = table.sit('c', { partitionBy: failing });
    const d = table.sit('d', { partitionBy: () => ['5'] });
    table.world.time.advanceBy(1000);
    expect(c.errors).toMatchObject([{ message: 'in partitionBy' }]);
    expect(String(d.errors[0])).toMatch(/InvalidOption partitionBy: must give some of the items/);
    table.leave();
    expect(table.world.leftovers()).toEqual(nothing);
  });

  it('lets one wait for what another has by another function, and holds it once', () => {
    const table = new Table();
    const a = table.sit('a', { partitionBy: () => ['1', '2'] });
    table.world.time.advanceBy(1000);
    const b = table.sit('b', { partitionBy: () => ['2', '3'] });
    table.world.time.advanceBy(2000);
    const both = [a.log.at(-1), b.log.at(-1)].sort();
    expect(both[1]).toBe('a');
    expect(table.violations).toEqual([]);
  });

  it('divides among members of the same name by their znodes', () => {
    const table = new Table();
    for (const member of [table.world.join(), table.world.join()]) table.sit('same', {}, member);
    table.world.time.advanceBy(1000);
    expect(table.hands()).toEqual(['1same', '2same', '3same', '4same']);
    expect(table.violations).toEqual([]);
  });

  it('completes when the client is closed, and errs with the reason of its signal', () => {
    const table = new Table();
    const a = table.sit('a');
    const controller = new AbortController();
    const b = table.sit('b', { signal: controller.signal });
    table.world.time.advanceBy(1000);
    controller.abort('stop');
    void a.member.zk.close();
    table.world.time.advanceBy(1000);
    expect([a.log.slice(2).filter((letter) => letter !== 'a'), a.errors]).toEqual([['r', '|'], []]);
    expect(b.errors).toEqual(['stop']);
    expect(table.world.leftovers()).toEqual(nothing);
  });

  it.each([
    [{ settleMs: -1 }, /InvalidOption settleMs/],
    [{ identifier: 'a/b' }, /InvalidOption identifier: is a part of/],
    [{ partitionBy: [] }, /InvalidOption partitionBy: must be a function/],
    [{ giveUp: 'never' }, /InvalidOption giveUp/],
    [{ waitMs: 1 }, /InvalidOption waitMs: there is no such option/],
  ])('refuses %j on subscribe', (options, message) => {
    // As a caller without types might.
    const { errors } = new Table().sit('a', options as unknown as PartitionOptions);
    expect(String(errors[0])).toMatch(message);
  });

  it.each([['x'], [['a', 'a']], [['']], [[1]], [['a//b']], [['..']]])(
    'refuses items %j',
    (wrong) => {
      const { zk } = new World().join();
      const errors: unknown[] = [];
      // As a caller without types might.
      partition$(zk, path, wrong as string[]).subscribe({ error: (error) => errors.push(error) });
      expect(String(errors[0])).toMatch(/InvalidOption items|InvalidPath/);
    },
  );
});

describe('partition$, with the connection cut at every place', () => {
  const cuts = cutsOf(24);

  it.each(cuts)('$when chunk $chunk $direction: everything is held once at last', (cut) => {
    const table = new Table();
    const a = table.sit('a');
    table.world.time.advanceBy(500);
    const struck = table.world.join();
    cutOnce(table.world, struck, cut);
    const b = table.sit('b', {}, struck);
    table.world.time.advanceBy(10_000);
    expect(table.hands()).toEqual(['1a', '2b', '3a', '4b']);
    expect(table.violations).toEqual([]);
    // Its session stays, so that nothing can go with it.
    const open = struck.zk.state$.subscribe();
    b.subscription.unsubscribe();
    table.world.time.advanceBy(1000);
    expect(a.log.at(-1)).toBe('A(1,2,3,4)');
    table.leave();
    table.world.time.advanceBy(500);
    expect(table.left()).toEqual([]);
    open.unsubscribe();
    expect(table.world.leftovers(expiryMs)).toEqual(nothing);
  });

  it.each(cuts)(
    '$when chunk $chunk $direction: nothing stays when it is left right then',
    (cut) => {
      const table = new Table();
      const member = table.world.join();
      const open = member.zk.state$.subscribe();
      const a = table.sit('a', {}, member);
      cutOnce(table.world, member, cut, () => {
        a.subscription.unsubscribe();
      });
      table.world.time.advanceBy(10_000);
      a.subscription.unsubscribe();
      table.world.time.advanceBy(500);
      expect(table.left()).toEqual([]);
      open.unsubscribe();
      expect(table.world.leftovers(expiryMs)).toEqual(nothing);
    },
  );
});

describe('partition$ while everything breaks', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i + 1))(
    'no item is in two hands, and each is in one in the end (seed %s)',
    (seed) => {
      const random = dice(seed);
      const table = new Table();
      const players = ['a', 'b', 'c'].map((who) =>
        table.sit(who, { giveUp: random() < 0.5 ? 'suspended' : 'lease' }),
      );
      for (let step = 0; step < 60; step++) {
        const player = players[Math.floor(random() * players.length)];
        const dice = random();
        if (player === undefined) continue;
        const faults = table.world.network.at(player.member.address);
        if (dice < 0.25) faults.reset();
        else if (dice < 0.45) faults.partition();
        else if (dice < 0.75) faults.heal();
        else if (dice < 0.85) player.member.pausedMs += Math.floor(random() * 8000);
        else {
          player.subscription.unsubscribe();
          table.play(player);
        }
        table.world.time.advanceBy(Math.floor(random() * 1500));
      }
      for (const { member } of players) {
        table.world.network.at(member.address).heal();
        table.world.network.at(member.address).reset();
      }
      table.world.time.advanceBy(3 * expiryMs);
      expect(table.violations).toEqual([]);
      expect(table.hands()).toEqual(['1a', '2b', '3c', '4a']);
      table.leave();
      expect(table.world.leftovers(2 * expiryMs)).toEqual(nothing);
      expect(table.left()).toEqual([]);
    },
  );
});
