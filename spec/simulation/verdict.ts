/** What must be true when the storm is over, and when everybody has gone home. */

import { type Process } from './process.js';
import { type World } from './world.js';

/** Everything has converged, everybody had a turn, and every answer agrees with what happened. */
export function calmVerdict(world: World): void {
  const { processes, journal, model, deleted } = world;
  const running = processes.filter(({ isRunning }) => isRunning);
  for (const process of running) {
    judgeStreams(process);
    if (process.oneShots.pendingCount > 0) {
      journal.violate(`${process.name} has one-shots that were never answered`);
    }
    for (const contender of process.contenders) {
      if (contender.ended) continue;
      journal.violate(
        `${process.name} never got ${contender.terms.path} (${contender.terms.style})`,
      );
    }
  }
  judgeQueue(world);
  for (const { name, oneShots } of processes) {
    for (const [data, fate] of oneShots.fates) {
      const times = model.writesOf(data);
      const isRight = fate === 'unknown' ? times <= 1 : times === (fate === 'done' ? 1 : 0);
      if (!isRight) journal.violate(`${data} was answered '${fate}' and written ${times} times`);
    }
    for (const [path, { done, unknown }] of oneShots.deletes) {
      const times = deleted.get(`${name} ${path}`) ?? 0;
      if (times >= done && times <= done + unknown) continue;
      journal.violate(`${name} deleted ${path} ${times} times, not ${done} to ${done + unknown}`);
    }
  }
  journal.check();
}

/** Nothing is left behind. */
export function finalVerdict({ journal, server, network, time, processes }: World): void {
  for (const process of processes) {
    const { name, readers, contenders, consumers, oneShots, puts, isRunning } = process;
    const open =
      readers.filter(({ ended }) => !ended).length +
      contenders.filter(({ ended }) => !ended).length +
      consumers.filter(({ ended }) => !ended).length +
      oneShots.pendingCount +
      puts.pendingCount;
    if (isRunning && open > 0) journal.violate(`${open} streams of ${name} have not ended`);
  }
  const left = {
    sessions: server.sessions().length,
    watches: server.watchCount(),
    ephemerals: server.ephemerals().length,
    connections: server.connectionCount(),
    links: network.links().length,
    timers: time.pending,
  };
  for (const [what, count] of Object.entries(left)) {
    if (count > 0) journal.violate(`${count} ${what} are left behind`);
  }
  journal.check();
}

/** Everything in the queue was done, and what was put in is there as often as the answer says. */
function judgeQueue({ processes, journal, ledger }: World): void {
  const { left } = ledger.standing;
  if (left > 0) journal.violate(`${left} entries were never done`);
  for (const { name, puts, isRunning } of processes) {
    if (isRunning && puts.pendingCount > 0) journal.violate(`${name} has puts without an answer`);
    for (const [text, fate] of puts.fates) {
      const times = ledger.putsOf(text);
      const isRight = fate === 'unknown' ? times <= 1 : times === (fate === 'done' ? 1 : 0);
      if (!isRight) journal.violate(`${text} was answered '${fate}' and put in ${times} times`);
    }
  }
}

function judgeStreams(process: Process): void {
  for (const reader of process.readers) {
    const verdict = reader.ended ? undefined : reader.verdict();
    if (verdict !== undefined) process.world.journal.violate(verdict);
  }
}
