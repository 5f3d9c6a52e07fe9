/** What the users of a process do, at random: write, read, subscribe and unsubscribe, contend and give up. */

import { check, create, remove, set } from '../../src/client/transaction-builders.js';
import { type RequestOptions } from '../../src/client/request.js';
import { type Dice } from '../../src/testing/dice.js';
import { contenderStyles } from './contender.js';
import { type Process } from './process.js';
import { readerKinds } from './reader.js';
import { actIn } from './recipe-work.js';

/** The znodes that are written and read. */
export const dataPaths = ['/d', '/d/a', '/d/b', '/d/a/x', '/d/a/y', '/d/seq'] as const;
/** Where locks and elections are. */
export const lockPaths = ['/locks/one', '/locks/two', '/locks/leader'] as const;

const changingPaths = ['/d/a', '/d/b', '/d/a/x', '/d/a/y', '/d/b'] as const;
const maxReaders = 6;
const maxContenders = 4;

const deeds = {
  mixed: [
    ...[write, write, write, write, burst, ask, ask],
    ...[subscribe, subscribe, unsubscribe, churn],
    ...[contend, contend, giveUp],
  ],
  locks: [contend, contend, contend, giveUp, write, ask],
} as const;

/** One thing that is done. */
export function act(process: Process, dice: Dice): void {
  const { family, temper } = process.world.scenario;
  if (family === 'ground')
    dice.pick<(...who: [Process, Dice]) => void>(deeds[temper])(process, dice);
  else actIn(family, process, dice);
}

function write(process: Process, dice: Dice): void {
  const { zk, oneShots } = process;
  const path = dice.pick(changingPaths);
  const data = `${process.name}-${process.world.nextNumber()}`;
  const options = limits(process, dice);
  const deeds = [
    () => oneShots.send({ what: `set ${path} ${data}`, data }, zk.set(path, data, options)),
    () => oneShots.send({ what: `create ${path} ${data}`, data }, zk.create(path, data, options)),
    () => {
      const mode = { mode: 'ephemeral', withStat: true, ...options } as const;
      return oneShots.send(
        { what: `ephemeral ${path} ${data}`, data },
        zk.create(path, data, mode),
      );
    },
    () => oneShots.send({ what: `delete ${path}`, deletes: path }, zk.delete(path, options)),
    () => {
      const request$ = zk.create('/d/seq/n-', data, { sequential: true, ...options });
      return oneShots.send({ what: `create /d/seq/n- ${data}` }, request$);
    },
    () => {
      const steps = [check('/d'), set(path, data), create('/d/seq/t-', '', { sequential: true })];
      return oneShots.send(
        { what: `multi set ${path} ${data}`, data },
        zk.transaction(steps, options),
      );
    },
    () => {
      const steps = [remove(path), create(path, data)];
      return oneShots.send(
        { what: `multi renew ${path} ${data}`, data },
        zk.transaction(steps, options),
      );
    },
  ];
  leaveAtTimes(process, dice, dice.pick(deeds)());
}

function ask(process: Process, dice: Dice): void {
  const { zk, oneShots } = process;
  const path = dice.pick(dataPaths);
  const options = limits(process, dice);
  const deeds = [
    () => oneShots.send({ what: `get ${path}` }, zk.get(path, options)),
    () => oneShots.send({ what: `exists ${path}` }, zk.exists(path, options)),
    () => oneShots.send({ what: `children ${path}` }, zk.children(path, options)),
    () => oneShots.send({ what: `sync ${path}` }, zk.sync(path, options)),
  ];
  leaveAtTimes(process, dice, dice.pick(deeds)());
}

/** Many in one turn. */
function burst(process: Process, dice: Dice): void {
  for (let left = dice.between(2, 6); left > 0; left--) {
    if (dice.chance(0.7)) write(process, dice);
    else ask(process, dice);
  }
}

function limits(process: Process, dice: Dice): RequestOptions {
  if (dice.chance(0.6)) return {};
  if (dice.chance(0.5)) return { timeoutMs: dice.between(1, 2000) };
  const controller = new AbortController();
  process.time.schedule(
    () => {
      controller.abort(new Error('aborted'));
    },
    dice.between(0, 500),
  );
  return { signal: controller.signal };
}

function leaveAtTimes(process: Process, dice: Dice, leave: () => void): void {
  if (dice.chance(0.9)) return;
  if (dice.chance(0.5)) leave();
  else process.time.schedule(leave, dice.between(0, 100));
}

function subscribe(process: Process, dice: Dice): void {
  if (process.readers.length >= maxReaders) unsubscribe(process, dice);
  process.read(dice.pick(readerKinds), dice.pick(dataPaths));
}

function unsubscribe(process: Process, dice: Dice): void {
  process.readers = process.readers.filter(({ ended }) => !ended);
  if (process.readers.length > 0) process.leave(dice.pick(process.readers));
}

/** Leaves, and comes back at once. */
function churn(process: Process, dice: Dice): void {
  for (let left = dice.between(1, 3); left > 0; left--) {
    const reader = process.read(dice.pick(readerKinds), dice.pick(dataPaths));
    if (!reader.ended) process.leave(reader);
    if (dice.chance(0.3)) process.read(reader.kind, reader.path);
  }
  while (process.readers.length > maxReaders) unsubscribe(process, dice);
}

function contend(process: Process, dice: Dice): void {
  const contenders = process.contenders.filter(({ ended }) => !ended);
  if (contenders.length >= maxContenders) {
    giveUp(process, dice);
    return;
  }
  const path = dice.pick(lockPaths);
  process.contend({
    path,
    style: path === '/locks/leader' ? 'election' : dice.pick(contenderStyles.slice(0, 3)),
    giveUp: dice.pick(['suspended', 'lease', 'lease']),
    waitMs: dice.chance(0.7) ? Infinity : dice.pick([0, 50, 2000]),
    workMs: dice.chance(0.2) ? Infinity : dice.between(0, 1500),
  });
}

function giveUp(process: Process, dice: Dice): void {
  const contenders = process.contenders.filter(({ ended }) => !ended);
  if (contenders.length > 0) dice.pick(contenders).stop();
}
