/**
 * A contest of both sides for what only so many may have at a time.
 *
 * Theory of operation. All contenders say at `start` that they are there, and begin when all have; each goes in and out until all
 * have been in so often. So the quick ones are still there when the slow ones come, whatever a process waits for. Whoever is in
 * writes to one znode when it comes in and before it goes out; the zxids of these writes are one order of all writes,
 * in which it is seen exactly who was in together with whom, whatever the clocks say. `java/Contest.java` does the same.
 */

import { defer, lastValueFrom, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { setTimeout } from 'node:timers/promises';
import { type ZooKeeper } from '../../../src/index.js';
import { until } from '../../contract/support/recording.js';
import { type Handle } from './curator-process.js';

/** Somebody was in, from one zxid to another. */
export interface Section {
  readonly by: string;
  readonly from: number;
  readonly to: number;
}

interface ContestRules {
  /** How often each must have been in. */
  readonly times: number;
  /** How many contend. */
  readonly rivals: number;
  readonly dwellMs?: number;
}

const path = '/contest';
const patienceMs = 30_000;

export class Contest {
  private constructor(
    private readonly zk: ZooKeeper,
    private readonly rules: ContestRules,
  ) {}

  static async begin(zk: ZooKeeper, rules: ContestRules): Promise<Contest> {
    await zk.create(path);
    await zk.create(`${path}/clock`);
    return new Contest(zk, rules);
  }

  /** What a Java process is told of it. */
  wordsFor(name: string): readonly (string | number)[] {
    const { times, rivals } = this.rules;
    return [this.zk.chroot + path, name, times, rivals];
  }

  /** A contender of theirs: a handle that can `contend`. */
  async theirs(by: string, handle: Promise<Handle>): Promise<readonly Section[]> {
    const { dwellMs = 0 } = this.rules;
    const contend = await handle;
    const sections = await contend('contend', ...this.wordsFor(by), dwellMs);
    return (sections as readonly [number, number][]).map(([from, to]) => ({ by, from, to }));
  }

  /** A contender of ours: the operator runs what is done inside while it holds. */
  async ours(by: string, whileIn: MonoTypeOperatorFunction<Section>): Promise<readonly Section[]> {
    const sections: Section[] = [];
    await this.meet('start', by);
    while (sections.length < this.rules.times || !(await this.met('done'))) {
      sections.push(await lastValueFrom(this.section$(by).pipe(whileIn)));
      if (sections.length === this.rules.times) await this.arrive('done', by);
    }
    return sections;
  }

  /** Says that this one is there, and waits for the others. */
  async meet(where: string, name: string): Promise<void> {
    await this.arrive(where, name);
    await until(`all to meet at ${where}`, () => this.met(where), patienceMs);
  }

  async arrive(where: string, name: string): Promise<void> {
    await this.zk.create(`${path}/${where}/${name}`, null, { parents: 'persistent' });
  }

  /** Whether all have arrived there. */
  async met(where: string): Promise<boolean> {
    const stat = await this.zk.exists(`${path}/${where}`);
    return (stat?.numChildren ?? 0) >= this.rules.rivals;
  }

  /** A moment between the moments of all others. */
  async tick(): Promise<number> {
    return Number((await this.zk.set(`${path}/clock`, null)).mzxid);
  }

  private section$(by: string): Observable<Section> {
    return defer(async () => {
      const from = await this.tick();
      await setTimeout(this.rules.dwellMs ?? 0);
      return { by, from, to: await this.tick() };
    });
  }
}

/** How many were in together at the most. */
export function mostAtOnce(sections: readonly Section[]): number {
  const steps = sections.flatMap(({ from, to }) => [[from, 1] as const, [to, -1] as const]);
  let [inside, most] = [0, 0];
  for (const [, step] of steps.sort(([a], [b]) => a - b)) {
    inside += step;
    most = Math.max(most, inside);
  }
  return most;
}

/** Those of `some` that were in together with one of `others`. */
export function together(some: readonly Section[], others: readonly Section[]): Section[] {
  return some.filter((one) => others.some(({ from, to }) => from < one.to && to > one.from));
}

/** How often one side came in after the other. */
export function turns(sections: readonly Section[]): number {
  const sides = [...sections].sort((a, b) => a.from - b.from).map(({ by }) => by.split('-')[0]);
  return sides.filter((side, i) => i > 0 && side !== sides[i - 1]).length;
}
