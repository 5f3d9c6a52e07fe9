/** The faults that look for their victims: they strike where those who hold something are weakest. */

import { type Direction } from '../../src/transport/memory-faults.js';
import { type Fault } from './faults.js';
import { type World } from './world.js';

type Way = 'stop' | 'sleep' | 'jump' | 'late';

const ways: readonly Way[] = ['stop', 'sleep', 'jump', 'late'];

/**
 * Cuts a holder off for longer than its session lives, and keeps it from noticing: it is stopped, its machine sleeps, its
 * wall clock is set back, or the answers to what the servers heard last come late.
 */
export function ambush(world: World, { share }: Fault): void {
  const who = world.holder();
  const way = ways[Math.floor(share * ways.length)];
  if (who === undefined || way === undefined) return;
  world.journal.note('***', `ambush on p${who}: ${way}`);
  const { sessionTimeoutMs } = world.scenario;
  if (way === 'late') {
    slowDown(world, who, sessionTimeoutMs * 0.3);
    world.later(sessionTimeoutMs, () => {
      cutOff(world, who, 'toServer');
    });
    return;
  }
  cutOff(world, who);
  if (way === 'jump') world.jump(who, -sessionTimeoutMs);
  else world.pause(who, way, sessionTimeoutMs * 1.7);
}

/**
 * Slows a process down, and has an operator delete its znodes at the gates of semaphores: it has seen a free lease then, and takes it,
 * when others have come through the gate.
 */
export function sweepGates(world: World, { who }: Fault): void {
  const { sessionTimeoutMs } = world.scenario;
  slowDown(world, who, sessionTimeoutMs * 0.2);
  for (let atMs = 0; atMs < sessionTimeoutMs * 3; atMs += sessionTimeoutMs / 10) {
    world.later(atMs, () => {
      world.sweepGate(who);
    });
  }
}

function cutOff(world: World, who: number, direction?: Direction): void {
  for (const line of world.linesOf(who, undefined)) {
    line.partition(direction);
    world.later(world.scenario.sessionTimeoutMs * 2, () => {
      line.heal(direction);
    });
  }
}

function slowDown(world: World, who: number, latencyMs: number): void {
  for (const line of world.linesOf(who, undefined)) {
    line.latencyMs = latencyMs;
    world.later(world.scenario.sessionTimeoutMs * 3, () => {
      line.latencyMs = world.latencyMs;
    });
  }
}
