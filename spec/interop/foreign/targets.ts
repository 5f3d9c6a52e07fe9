/** The two servers that a foreign client is shown to: the command `rxzk serve` as a process, and a real ZooKeeper. */

import { compileCommand, portOf, run } from '../../cli/program.js';
import { fourLetterWord } from '../../../src/testing/real/four-letter-word.js';
import { reaper } from '../../../src/testing/real/reaper.js';
import { startZooKeeper } from '../../../src/testing/real/start.js';

/** One of them. */
export interface ForeignTarget {
  readonly hosts: string;
  readonly port: number;
  /** What it complains of; the real one writes into its log. */
  complaints(): string;
  close(): Promise<void>;
}

/** Both, told apart. */
export interface ForeignTargets {
  readonly embedded: ForeignTarget;
  readonly real: ForeignTarget;
}

// Sessions last from 1 to 10 s, and whatever is to be reaped goes within a second.
const tickMs = 500;
const realOptions = {
  tickMs,
  systemProperties: {
    'zookeeper.extendedTypesEnabled': true,
    'znode.container.checkIntervalMs': 1000,
  },
};

async function startEmbedded(): Promise<ForeignTarget> {
  const command = compileCommand();
  const started = run(command.file, 'serve', '--port', '0', '--tick-ms', String(tickMs));
  const { pid } = started.child;
  if (pid !== undefined) reaper.keepProcess(pid);
  const close = async (): Promise<void> => {
    started.child.kill('SIGTERM');
    const code = await started.ended;
    if (pid !== undefined) reaper.releaseProcess(pid);
    command.remove();
    expect({ code, complaints: started.err() }).toEqual({ code: 0, complaints: '' });
  };
  const port = await portOf(started);
  return { port, hosts: `127.0.0.1:${String(port)}`, complaints: started.err, close };
}

async function startReal(): Promise<ForeignTarget> {
  const server = await startZooKeeper(realOptions);
  const { port, hosts } = server;
  return { port, hosts, complaints: () => '', close: () => server.close() };
}

/** Starts both before the tests of this describe and ends them after. */
export function useTargets(): () => ForeignTargets {
  let targets: ForeignTargets | undefined;
  beforeAll(async () => {
    const [embedded, real] = await Promise.all([startEmbedded(), startReal()]);
    targets = { embedded, real };
  }, 90_000);
  afterAll(async () => {
    await Promise.all([targets?.embedded.close(), targets?.real.close()]);
  }, 30_000);
  return () => {
    if (targets === undefined) throw new Error('the servers run only during tests');
    return targets;
  };
}

/** What clients left on a server: nothing but the one connection that asks, once all has come to its end. */
export async function leftOn({ port }: ForeignTarget): Promise<Readonly<Record<string, string>>> {
  const ask = async (word: string): Promise<string> =>
    (await fourLetterWord(word, { port, timeoutMs: 10_000 })) ?? `no answer to ${word}`;
  const [mntr, dump, cons] = await Promise.all([ask('mntr'), ask('dump'), ask('cons')]);
  const figure = (name: string): string =>
    new RegExp(`^zk_${name}\\t(.*)$`, 'm').exec(mntr)?.[1] ?? mntr;
  return {
    watches: figure('watch_count'),
    ephemerals: figure('ephemerals_count'),
    sessions: figure('global_sessions'),
    dumped: /^Session Sets \(\d+\)\/\((\d+)\):$/m.exec(dump)?.[1] ?? dump,
    connected: String(cons.split('sid=').length - 1),
  };
}

/** What {@link leftOn} is when nothing is left. */
export const nothing: Readonly<Record<string, string>> = {
  watches: '0',
  ephemerals: '0',
  sessions: '0',
  dumped: '0',
  connected: '0',
};
