/** The end of a test: faults are over, clients close, time runs on, and then nothing may be left: what is, is named. */

import { ZooKeeperError } from '../errors/base.js';
import { ZkTestError } from './failure.js';
import { formatTime } from './time.js';
import { type World } from './world.js';

// How far time goes between two looks whether all is gone.
const lookMs = 250;

/** Closes all clients and lets time run on until nothing is left, or until nothing more can be hoped for. */
export function goHome({ members, clock, server }: World): void {
  // Whoever the closing takes by surprise errs with one of our errors, and nobody in the scenario has to expect it.
  clock.forgives = (error) => error instanceof ZooKeeperError;
  for (const { zk } of members) void zk.close();
  const longest = Math.max(0, ...server.sessions().map(({ timeoutMs }) => timeoutMs));
  const deadlineMs = clock.frame + 3 * longest + 10_000;
  while (clock.frame < deadlineMs && clock.heap.size > 0) clock.runTo(clock.frame + lookMs);
}

/** Throws what is left behind, with whose it is. */
export function checkLeaks(world: World): void {
  const { server, clock } = world;
  const found = [
    ...sessionLeaks(world),
    ...count('watch', server.watchCount()),
    ...linkLeaks(world),
  ];
  // What the servers still wait for (a TTL that has not run out) is theirs, and goes with them.
  server.dispose();
  clock.runTo(clock.frame + world.options.latencyMs + 1);
  found.push(...timerLeaks(world));
  if (found.length === 0) return;
  const when = formatTime(world.options.untilMs);
  throw new ZkTestError(
    `something is left behind, long after the test ended at ${when}\n\n${found.map((line) => `  - ${line}`).join('\n')}`,
  );
}

function sessionLeaks({ server, owners }: World): readonly string[] {
  return server.sessions().map(({ id, ephemerals }) => {
    const owner = owners.get(id) ?? 'somebody whom the test has not made as a client';
    const list = ephemerals.length === 0 ? '' : `, with the ephemerals ${ephemerals.join(', ')}`;
    return `the session 0x${BigInt.asUintN(64, id).toString(16)} of ${owner}${list}`;
  });
}

function linkLeaks({ members }: World): readonly string[] {
  return members.flatMap(({ name, network }) => {
    const links = network.links();
    return links.length === 0 ? [] : [`${plural('connection', links.length)} of ${name}`];
  });
}

function timerLeaks({ clock }: World): readonly string[] {
  const owners = new Map<string, number>();
  for (const { owner } of clock.heap.all()) {
    if (owner.mayStay === true) continue;
    owners.set(owner.name, (owners.get(owner.name) ?? 0) + 1);
  }
  return [...owners].map(([owner, number]) => `${plural('timer', number)} of ${owner}`);
}

function count(what: string, number: number): readonly string[] {
  return number === 0 ? [] : [plural(what, number)];
}

function plural(what: string, number: number): string {
  if (number === 1) return `1 ${what}`;
  return `${String(number)} ${what}${what.endsWith('ch') ? 'es' : 's'}`;
}
