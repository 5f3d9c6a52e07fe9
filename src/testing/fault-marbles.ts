/** Faults as a marble diagram: a letter is a fault, a character a millisecond. */

import { TestScheduler } from 'rxjs/testing';
import { InvalidOptionError } from '../errors/client-errors.js';
import { type FaultMarblesOptions, type TestFaults } from './faults.js';
import { formatTime } from './time.js';
import { type World } from './world.js';

/** What is played. */
export interface FaultScore extends FaultMarblesOptions {
  readonly faults: TestFaults;
  readonly diagram: string;
}

const defaultSlowMs = 500;
const defaultSplitBytes = 1;
const defaultJumpMs = 60_000;
const owner = { name: 'fault marbles' };

/** Schedules what a diagram says, from now on. Throws `InvalidOptionError` for a letter that means nothing. */
export function playFaults(world: World, score: FaultScore): void {
  const { clock, options } = world;
  const alphabet = alphabetOf(world, score);
  const scheduler = clock.schedulerOf(owner);
  const messages = TestScheduler.parseMarbles(score.diagram, undefined, undefined, undefined, true);
  const strikes = messages.map(({ frame, notification }) => {
    const letter = notification.kind === 'N' ? String(notification.value) : notification.kind;
    const strike = alphabet[letter];
    if (strike === undefined) {
      const letters = Object.keys(alphabet).join(' ');
      throw refusal(`has the letter '${letter}', which means nothing; there are ${letters}`);
    }
    if (clock.frame + frame > options.untilMs) {
      const end = formatTime(options.untilMs);
      throw refusal(`goes on to ${formatTime(clock.frame + frame)}, but the test ends at ${end}`);
    }
    return { frame, strike };
  });
  for (const { frame, strike } of strikes) scheduler.schedule(strike, frame);
}

function alphabetOf(world: World, score: FaultScore): Readonly<Record<string, () => void>> {
  const { faults, client, slow = defaultSlowMs } = score;
  const { splitBytes = defaultSplitBytes, jumpMs = defaultJumpMs } = score;
  const whose = client === undefined ? {} : { client };
  return {
    p: () => {
      faults.partition(client);
    },
    h: () => {
      faults.heal(client);
    },
    r: () => {
      faults.reset(client);
    },
    s: () => {
      faults.slow(slow, client);
    },
    f: () => {
      faults.slow(world.options.latencyMs, client);
    },
    b: () => {
      faults.split(splitBytes, client);
    },
    u: () => {
      faults.split(Infinity, client);
    },
    j: () => {
      const jumpers = client === undefined ? world.members.map(({ zk }) => zk) : [client];
      for (const one of jumpers) faults.clockJump(one, jumpMs);
    },
    g: () => {
      faults.garbage(client);
    },
    q: () => {
      faults.loseRequest(whose);
    },
    a: () => {
      faults.loseReply(whose);
    },
    x: () => {
      faults.expireSession(client);
    },
    z: () => {
      faults.pause(client);
    },
    w: () => {
      faults.resume(client);
    },
  };
}

function refusal(reason: string): InvalidOptionError {
  return new InvalidOptionError('faults.marbles', reason);
}
