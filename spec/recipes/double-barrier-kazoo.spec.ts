/** Double barriers with kazoo's members among ours, their requests at every moment of ours: all get in and through, nothing is left. */

import { EMPTY, timer } from 'rxjs';
import { withDoubleBarrier } from '../../src/recipes/barriers/double-barrier.js';
import { type Layout } from '../../src/recipes/core/options.js';
import { KazooMember } from './kazoo-double-barrier.js';
import { path, Rounds } from './rounds.js';
import { nothing, World } from './world.js';

/** Who meets. */
interface Company {
  readonly title: string;
  /** Names of kazoo's znodes; the first is of the one that is slow. */
  readonly names: readonly string[];
  readonly ours: number;
  readonly workMs?: number;
  readonly layout?: Layout;
}

/** When the slow one's requests come: so many at one time, and all others at another. */
interface Moments {
  readonly startMs: number;
  readonly atOnce: number;
  readonly resumeMs: number;
}

// Ours begin with something between, but for one in a million.
const lowest = '0'.repeat(32);
const highest = 'f'.repeat(32);
/** By then ours have done all that they do before they wait. */
const lastMs = 16;
/** As many as kazoo needs to get in, and the first of its leaving. */
const most = 9;
const patienceMs = 200;

class Meeting {
  readonly world = new World();
  readonly kazoo: readonly KazooMember[];
  readonly logs: string[][] = [];
  private sent = 0;

  constructor(
    private readonly company: Company,
    private readonly moments: Moments,
  ) {
    const { names, ours } = company;
    const { server } = this.world;
    const count = this.count;
    for (let i = 0; i < ours; i++) this.join();
    this.kazoo = names.map((name) => new KazooMember(server, { root: path, name, count }));
  }

  get count(): number {
    const { names, ours } = this.company;
    return names.length + ours;
  }

  join(): void {
    const { layout = 'kazoo', workMs = 0 } = this.company;
    const { count } = this;
    const log: string[] = [];
    this.logs.push(log);
    // Nothing at all takes no time, unlike a timer.
    (workMs === 0 ? EMPTY : timer(workMs, this.world.time))
      .pipe(withDoubleBarrier(this.world.join().zk, path, { count, layout }))
      .subscribe({ complete: () => log.push('left') });
  }

  run(done: () => boolean): void {
    const { startMs, atOnce, resumeMs } = this.moments;
    const [slow, ...others] = this.kazoo;
    const until = this.world.time.now() + patienceMs;
    for (let ms = this.world.time.now(); ms < until && !(ms > lastMs && done()); ms++) {
      this.world.time.advanceTo(ms);
      if (ms >= startMs && this.sent < atOnce) this.sent += slow?.step(atOnce - this.sent) ?? 0;
      if (ms >= resumeMs) slow?.step();
      for (const other of others) other.step(1);
    }
  }

  get kazooIsThrough(): boolean {
    return this.kazoo.every(({ log }) => log.includes('left'));
  }

  get oursAreThrough(): boolean {
    return this.logs.every((log) => log.includes('left'));
  }

  /** What is wrong in the end; empty if nothing is. */
  problems(): string {
    const told = (logs: readonly (readonly string[])[]) => logs.map((log) => log.join()).join('/');
    for (const member of this.kazoo) member.close();
    return [
      this.kazooIsThrough ? '' : `kazoo: ${told(this.kazoo.map(({ log }) => log))}`,
      this.oursAreThrough ? '' : `ours: ${told(this.logs)}`,
      ...(this.world.names(path) ?? ['no barrier']),
    ]
      .filter((problem) => problem !== '')
      .join(' ');
  }
}

function everyMoment(): readonly Moments[] {
  // What ours send arrives at every second millisecond.
  const times = Array.from({ length: lastMs / 2 }, (_, i) => 2 * i + 0);
  return times.flatMap((startMs) =>
    times
      .filter((resumeMs) => resumeMs >= startMs)
      .flatMap((resumeMs) =>
        Array.from({ length: most }, (_, i) => ({ startMs, atOnce: i + 1, resumeMs })),
      ),
  );
}

/** All moments at which something went wrong, and what. */
function sweep(company: Company, play: (meeting: Meeting) => void): readonly string[] {
  return everyMoment().flatMap((moments) => {
    const meeting = new Meeting(company, moments);
    play(meeting);
    const problems = meeting.problems();
    return problems === '' ? [] : [`${JSON.stringify(moments)}: ${problems}`];
  });
}

describe('withDoubleBarrier and kazoo', () => {
  it.each<Company>([
    { title: 'kazoo is the lowest', names: [lowest], ours: 1 },
    { title: 'kazoo is the highest', names: [highest], ours: 1 },
    { title: 'kazoo is the lowest, and we work', names: [lowest], ours: 1, workMs: 4 },
    { title: 'kazoo is the highest, and we work', names: [highest], ours: 1, workMs: 4 },
    { title: 'the layout is Curator’s', names: [lowest], ours: 1, layout: 'curator' },
    { title: 'two are ours, between', names: [lowest], ours: 2 },
    { title: 'two are ours, below', names: [highest], ours: 2 },
    // Not the lowest: that one misses the round when the other one leaves before it has left its watch.
    { title: 'two are kazoo’s, the highest slow', names: [highest, lowest], ours: 1 },
  ])('get in and through when $title', (company) => {
    const problems = sweep(company, (meeting) => {
      meeting.run(() => meeting.kazooIsThrough && meeting.oursAreThrough);
    });
    expect(problems).toEqual([]);
  });

  it.each(Array.from({ length: lastMs }, (_, ms) => ms))(
    'get through when two of kazoo’s begin %i ms after we have come, with us or without',
    (ms) => {
      const world = new World();
      const count = 2;
      const ours = new Rounds(world, 1);
      const part = ours.join(world.join(), 10, { count });
      world.time.advanceTo(ms);
      const stay = { root: path, count, works: true };
      const kazoo = [lowest, highest].map(
        (name) => new KazooMember(world.server, { ...stay, name }),
      );
      const goOn = (durationMs: number) => {
        for (let passed = 0; passed < durationMs; passed++) {
          for (const member of kazoo) member.step();
          world.time.advanceBy(1);
        }
      };
      goOn(60);
      expect(kazoo.map(({ log }) => log.join())).toEqual(['in', 'in']);
      const isIn = part.log.includes('i');
      for (const member of [...kazoo].reverse()) {
        member.finish();
        goOn(60);
        expect(part.log.includes('i')).toBe(isIn);
      }
      expect(kazoo.map(({ log }) => log.at(-1))).toEqual(['left', 'left']);
      // Too late for their round: with another one, in the next.
      if (!isIn) ours.join(world.join(), 10, { count });
      goOn(200);
      expect(part.log.join('')).toBe('ie|');
      expect(world.names(path)).toEqual([]);
      for (const member of kazoo) member.close();
      expect(world.leftovers()).toEqual(nothing);
    },
  );
});
