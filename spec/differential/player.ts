/**
 * Plays a script on one server and writes down what each session heard in each step.
 *
 * Steps come one after the other: a step is over when its requests are answered and when every open connection has
 * answered one more read, so that all that it brought about has arrived. The requests of one step leave in one write.
 */

import { type Arena } from './contestant.js';
import { Janitor } from './janitor.js';
import { type Place, placed, requestFrame } from './request-frame.js';
import { type Ask, type Script, sessionNames, type Step, tellStep } from './script.js';
import { barrierXid, Seat } from './seat.js';
import { Scribe } from './scribe.js';
import { endsSession, sortEventRuns } from './tolerances.js';

/** What was heard in one step. */
export interface Scene {
  readonly title: string;
  readonly lines: readonly string[];
}

export type Transcript = readonly Scene[];

const pollMs = 5;

/** Plays a script below a znode that is not there yet. */
export async function play(script: Script, arena: Arena, base: string): Promise<Transcript> {
  const janitor = new Janitor(arena.dial, base);
  const place = { base, ...(await janitor.prepare()) };
  const player = new Player(arena, { janitor, place });
  const scenes: Scene[] = [];
  for (const step of script) scenes.push(await player.perform(step));
  scenes.push({ title: 'what is left', lines: await player.inventory() });
  await player.leave();
  arena.dispose();
  return scenes;
}

class Player {
  private readonly seats: readonly Seat[];
  private readonly scribe: Scribe;
  private barriers = 0;

  constructor(
    private readonly arena: Arena,
    private readonly run: { readonly janitor: Janitor; readonly place: Place },
  ) {
    this.scribe = new Scribe(run.place.base, run.place);
    this.seats = sessionNames.map((name) => new Seat(name, arena.dial));
  }

  async perform(step: Step): Promise<Scene> {
    const seat = this.seats.find(({ name }) => name === step.session);
    if (seat === undefined) throw new Error(`no session ${step.session}`);
    const asks = step.kind === 'ask' ? step.asks : [];
    await this.act(step, seat);
    await this.settle();
    const lines = this.seats.flatMap((one) => {
      this.scribe.introduce(one);
      const heard = this.scribe.tell(one.heard(), one === seat ? asks : []);
      return (endsSession(step) ? sortEventRuns(heard) : heard).map(
        (line) => `${one.name} ${line}`,
      );
    });
    return { title: tellStep(step), lines };
  }

  async inventory(): Promise<readonly string[]> {
    return (await this.run.janitor.inventory()).map((left) => this.scribe.tellLeft(left));
  }

  /** Ends all sessions and clears away. */
  async leave(): Promise<void> {
    for (const seat of this.seats) {
      if (!seat.isAlive) continue;
      await seat.seated();
      await this.ask(seat, [{ op: 'closeSession', body: undefined }]);
    }
    await this.run.janitor.leave();
  }

  private async act(step: Step, seat: Seat): Promise<void> {
    switch (step.kind) {
      case 'ask':
        await seat.seated();
        return this.ask(seat, step.asks);
      case 'unknown':
        await seat.seated();
        return seat.sendUnknown(step.opcode);
      case 'cut':
        seat.cut();
        return;
      case 'reattach':
        return seat.reattach(step.as, this.run.place.zxid);
      case 'expire':
        return this.expire(seat);
    }
  }

  private async ask(seat: Seat, asks: readonly Ask[]): Promise<void> {
    const frames = asks.map((ask, index) =>
      requestFrame(
        { ...ask, body: placed(ask.body, this.run.place) },
        this.scribe.xidOf(asks, index),
      ),
    );
    await seat.ask(frames, asks.some(({ op }) => op === 'closeSession') ? 'ends' : 'stays');
  }

  /** The session is left without a connection, with little time. */
  private async expire(seat: Seat): Promise<void> {
    const { id } = seat;
    if (!seat.isAlive || id === undefined) return;
    await seat.beMortal();
    const before = await this.run.janitor.zxid();
    this.arena.timeRunsOut(id);
    while ((await this.run.janitor.zxid()) === before) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    seat.die();
  }

  private async settle(): Promise<void> {
    this.barriers += 1;
    const xid = barrierXid + this.barriers;
    await Promise.all(this.seats.map((seat) => seat.barrier(xid)));
  }
}
