/** The election on virtual time: terms, failover, and work that runs only while leading. */

import { interval, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { leaderElection$, type Leadership, whileLeader } from '../../src/recipes/locks/election.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { type Member, nothing, sessionTimeoutMs, tickMs, World } from './world.js';

const path = '/election';
const expiryMs = sessionTimeoutMs + 2 * tickMs;

/** `f` follower (with the leader it knows of), `l` leader. */
function letter(leadership: Leadership): string {
  if (leadership.role === 'leader') return 'l';
  return leadership.leader === undefined ? 'f' : `f(${leadership.leader})`;
}

function campaign({ zk }: Member, identifier: string) {
  const log: string[] = [];
  const fences: bigint[] = [];
  const subscription = leaderElection$(zk, path, { identifier }).subscribe({
    next: (leadership) => {
      log.push(letter(leadership));
      if (leadership.role === 'leader') fences.push(leadership.lease.fence);
    },
    error: (error: unknown) => log.push(error instanceof Error ? error.name : String(error)),
    complete: () => log.push('|'),
  });
  return { log, fences, subscription };
}

describe('leaderElection$', () => {
  it('starts as a follower, at once, and leads when first in line', () => {
    const world = new World();
    const { log, subscription } = campaign(world.join(), 'a');
    expect(log).toEqual(['f']);
    world.time.advanceBy(100);
    expect(log).toEqual(['f', 'l']);
    expect(world.names(path)).toEqual([expect.stringMatching(/^[0-9a-f]{32}__lock__0000000000$/)]);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('names the leader, and passes to the one who has waited longest', () => {
    const world = new World();
    const [a, b, c] = ['a', 'b', 'c'].map((who) => {
      const candidate = campaign(world.join(), who);
      world.time.advanceBy(50);
      return candidate;
    });
    expect([b?.log, c?.log]).toEqual([
      ['f', 'f(a)'],
      ['f', 'f(a)'],
    ]);
    a?.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(b?.log).toEqual(['f', 'f(a)', 'l']);
    b?.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(c?.log).toEqual(['f', 'f(a)', 'l']);
    c?.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('follows on a loss, before the state is seen, and leads again when it can', () => {
    const world = new World();
    const member = world.join();
    const { log, fences } = campaign(member, 'a');
    const order: string[] = [];
    member.zk.state$.subscribe(({ status }) => order.push(`${status} ${log.join('')}`));
    world.time.advanceBy(50);
    world.network.at(member.address).reset();
    world.time.advanceBy(3000);
    expect(log).toEqual(['f', 'l', 'f', 'l']);
    expect(order).toEqual(['connecting f', 'connected f', 'suspended flf', 'connected flf']);
    expect(fences[1]).toBeGreaterThan(fences[0] ?? 0n);
    expect(world.names(path)).toHaveLength(1);
  });

  it('fails over to the next when the leader is cut off, and the old one rejoins behind', () => {
    const world = new World();
    const a = world.join();
    const first = campaign(a, 'a');
    world.time.advanceBy(50);
    const second = campaign(world.join(), 'b');
    world.time.advanceBy(50);
    world.network.at(a.address).partition();
    world.time.advanceBy(2 * expiryMs);
    expect(first.log).toEqual(['f', 'l', 'f']);
    expect(second.log).toEqual(['f', 'f(a)', 'l']);
    world.network.at(a.address).heal();
    world.network.at(a.address).reset();
    world.time.advanceBy(expiryMs);
    expect(first.log).toEqual(['f', 'l', 'f', 'f(b)']);
    expect(second.fences[0]).toBeGreaterThan(first.fences[0] ?? 0n);
    first.subscription.unsubscribe();
    second.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('waits behind a lock on the same path: they are one queue', () => {
    const world = new World();
    const lock = world.hold('lock', lock$(world.join().zk, path, { identifier: 'locker' }));
    world.time.advanceBy(50);
    const { log } = campaign(world.join(), 'a');
    world.time.advanceBy(50);
    expect(log).toEqual(['f', 'f(locker)']);
    lock.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(log).toEqual(['f', 'f(locker)', 'l']);
  });

  it('completes when the client is closed, and errs with the reason of its signal', () => {
    const world = new World();
    const { zk } = world.join();
    const ends: unknown[] = [];
    const controller = new AbortController();
    const { signal } = controller;
    leaderElection$(zk, path, { signal }).subscribe({ error: (error) => ends.push(error) });
    leaderElection$(zk, '/other').subscribe({ complete: () => ends.push('other complete') });
    const beats$ = interval(1, world.time).pipe(whileLeader(zk, '/third'));
    beats$.subscribe({ complete: () => ends.push('third complete') });
    world.time.advanceBy(50);
    controller.abort('stop');
    expect(ends).toEqual(['stop']);
    void zk.close();
    world.time.advanceBy(50);
    expect(ends.slice(1).sort()).toEqual(['other complete', 'third complete']);
    expect(world.leftovers()).toEqual(nothing);
  });
});

describe('whileLeader', () => {
  /** Logs its life. */
  function work(log: string[], source$: Observable<unknown> = NEVER) {
    return new Observable<unknown>((subscriber) => {
      log.push('start');
      subscriber.add(source$.subscribe(subscriber));
      subscriber.add(() => log.push('stop'));
    });
  }

  it('subscribes to the source anew in each term, and stops it when leadership is lost', () => {
    const world = new World();
    const { zk, address } = world.join();
    const log: string[] = [];
    zk.state$.subscribe(({ status }) => log.push(status));
    const subscription = work(log).pipe(whileLeader(zk, path)).subscribe();
    world.time.advanceBy(50);
    world.network.at(address).reset();
    world.time.advanceBy(3000);
    expect(log).toEqual([
      ...['connecting', 'connected', 'start'],
      ...['stop', 'suspended', 'connected', 'start'],
    ]);
    subscription.unsubscribe();
    expect(log.at(-1)).toBe('stop');
    world.members.forEach((member) => void member.zk.close());
    expect(world.leftovers()).toEqual(nothing);
  });

  it('completes when the source completes, after the resignation is confirmed', () => {
    const world = new World();
    const source = new Subject<number>();
    const log: unknown[] = [];
    source.pipe(whileLeader(world.join().zk, path)).subscribe({
      next: (value) => log.push(value),
      complete: () => log.push(`complete, ${String(world.names(path)?.length)} candidates`),
    });
    world.time.advanceBy(50);
    source.next(1);
    source.complete();
    expect(log).toEqual([1]);
    world.time.advanceBy(50);
    expect(log).toEqual([1, 'complete, 0 candidates']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('errs with the error of the source, after the resignation is confirmed', () => {
    const world = new World();
    const log: unknown[] = [];
    throwError(() => 'broken')
      .pipe(whileLeader(world.join().zk, path))
      .subscribe({
        error: (error: unknown) => log.push(error, world.names(path)?.length),
      });
    world.time.advanceBy(50);
    expect(log).toEqual(['broken', 0]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('runs the source of one process at a time', () => {
    const world = new World();
    const log: string[] = [];
    ['a', 'b', 'c'].forEach((who) => {
      of(`${who} ran`)
        .pipe(whileLeader(world.join().zk, path))
        .subscribe({ next: (line) => log.push(line), complete: () => log.push(`${who} resigned`) });
      world.time.advanceBy(10);
    });
    world.time.advanceBy(200);
    expect(log.filter((line) => line.endsWith('ran'))).toEqual(['a ran', 'b ran', 'c ran']);
    expect(log).toHaveLength(6);
    expect(world.leftovers()).toEqual(nothing);
  });
});
