/** What the users of a process do in the families that are about one recipe each. */

import { type Dice } from '../../src/testing/dice.js';
import { contenderStyles, type ContenderTerms } from './contender.js';
import { type Process } from './process.js';
import { type Family } from './scenario.js';

type Deed = (process: Process, dice: Dice) => void;

/** One path for each layout: the clients of a lock agree on it. */
const layouts = ['kazoo', 'curator'] as const;
const maxContenders = 4;
const maxConsumers = 2;

const wantSemaphore: Deed = (process, dice) => {
  const layout = dice.pick(layouts);
  contend(process, dice, { wanted: 'semaphore', path: `/locks/semaphore-${layout}`, layout });
};

const wantReadWrite: Deed = (process, dice) => {
  const layout = dice.pick(layouts);
  const wanted = dice.pick(['read', 'read', 'read', 'write'] as const);
  contend(process, dice, { wanted, path: `/locks/book-${layout}`, layout });
};

const giveUp: Deed = (process, dice) => {
  const contenders = process.contenders.filter(({ ended }) => !ended);
  if (contenders.length > 0) dice.pick(contenders).stop();
};

/** Answers of other requests, before which a loss must have been told. */
const ask: Deed = (process) => {
  const { zk, oneShots } = process;
  oneShots.send({ what: 'exists /d' }, zk.exists('/d'));
};

const put: Deed = (process, dice) => {
  // What is in the queue is looked at after every transaction, so it must not be long.
  if (process.world.ledger.standing.left > 12) return;
  const count = dice.pick([1, 1, 1, 2, 4]);
  const texts = Array.from({ length: count }, () => `item-${process.world.nextNumber()}`);
  process.puts.put(texts, dice.pick([100, 100, 7]));
};

const consume: Deed = (process, dice) => {
  process.consumers = process.consumers.filter(({ ended }) => !ended);
  if (process.consumers.length >= maxConsumers) dice.pick(process.consumers).stop();
  process.consume({
    giveUp: dice.pick(['suspended', 'lease', 'lease']),
    concurrency: dice.pick([1, 1, 3]),
    retryDelayMs: dice.pick([0, 50, 1000]),
    maxWorkMs: dice.pick([0, 200, 1500]),
    failing: dice.pick([0, 0.2]),
  });
};

const stopConsuming: Deed = (process, dice) => {
  const consumers = process.consumers.filter(({ ended }) => !ended);
  if (consumers.length > 0) dice.pick(consumers).stop();
};

const deeds: Readonly<Record<Exclude<Family, 'ground'>, readonly Deed[]>> = {
  semaphore: [wantSemaphore, wantSemaphore, wantSemaphore, giveUp, ask],
  readWrite: [wantReadWrite, wantReadWrite, wantReadWrite, giveUp, ask],
  queue: [put, put, consume, stopConsuming, ask],
};

/** One thing that is done. */
export function actIn(family: Exclude<Family, 'ground'>, process: Process, dice: Dice): void {
  dice.pick(deeds[family])(process, dice);
}

function contend(
  process: Process,
  dice: Dice,
  what: Pick<ContenderTerms, 'wanted' | 'path' | 'layout'>,
): void {
  if (process.contenders.filter(({ ended }) => !ended).length >= maxContenders)
    giveUp(process, dice);
  process.contend({
    ...what,
    style: dice.pick(contenderStyles.slice(0, 3)),
    giveUp: dice.pick(['suspended', 'lease', 'lease']),
    waitMs: dice.chance(0.8) ? Infinity : dice.pick([0, 50, 2000]),
    workMs: dice.chance(0.1) ? Infinity : dice.between(0, 1500),
  });
}
