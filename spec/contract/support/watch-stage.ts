/** A connection for each kind of watch on one znode, and what each of them is told. */

import { said } from '../../support/raw-client.js';
import { type ContractTarget } from '../suite/target.js';
import { type RawSession } from './raw-session.js';

/** Leaves a watch on `/n`; each kind is left by a connection of its own. */
const kinds = {
  data: (raw: RawSession) => raw.getData('/n', true),
  exists: (raw: RawSession) => raw.exists('/n', true),
  child: (raw: RawSession) => raw.getChildren('/n', true),
  child2: async (raw: RawSession) =>
    said(await raw.ask('getChildren2', { path: `${raw.base}/n`, watch: true })),
  persistent: (raw: RawSession) => raw.addWatch('/n', 0),
  recursive: (raw: RawSession) => raw.addWatch('/n', 1),
} as const;

type Kind = keyof typeof kinds;
/** What each kind is told of; a kind that is missing is told of nothing. */
export type Told = Readonly<Partial<Record<Kind, readonly string[]>>>;

export interface Stage {
  readonly writer: RawSession;
  /** Leaves one of each kind, as far as it can be left. */
  leaveWatches(): Promise<void>;
  /** What each kind has been told since. */
  told(): Promise<Record<string, readonly string[]>>;
}

/** A writer who has made what is given, and the watchers. */
export async function staged(target: ContractTarget, given: readonly string[]): Promise<Stage> {
  const names = Object.keys(kinds);
  const [writer, ...watchers] = await target.raws(1 + names.length);
  if (writer === undefined) throw new Error('sessions were asked for');
  for (const path of given) await writer.create(path);
  return {
    writer,
    leaveWatches: async () => {
      await Promise.all(Object.values(kinds).map((leave, i) => leave(watchers[i] ?? writer)));
    },
    told: async () => {
      const all = await Promise.all(watchers.map((watcher) => watcher.told()));
      return Object.fromEntries(names.map((name, i) => [name, all[i] ?? []]));
    },
  };
}

/** With nothing for the kinds that are not named. */
export function all(told: Told): Record<string, readonly string[]> {
  const nothing = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
  return { ...nothing, ...told };
}
