/** A mixed fleet that stays for several contests: contenders of ours here and in a process of their own, and two kazoo processes. */

import { join } from 'node:path';
import { Program, type ProgramEvent } from '../../contract/support/program.js';
import { until } from '../../contract/support/recording.js';
import { type Entered, type Kinds, OurTeam, type Turn } from './our-team.js';

/** A contest for one thing. */
export interface Contest<T extends Turn> extends Omit<Entered, 'who' | 'kind'> {
  /** What contends in each of the four processes; the first two are ours. */
  readonly kinds: readonly (readonly string[])[];
  /**
   * When it may end. Nobody can say how long that takes on a slow machine, so they go on until then; and who is left out until the
   * patience ends is left out for good.
   */
  readonly isEnough: (turns: readonly T[]) => boolean;
}

interface Team {
  readonly events: readonly ProgramEvent[];
  tell(line: string): void;
}

const patienceMs = 120_000;

export class Fleet {
  private programs: readonly Program[] = [];

  constructor(
    private readonly python: string,
    private readonly kinds: Kinds,
  ) {}

  /** All start together when all are connected, and go on until it is enough; gives their turns in the order of the server. */
  async contest<T extends Turn>(contest: Contest<T>): Promise<readonly T[]> {
    if (this.programs.length === 0) this.programs = this.start();
    const events: ProgramEvent[] = [];
    const here = new OurTeam(this.kinds, (event) => events.push(event));
    const tell = (line: string) => {
      here.tell(line);
    };
    try {
      return await played([{ events, tell }, ...this.programs], contest);
    } catch (error) {
      // In the middle of everything. The next contest begins with processes of its own.
      await Promise.all([here.abandon(), this.end()]);
      throw error;
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.end()));
    this.programs = [];
  }

  private start(): readonly Program[] {
    const loader = join(__dirname, '..', '..', 'contract', 'programs', 'typescript.cjs');
    const script = join(__dirname, 'kazoo_team.py');
    return [
      new Program(process.execPath, ['-r', loader, join(__dirname, 'our-contender.ts')]),
      new Program(this.python, [script]),
      new Program(this.python, [script]),
    ];
  }
}

async function played<T extends Turn>(
  teams: readonly Team[],
  { kinds, isEnough, ...where }: Contest<T>,
): Promise<readonly T[]> {
  const news = teams.map(({ events }) => ({ events, from: events.length }));
  const told = (name: string): readonly ProgramEvent[] => {
    const all = news.flatMap(({ events, from }) => events.slice(from));
    const failed = all.find(({ event }) => event === 'failed');
    if (failed !== undefined) throw new Error(JSON.stringify(failed));
    return all.filter(({ event }) => event === name);
  };
  const turns = (): readonly T[] => {
    // What they say is what the interface says.
    const all = told('turn') as readonly unknown[] as readonly T[];
    return [...all].sort((a, b) => (BigInt(a.zxid) < BigInt(b.zxid) ? -1 : 1));
  };
  const tellAll = (request: object) => {
    for (const team of teams) team.tell(JSON.stringify(request));
  };

  let count = 0;
  for (const [i, team] of teams.entries()) {
    for (const kind of kinds[i] ?? []) {
      const who = `${i < 2 ? 'ours' : 'kazoo'}-${String(count++)}`;
      team.tell(JSON.stringify({ do: 'enter', who, kind, ...where }));
    }
  }
  await until('all to be connected', () => told('ready').length === count, patienceMs);
  tellAll({ do: 'go' });
  await until('all to have had their turns', () => isEnough(turns()), patienceMs).catch(
    (error: unknown) => {
      const had = JSON.stringify([...turnsOf(turns())]);
      throw new Error(`${String(error)}; they had: ${had}`, { cause: error });
    },
  );
  tellAll({ do: 'stop' });
  await until('all to be through', () => told('over').length === count, patienceMs);
  return turns();
}

/** Whose it is. */
export function side(who: string): string {
  return who.split('-')[0] ?? '';
}

/** How often one side followed on the other. */
export function changes(turns: readonly Turn[]): number {
  return turns.filter(({ who }, i) => i > 0 && side(who) !== side(turns[i - 1]?.who ?? '')).length;
}

/** The fewest turns that any of so many has had. */
export function fewest(turns: readonly Turn[], contenders: number): number {
  const counts = turnsOf(turns);
  return counts.size < contenders ? 0 : Math.min(...counts.values());
}

function turnsOf(turns: readonly Turn[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { who } of turns) counts.set(who, (counts.get(who) ?? 0) + 1);
  return counts;
}
