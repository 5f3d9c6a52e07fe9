/** Runs the whole demo on one server or ensemble and cleans up behind it. */

import { startServer } from 'rxzk/testing';
import { zookeeper } from 'rxzk';
import { Board } from './board.js';
import { Contender } from './contender.js';
import { configurationStreams, leaderIsCutOff, lockQueueIsServed, type Stage } from './story.js';

export interface DemoOptions {
  /** Your own servers; without them an embedded one is started. */
  readonly hosts?: string | undefined;
  readonly out: NodeJS.WriteStream;
  /** How long each step stays on show. */
  readonly pauseMs: number;
}

/** Resolves to whether nothing was left behind. */
export async function runDemo({ hosts: given, out, pauseMs }: DemoOptions): Promise<boolean> {
  const server = given === undefined ? await startServer({ tickMs: 500 }) : undefined;
  const hosts = given ?? server?.hosts ?? '';
  const board = new Board(out);
  const admin = zookeeper(hosts, { idleGraceMs: Infinity });
  const root = `/rxzk-demo-${admin.randomId().slice(0, 8)}`;
  const contenders = ['anna', 'bert', 'cleo'].map((name) => new Contender(name, { hosts, root }));
  for (const { view$ } of contenders) {
    view$.subscribe((view) => {
      board.update(view);
    });
  }
  const stage: Stage = { admin, root, board, contenders, pauseMs };
  try {
    await admin.ensurePath(root);
    await configurationStreams(stage);
    await leaderIsCutOff(stage);
    await lockQueueIsServed(stage);
    for (const contender of contenders) await contender.stop();
    await admin.delete(root, { recursive: true });
    const left = await admin.exists(root);
    board.announce(
      'Done',
      left === null ? 'nothing is left on the server' : `left behind: ${root}`,
    );
    return left === null;
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
    await admin.close();
    await server?.stop();
  }
}
