/** Parties on virtual time: layout, who is there, and how members come and go. */

import { inCodePointOrder } from '../../src/recipes/membership/code-points.js';
import { type EphemeralState } from '../../src/recipes/membership/keep-node.js';
import {
  join$,
  type JoinOptions,
  members$,
  type MembersOptions,
  type PartyLayout,
} from '../../src/recipes/membership/party.js';
import { cutOnce, cutsOf } from './cuts.js';
import { expiryMs, type Member, nothing, World } from './world.js';

const path = '/workers/here';
const layouts: readonly PartyLayout[] = ['party', 'shallow'];

function join({ zk }: Member, options: JoinOptions) {
  const states: EphemeralState['status'][] = [];
  const errors: unknown[] = [];
  const subscription = join$(zk, path, options).subscribe({
    next: ({ status }) => states.push(status),
    error: (error: unknown) => errors.push(error),
  });
  return { states, errors, subscription };
}

function watch({ zk }: Member, options: MembersOptions) {
  const log: string[] = [];
  const paths: string[][] = [];
  const subscription = members$(zk, path, options).subscribe({
    next: (members) => {
      log.push(members.map(({ identifier }) => identifier).join());
      paths.push(members.map((member) => member.path));
    },
    error: (error: unknown) => log.push(String(error)),
    complete: () => log.push('|'),
  });
  return { log, paths, subscription };
}

function data(world: World, name: string): string {
  return new TextDecoder().decode(world.server.tree()[`${path}/${name}`]?.data ?? undefined);
}

