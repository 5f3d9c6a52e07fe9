/** One znode kept alive on virtual time: layout, updates, sessions, rivals, and giving it up. */

import { NEVER, of, Subject, throwError } from 'rxjs';
import { InvalidOptionError, InvalidPathError } from '../../src/errors/client-errors.js';
import { NoAuthError, NoNodeError } from '../../src/errors/server-error.js';
import { ephemeral$, type EphemeralOptions } from '../../src/recipes/membership/ephemeral.js';
import { type EphemeralState } from '../../src/recipes/membership/keep-node.js';
import { cutOnce, cutsOf } from './cuts.js';
import { expiryMs, type Member, nothing, World } from './world.js';

const path = '/services/api/w1';

/** `0` absent, `w` waits for somebody else's, `h` standing. */
const letters = { absent: '0', blocked: 'w', standing: 'h' } as const;

type Data = Parameters<typeof ephemeral$>[2];

function keep({ zk }: Member, data: Data = 'here', options: EphemeralOptions = {}) {
  const log: string[] = [];
  const states: EphemeralState[] = [];
  const errors: unknown[] = [];
  const subscription = ephemeral$(zk, path, data, options).subscribe({
    next: (state) => {
      log.push(letters[state.status]);
      states.push(state);
    },
    error: (error: unknown) => {
      errors.push(error);
      log.push('#');
    },
    complete: () => log.push('|'),
  });
  return { log, states, errors, subscription };
}

/** The znode on the server: who owns it and what is in it. */
function znode(world: World) {
  const node = world.server.tree()[path];
  return node && { data: new TextDecoder().decode(node.data ?? undefined), stat: node.stat };
}

/** Owner and text of the znode. */
function owned(world: World) {
  const node = znode(world);
  return node && [node.stat.ephemeralOwner, node.data];
}

/** Makes the client give its session up by its own clock, seconds before the server does. */
function giveSessionUp(world: World, member: Member, also?: () => void): void {
  member.pausedMs += 60_000;
  world.network.at(member.address).reset();
  also?.();
  world.time.advanceBy(1500);
}

