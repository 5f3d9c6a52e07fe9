/** Contenders of ours in one process, told what to do as kazoo's are (`kazoo_team.py`): by lines of JSON. */

import { type ZooKeeper, zookeeper } from '../../../src/index.js';
import { type ProgramEvent } from '../../contract/support/program.js';

/** Who contends. */
export interface Entered {
  /** Begins with whose it is: `ours-…` or `kazoo-…`. */
  readonly who: string;
  /** A name of {@link Kinds}. */
  readonly kind: string;
  readonly hosts: string;
  readonly path: string;
  /** Of a semaphore. */
  readonly maxLeases?: number;
}

/** What somebody did and saw while it was its turn. */
export interface Turn {
  readonly who: string;
  /** When it came in, in the order of the server. */
  readonly zxid: string;
}

/** How long it goes on. */
export interface Round {
  stopped: boolean;
  readonly told: (turn: Turn) => void;
}

/** By what contends: takes its turns until the round is stopped. */
export type Kinds = Readonly<
  Record<string, (zk: ZooKeeper, entered: Entered, round: Round) => Promise<void>>
>;

// As much as the server grants, so that a slow machine loses no session.
const sessionTimeoutMs = 10_000;

/** So long, or less. */
export function pause(mostMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * mostMs));
}

/** Data as text. */
export async function textAt(zk: ZooKeeper, path: string): Promise<string> {
  return new TextDecoder().decode((await zk.get(path)).data ?? undefined);
}

export class OurTeam {
  private readonly entered: { readonly entered: Entered; readonly zk: ZooKeeper }[] = [];
  private readonly clients = new Set<ZooKeeper>();
  private round = this.newRound();

  constructor(
    private readonly kinds: Kinds,
    private readonly say: (event: ProgramEvent) => void,
  ) {}

  tell(line: string): void {
    const { do: verb, ...entered } = JSON.parse(line) as Entered & { readonly do: string };
    if (verb === 'enter') void this.enter(entered);
    else if (verb === 'go') for (const one of this.entered.splice(0)) void this.run(one);
    else {
      this.round.stopped = true;
      this.round = this.newRound();
    }
  }

  /** Closes the clients in the middle of everything. */
  async abandon(): Promise<void> {
    this.round.stopped = true;
    await Promise.all([...this.clients].map((zk) => zk.close()));
  }

  private async enter(entered: Entered): Promise<void> {
    const { who, hosts } = entered;
    const zk = zookeeper(hosts, { sessionTimeoutMs });
    this.clients.add(zk);
    await zk.exists('/');
    this.entered.push({ entered, zk });
    this.say({ event: 'ready', who });
  }

  private async run({ entered, zk }: (typeof this.entered)[number]): Promise<void> {
    const { who, kind } = entered;
    try {
      await this.kinds[kind]?.(zk, entered, this.round);
      await zk.close();
      this.clients.delete(zk);
      this.say({ event: 'over', who });
    } catch (error) {
      this.say({ event: 'failed', who, error: String(error) });
    }
  }

  private newRound(): Round {
    return {
      stopped: false,
      told: (turn) => {
        this.say({ event: 'turn', ...turn });
      },
    };
  }
}