describe('join$', () => {
  it('is laid out as kazoo lays a Party out', () => {
    const world = new World();
    const { states, subscription } = join(world.join(), { identifier: 'a/é' });
    world.time.advanceBy(100);
    expect(states).toEqual(['absent', 'standing']);
    const [name = ''] = world.names(path) ?? [];
    expect(name).toMatch(/^[0-9a-f]{32}__party__$/);
    expect(data(world, name)).toBe('a/é');
    subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(world.names(path)).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([
    [undefined, /^[0-9a-f]{32}-$/, ''],
    ['host-1', /^[0-9a-f]{32}-host-1$/, 'host-1'],
  ])('is laid out as kazoo lays a ShallowParty out, for %s', (identifier, name, text) => {
    const world = new World();
    const options = identifier === undefined ? {} : { identifier };
    const { subscription } = join(world.join(), { layout: 'shallow', ...options });
    world.time.advanceBy(100);
    expect(world.names(path)).toEqual([expect.stringMatching(name)]);
    expect(data(world, world.names(path)?.[0] ?? '')).toBe(text);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each(layouts)(
    'keeps one name over sessions, so that nobody sees it missing (%s)',
    (layout) => {
      const world = new World();
      const member = world.join();
      const { states, subscription } = join(member, { identifier: 'a', layout });
      const seen = watch(world.join(), { layout });
      world.time.advanceBy(100);
      // It gives its session up by its own clock, seconds before the server does.
      member.pausedMs += 60_000;
      world.network.at(member.address).reset();
      world.time.advanceBy(3000);
      expect(states).toEqual(['absent', 'standing', 'absent', 'standing']);
      expect(seen.log.at(-1)).toBe('a');
      expect(seen.log.filter((line) => line === '')).toHaveLength(1);
      expect(seen.log.filter((line) => line.length > 1)).toEqual([]);
      expect(new Set(seen.paths.flat()).size).toBe(1);
      subscription.unsubscribe();
      seen.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );

  it.each([
    [{ layout: 'curator' }, /InvalidOption layout: must be 'party' or 'shallow'/],
    [{ identifier: 7 }, /InvalidOption identifier: must be a string/],
    [{ identifier: 'a/b', layout: 'shallow' }, /InvalidOption identifier: is a part of/],
    [{ name: 'x' }, /InvalidOption name: there is no such option/],
  ])('refuses %j on subscribe', (options, message) => {
    // As a caller without types might.
    const { errors } = join(new World().join(), options as JoinOptions);
    expect(String(errors[0])).toMatch(message);
  });
});

describe('members$', () => {
  it.each(layouts)('tells who comes and goes, in the order of their identifiers (%s)', (layout) => {
    const world = new World();
    const { log, subscription } = watch(world.join(), { layout });
    world.time.advanceBy(50);
    const parties = ['b', 'c', 'a'].map((identifier) => {
      const member = join(world.join(), { identifier, layout });
      world.time.advanceBy(50);
      return member;
    });
    parties[1]?.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(log).toEqual(['', 'b', 'b,c', 'a,b,c', 'a,b']);
    subscription.unsubscribe();
    for (const party of parties) party.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('reads each member of a party once, and none of a shallow one', () => {
    for (const [layout, reads] of [
      ['party', 3],
      ['shallow', 0],
    ] as const) {
      const world = new World();
      const observer = world.join();
      observer.zk.ensurePath(path).subscribe();
      world.time.advanceBy(50);
      const { log } = watch(observer, { layout });
      world.time.advanceBy(50);
      const before = world.server.requestCounts().getData ?? 0;
      const members = ['a', 'b', 'c'].map((identifier) => {
        // Made by hand: those who join look after their own znodes, and their reads would be counted, too.
        const name =
          layout === 'party' ? `0${identifier}__party__` : `0${identifier}-${identifier}`;
        const { zk } = world.join();
        const open = zk.state$.subscribe();
        zk.create(`${path}/${name}`, identifier, { mode: 'ephemeral' }).subscribe();
        world.time.advanceBy(50);
        return open;
      });
      members[0]?.unsubscribe();
      world.time.advanceBy(2000);
      expect(log).toEqual(['', 'a', 'a,b', 'a,b,c', 'b,c']);
      expect((world.server.requestCounts().getData ?? 0) - before).toBe(reads);
    }
  });

  it('leaves alone what is no member, and takes a name without a dash as it is, as kazoo does', () => {
    const world = new World();
    const { zk } = world.join();
    zk.ensurePath(path).subscribe();
    world.time.advanceBy(50);
    for (const name of ['other', 'x__party__']) zk.create(`${path}/${name}`, 'data').subscribe();
    const [deep, flat] = [watch(world.join(), {}), watch(world.join(), { layout: 'shallow' })];
    world.time.advanceBy(100);
    expect([deep.log, flat.log]).toEqual([['data'], ['other,x__party__']]);
  });

  it('completes when the client is closed, and errs with the reason of its signal', () => {
    const world = new World();
    const member = world.join();
    const controller = new AbortController();
    const { log } = watch(member, {});
    const aborted = watch(member, { layout: 'shallow', signal: controller.signal });
    world.time.advanceBy(50);
    controller.abort('stop');
    void member.zk.close();
    world.time.advanceBy(50);
    expect([log, aborted.log]).toEqual([
      ['', '|'],
      ['', 'stop'],
    ]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([[{ layout: 'deep' }], [{ identifier: 'a' }]])('refuses %j on subscribe', (options) => {
    // As a caller without types might.
    const { log } = watch(new World().join(), options as MembersOptions);
    expect(log).toEqual([expect.stringMatching(/^InvalidOptionError: InvalidOption/)]);
  });
});

describe('a party, with the connection of a member cut at every place', () => {
  it.each(cutsOf(10).flatMap((cut) => layouts.map((layout) => ({ ...cut, layout }))))(
    '$when chunk $chunk $direction ($layout): has each member once at last, and none in the end',
    ({ layout, ...cut }) => {
      const world = new World();
      const [struck, other, observer] = [world.join(), world.join(), world.join()];
      cutOnce(world, struck, cut);
      const parties = [
        join(struck, { identifier: 'a', layout }),
        join(other, { identifier: 'b', layout }),
      ];
      const { log, subscription } = watch(observer, { layout });
      world.time.advanceBy(10_000);
      expect(log.at(-1)).toBe('a,b');
      expect(world.names(path)).toHaveLength(2);
      // Its session stays, so that its znode cannot go with it.
      const open = struck.zk.state$.subscribe();
      for (const party of parties) party.subscription.unsubscribe();
      world.time.advanceBy(500);
      expect(log.at(-1)).toBe('');
      open.unsubscribe();
      subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );
});

describe('the order of code points', () => {
  it('is that of Python', () => {
    // sorted(["\U0001f600", "\uffee", "b", "", "ab", "a"]) in Python.
    const sorted = ['', 'a', 'ab', 'b', '\uffee', '\u{1f600}'];
    expect([...sorted].reverse().sort(inCodePointOrder)).toEqual(sorted);
    expect([...sorted].reverse().sort()).not.toEqual(sorted);
    // Two that part in the second half of a character.
    expect(inCodePointOrder('\u{1f600}', '\u{1f601}')).toBeLessThan(0);
    expect(inCodePointOrder('\u{1f601}x', '\u{1f600}y')).toBeGreaterThan(0);
    expect(inCodePointOrder('\u{1f600}', '\u{1f600}')).toBe(0);
  });
});