describe('ephemeral$', () => {
  it('makes the znode and its parents, tells of it, and deletes it when unsubscribed', () => {
    const world = new World();
    const member = world.join();
    const { log, states, subscription } = keep(member, 'host:1');
    expect(log).toEqual(['0']);
    world.time.advanceBy(100);
    expect(log).toEqual(['0', 'h']);
    expect(owned(world)).toEqual([member.zk.session?.id, 'host:1']);
    expect(states[1]).toMatchObject({ path, fence: znode(world)?.stat.czxid });
    const seen: string[] = [];
    if (states[1]?.status === 'standing') {
      states[1].released$.subscribe({ complete: () => seen.push('released') });
    }
    subscription.unsubscribe();
    expect(seen).toEqual([]);
    world.time.advanceBy(10);
    expect(seen).toEqual(['released']);
    expect(world.names('/services/api')).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('makes parents as containers when told to, and gives the znode its ACL', () => {
    const world = new World();
    const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
    const { log, subscription } = keep(world.join(), '', { parents: 'container', acl });
    world.time.advanceBy(100);
    expect(log).toEqual(['0', 'h']);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
    world.server.reap();
    world.server.reap();
    expect(world.names('/services')).toBeUndefined();
  });

  it('writes what changes into the znode, the newest only, without making it anew', () => {
    const world = new World();
    const data$ = new Subject<string>();
    const { log, subscription } = keep(world.join(), data$);
    world.time.advanceBy(100);
    expect([log, znode(world)]).toEqual([['0'], undefined]);
    data$.next('1');
    world.time.advanceBy(100);
    const made = znode(world);
    expect([log.join(''), made?.data]).toEqual(['0h', '1']);
    for (const value of ['2', '3', '4', '5']) data$.next(value);
    world.time.advanceBy(100);
    expect(znode(world)?.data).toBe('5');
    expect(znode(world)?.stat.czxid).toBe(made?.stat.czxid);
    // The first is under way, the newest follows; those in between are never sent.
    expect(znode(world)?.stat.version).toBe(2);
    expect(log.join('')).toBe('0h');
    data$.complete();
    world.time.advanceBy(100);
    expect(log.join('')).toBe('0h');
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('writes over what somebody else has written, at the next change', () => {
    const world = new World();
    const data$ = new Subject<string>();
    const { subscription } = keep(world.join(), data$);
    data$.next('1');
    world.time.advanceBy(100);
    world.join().zk.set(path, 'meddled').subscribe();
    world.time.advanceBy(100);
    data$.next('2');
    world.time.advanceBy(100);
    expect(znode(world)?.data).toBe('2');
    world.join().zk.set(path, 'meddled').subscribe();
    world.time.advanceBy(100);
    subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(znode(world)).toBeUndefined();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('makes it anew with a new session, with the newest data and a greater fence', () => {
    const world = new World();
    const member = world.join();
    const data$ = new Subject<string>();
    const { log, states, subscription } = keep(member, data$);
    data$.next('old');
    world.time.advanceBy(100);
    world.server.expireSession(member.zk.session?.id ?? 0n);
    data$.next('new');
    world.time.advanceBy(5000);
    expect(log.join('')).toBe('0h0h');
    expect(owned(world)).toEqual([member.zk.session?.id, 'new']);
    const fences = states.flatMap((state) => (state.status === 'standing' ? [state.fence] : []));
    expect(fences[1]).toBeGreaterThan(fences[0] ?? 0n);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('is silent over a short disconnect', () => {
    const world = new World();
    const member = world.join();
    const { log, subscription } = keep(member);
    world.time.advanceBy(100);
    const before = znode(world)?.stat.czxid;
    world.network.at(member.address).reset();
    world.time.advanceBy(3000);
    expect([log.join(''), znode(world)?.stat.czxid]).toEqual(['0h', before]);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('replaces the znode of its own earlier session in one transaction', () => {
    const world = new World();
    const member = world.join();
    const { log, subscription } = keep(member, 'x', {});
    const watcher = world.join();
    world.time.advanceBy(100);
    const seen: (boolean | bigint)[] = [];
    watcher.zk.exists$(path).subscribe((stat) => seen.push(stat?.ephemeralOwner ?? false));
    world.time.advanceBy(100);
    const first = member.zk.session?.id ?? 0n;
    giveSessionUp(world, member);
    expect(world.server.sessions().map(({ id }) => id)).toContain(first);
    expect(log.join('')).toBe('0h0h');
    const second = member.zk.session?.id ?? 0n;
    expect(second).not.toBe(first);
    expect(owned(world)).toEqual([second, 'x']);
    expect(seen).toEqual([first, second]);
    subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(znode(world)).toBeUndefined();
  });

  it('waits for the znode of somebody else, leaving no watch when it leaves, and takes its place', () => {
    const world = new World();
    const other = world.join();
    const first = keep(other, 'first');
    world.time.advanceBy(100);
    const mine = world.join();
    const gaveUp = keep(world.join(), 'second');
    const stays = keep(mine, 'third');
    world.time.advanceBy(100);
    expect([gaveUp.log.join(''), stays.log.join('')]).toEqual(['0w', '0w']);
    expect(gaveUp.states[1]).toMatchObject({ owner: other.zk.session?.id });
    gaveUp.subscription.unsubscribe();
    world.time.advanceBy(5000);
    expect([stays.log.join(''), owned(world)?.[1]]).toEqual(['0w', 'first']);
    first.subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(stays.log.join('')).toBe('0wh');
    expect(owned(world)).toEqual([mine.zk.session?.id, 'third']);
    stays.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('lets the second of one client wait for the first, and be undisturbed by its going', () => {
    const world = new World();
    const member = world.join();
    const first = keep(member, '1');
    const second = keep(member, '2');
    world.time.advanceBy(100);
    expect([first.log.join(''), second.log.join('')]).toEqual(['0h', '0w']);
    first.subscription.unsubscribe();
    const third = keep(member, '3');
    world.time.advanceBy(5000);
    expect([second.log.join(''), third.log.join('')]).toEqual(['0wh', '0w']);
    expect(znode(world)?.data).toBe('2');
    second.subscription.unsubscribe();
    third.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('replaces what `replace` says, in one transaction, and asks once for each znode', () => {
    const world = new World();
    const former = keep(world.join(), 'me, before');
    world.time.advanceBy(100);
    const watcher = world.join();
    const seen: unknown[] = [];
    watcher.zk.data$(path).subscribe((data) => seen.push(data && new TextDecoder().decode(data)));
    const asked: string[] = [];
    const { log, subscription } = keep(world.join(), 'me, now', {
      replace: ({ data }) => {
        const text = new TextDecoder().decode(data ?? undefined);
        asked.push(text);
        return text.startsWith('me');
      },
    });
    world.time.advanceBy(100);
    expect(log.join('')).toBe('0h');
    expect(asked).toEqual(['me, before']);
    expect(seen).toEqual(['me, before', 'me, now']);
    // The former is alive, in truth: it waits now.
    expect(former.log.join('')).toBe('0h0w');
    subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(former.log.join('')).toBe('0h0wh');
  });

  it('errs with what replace throws', () => {
    const world = new World();
    keep(world.join());
    world.time.advanceBy(100);
    const { errors } = keep(world.join(), 'x', {
      replace: () => {
        throw new Error('in replace');
      },
    });
    world.time.advanceBy(100);
    expect(errors).toMatchObject([{ message: 'in replace' }]);
  });

  it('makes it again when somebody has deleted it, or errs if that is not wanted', () => {
    const world = new World();
    const member = world.join();
    const { log, subscription } = keep(member);
    world.time.advanceBy(100);
    const { zk } = world.join();
    zk.delete(path).subscribe();
    world.time.advanceBy(100);
    expect(log.join('')).toBe('0h0h');
    subscription.unsubscribe();
    world.time.advanceBy(100);
    const strict = keep(member, 'x', { recreate: false });
    world.time.advanceBy(100);
    zk.delete(path).subscribe();
    world.time.advanceBy(100);
    expect(strict.log.join('')).toBe('0h#');
    expect(strict.errors[0]).toBeInstanceOf(NoNodeError);
    expect(strict.errors[0]).toMatchObject({ message: `NoNode: ephemeral$ ${path}` });
    world.time.advanceBy(3000);
  });

  it('does not touch what somebody else has put in the place of a deleted one', () => {
    const world = new World();
    const data$ = new Subject<string>();
    const { log, subscription } = keep(world.join(), data$);
    data$.next('1');
    world.time.advanceBy(100);
    const other = world.join();
    other.zk.delete(path).subscribe();
    other.zk.create(path, 'theirs', { mode: 'ephemeral' }).subscribe();
    other.zk.state$.subscribe();
    world.time.advanceBy(3);
    data$.next('2');
    world.time.advanceBy(500);
    expect(log.at(-1)).toBe('w');
    expect(owned(world)).toEqual([other.zk.session?.id, 'theirs']);
    subscription.unsubscribe();
    world.time.advanceBy(500);
    expect(owned(world)).toEqual([other.zk.session?.id, 'theirs']);
  });

  it('does not delete what somebody else has put in its place while it was being given up', () => {
    const world = new World();
    const data$ = new Subject<string>();
    const { subscription } = keep(world.join(), data$);
    for (const value of ['1', '2']) {
      data$.next(value);
      world.time.advanceBy(100);
    }
    const other = world.join();
    other.zk.state$.subscribe();
    world.time.advanceBy(100);
    other.zk.delete(path).subscribe();
    other.zk.create(path, 'theirs', { mode: 'ephemeral' }).subscribe();
    // They have arrived, and the watch has not told yet.
    world.time.advanceBy(1);
    expect(znode(world)?.data).toBe('theirs');
    subscription.unsubscribe();
    world.time.advanceBy(500);
    expect(owned(world)).toEqual([other.zk.session?.id, 'theirs']);
  });

  it('is not misled by what others of this client have read of the path before', () => {
    const world = new World();
    const member = world.join();
    const seen: boolean[] = [];
    member.zk.exists$(path).subscribe((stat) => seen.push(stat !== null));
    member.zk.data$(path).subscribe();
    world.time.advanceBy(100);
    const { log, subscription } = keep(member);
    world.time.advanceBy(500);
    expect(log.join('')).toBe('0h');
    expect(seen).toEqual([false, true]);
    // Once in vain, because there is no parent yet.
    expect(world.server.requestCounts().create2).toBe(2);
    subscription.unsubscribe();
  });

  it('ends with its data: an error of the stream, or a stream that says nothing', () => {
    const world = new World();
    const failing = new Subject<string>();
    const { log, errors } = keep(world.join(), failing);
    failing.next('1');
    world.time.advanceBy(100);
    failing.error('broken');
    world.time.advanceBy(100);
    expect([log.join(''), errors, znode(world)]).toEqual(['0h#', ['broken'], undefined]);
    expect(
      keep(
        world.join(),
        throwError(() => 'at once'),
      ).errors,
    ).toEqual(['at once']);
    const silent = new Subject<string>();
    const ended = keep(world.join(), silent);
    silent.complete();
    expect(ended.log.join('')).toBe('0|');
    keep(world.join(), NEVER).subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('completes when the client is closed, waiting or not, and errs with the reason of its signal', () => {
    const world = new World();
    const member = world.join();
    const [first, second] = [keep(member), keep(member)];
    const controller = new AbortController();
    const aborted = keep(world.join(), 'x', { signal: controller.signal });
    world.time.advanceBy(100);
    controller.abort('stop');
    expect(aborted.errors).toEqual(['stop']);
    void member.zk.close();
    world.time.advanceBy(100);
    expect([first.log.at(-1), second.log.at(-1)]).toEqual(['|', '|']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('errs when the server refuses the create, and leaves the name to others of this client', () => {
    const world = new World();
    const member = world.join();
    const acl = [{ perms: 1, scheme: 'world', id: 'anyone' }];
    member.zk.create('/services', '', { acl }).subscribe();
    world.time.advanceBy(100);
    const { errors } = keep(member);
    world.time.advanceBy(100);
    expect(errors[0]).toBeInstanceOf(NoAuthError);
    expect(keep(member).log).toEqual(['0']);
  });

  it.each([
    [{ parents: 'ttl' }, /InvalidOption parents: must be 'persistent' or 'container'/],
    [{ replace: true }, /InvalidOption replace: must be a function/],
    [{ recreate: 1 }, /InvalidOption recreate: must be true or false/],
    [{ acl: [] }, /InvalidOption acl/],
    [{ recreat: true }, /InvalidOption recreat: there is no such option; did you mean recreate/],
  ])('refuses %j on subscribe', (options, message) => {
    // As a caller without types might.
    const { errors } = keep(new World().join(), 'x', options as unknown as EphemeralOptions);
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(String(errors[0])).toMatch(message);
  });

  it('refuses other paths and data on subscribe', () => {
    const { zk } = new World().join();
    const errors: unknown[] = [];
    for (const wrong of ['/', 'relative', '/a//b']) {
      ephemeral$(zk, wrong).subscribe({ error: (error) => errors.push(error) });
    }
    expect(errors.every((error) => error instanceof InvalidPathError)).toBe(true);
    expect(errors).toHaveLength(3);
    // As a caller without types might.
    ephemeral$(zk, path, 7 as unknown as string).subscribe({
      error: (error) => errors.push(error),
    });
    expect(String(errors[3])).toMatch(/InvalidOption data: must be bytes, a text, null/);
  });
});

describe('ephemeral$, with the connection cut at every place', () => {
  const cuts = cutsOf(12);

  it.each(cuts)('$when chunk $chunk $direction: stands at last, with the newest data', (cut) => {
    const world = new World();
    const member = world.join();
    cutOnce(world, member, cut);
    const data$ = new Subject<string>();
    const { log, states, subscription } = keep(member, data$);
    data$.next('1');
    world.time.advanceBy(15);
    data$.next('2');
    world.time.advanceBy(10);
    world.time.advanceBy(10_000);
    const last = states.at(-1);
    expect(log.at(-1)).toBe('h');
    expect(last).toMatchObject({ fence: znode(world)?.stat.czxid });
    expect(owned(world)).toEqual([member.zk.session?.id, '2']);
    subscription.unsubscribe();
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it.each(cuts)(
    '$when chunk $chunk $direction: nothing stays when it is left right then',
    (cut) => {
      const world = new World();
      const member = world.join();
      const { subscription } = keep(member, of('1', '2'));
      cutOnce(world, member, cut, () => {
        subscription.unsubscribe();
      });
      world.time.advanceBy(10_000);
      subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );

  it.each(cuts)('$when chunk $chunk $direction: replaces its stale one at last', (cut) => {
    const world = new World();
    const member = world.join();
    const { log, subscription } = keep(member);
    world.time.advanceBy(100);
    giveSessionUp(world, member, () => {
      cutOnce(world, member, cut);
    });
    world.time.advanceBy(5000);
    expect(log.at(-1)).toBe('h');
    expect(owned(world)?.[0]).toBe(member.zk.session?.id);
    subscription.unsubscribe();
    expect(world.leftovers(2 * expiryMs)).toEqual(nothing);
  });

  it.each(cuts)(
    '$when chunk $chunk $direction: nothing stays when it is left while replacing',
    (cut) => {
      const world = new World();
      const member = world.join();
      const open = member.zk.state$.subscribe();
      const { subscription } = keep(member);
      world.time.advanceBy(100);
      giveSessionUp(world, member, () => {
        cutOnce(world, member, cut, () => {
          subscription.unsubscribe();
        });
      });
      world.time.advanceBy(10_000);
      subscription.unsubscribe();
      world.time.advanceBy(100);
      expect(znode(world)).toBeUndefined();
      open.unsubscribe();
      expect(world.leftovers(2 * expiryMs)).toEqual(nothing);
    },
  );

  it.each(Array.from({ length: 30 }, (_, ms) => ms))(
    'is left after %s ms, and the next one stands',
    (ms) => {
      const world = new World();
      const a = keep(world.join(), 'a');
      const b = keep(world.join(), 'b');
      world.time.advanceBy(ms);
      a.subscription.unsubscribe();
      world.time.advanceBy(200);
      expect(b.log.at(-1)).toBe('h');
      expect(owned(world)?.[1]).toBe('b');
      b.subscription.unsubscribe();
      expect(world.leftovers()).toEqual(nothing);
    },
  );
});
