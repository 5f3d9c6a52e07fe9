/**
 * A process whose clients are refused, one after the other. It tells of each what it was told, whether it goes on trying,
 * and what it has left behind after it was closed; and it ends by itself, which it can only if nothing is left.
 */

import { createHook } from 'node:async_hooks';
import {
  type SessionState,
  zookeeper,
  type ZooKeeper,
  type ZooKeeperError,
  type ZooKeeperOptions,
} from '../../../src/index.js';

/** Whom to connect to, how, and what then is to be asked for. */
export interface RefusedCase {
  readonly name: string;
  readonly hosts: string;
  readonly options: ZooKeeperOptions;
  readonly path: string;
  /** How many attempts must have failed before it is enough. Default: none, there is an answer. */
  readonly failures?: number;
}

interface Settings {
  readonly cases: readonly RefusedCase[];
  /** A server for a client that is not refused. */
  readonly control: string;
}

function say(event: string, more: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, at: Date.now(), ...more })}\n`);
}

let connects = 0;
createHook({
  init: (_, type) => {
    if (type === 'TCPCONNECTWRAP') connects++;
  },
}).enable();

/** Sockets, timers and listeners that there are. */
function census(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    // What this program is written to, and what its own turns of the loop are.
    if (!/^(?:Pipe|FSReq|TTY|Immediate)/.test(name)) counts[name] = (counts[name] ?? 0) + 1;
  }
  for (const name of process.eventNames())
    counts[`on ${String(name)}`] = process.listenerCount(name);
  return counts;
}

/** Lets the loop turn until something holds; false if it takes too long. */
async function turnUntil(holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    // It is over when it looks again, and so is not among what is left.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}

/** Class, code, and the reasons of the causes, the outermost first. */
function chainOf(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  const { name, code, reason, outcome } = error as ZooKeeperError & Record<string, unknown>;
  return [{ name, code, reason, outcome }, ...chainOf(error.cause)];
}

function statusOf(state: SessionState): string {
  return state.status === 'lost' ? `lost: ${String(state.cause?.reason)}` : state.status;
}

async function ask(zk: ZooKeeper, path: string, timeoutMs: number): Promise<readonly unknown[]> {
  try {
    const { stat } = await zk.get(path, { timeoutMs });
    const isMine = stat.ephemeralOwner === zk.session?.id;
    return [{ name: 'answered', owner: isMine ? 'myself' : 'somebody else' }];
  } catch (error) {
    return chainOf(error);
  }
}

/** Many answers for somebody else: time enough for a client to try again that pauses for 10 ms at most. */
async function meanwhile(control: string): Promise<void> {
  const zk = zookeeper(control);
  for (let i = 0; i < 50; i++)
    await zk.exists('/').then(
      () => undefined,
      () => undefined,
    );
  await zk.close();
}

async function play({ name, hosts, options, path, failures = 0 }: RefusedCase, control: string) {
  const before = JSON.stringify(census());
  const states: string[] = [];
  const reasons: unknown[] = [];
  const zk = zookeeper(hosts, {
    ...{ reconnect: { initialDelayMs: 1, maxDelayMs: 10 }, ...options },
    onReport: (error) => reasons.push(Reflect.get(error, 'reason') ?? error.name),
  });
  zk.state$.subscribe((state) => states.push(statusOf(state)));
  const enough = await turnUntil(() => reasons.length >= failures);
  // One that is still trying needs no long time to be told so.
  const error = await ask(zk, path, failures > 0 && zk.state.status === 'connecting' ? 50 : 60_000);
  const tried = connects;
  await meanwhile(control);
  // The other's was one of them.
  const triedMeanwhile = (): number => connects - tried - 1;
  // One attempt can take longer than all those answers.
  if (failures > 0) await turnUntil(() => triedMeanwhile() > 0);
  const triedOn = triedMeanwhile();
  const [status] = [zk.state.status];
  await zk.close();
  const closedAt = connects;
  await meanwhile(control);
  const triedAfterClose = connects - closedAt - 1;
  await turnUntil(() => JSON.stringify(census()) === before);
  const after = JSON.stringify(census());
  const left = after === before ? 'nothing' : `${before} before, ${after} after`;
  say('case', { name, enough, error, states, status, reasons, triedOn, triedAfterClose, left });
}

async function main({ cases, control }: Settings): Promise<void> {
  // Whatever is made once, and stays.
  await meanwhile(control);
  await turnUntil(() => !process.getActiveResourcesInfo().includes('TCPSocketWrap'));
  for (const one of cases) await play(one, control);
}

// What the spec passes.
void main(JSON.parse(process.argv[2] ?? '{}') as Settings);
