/**
 * What is not compared, because a foreign client may not rely on it or a real server cannot bear it. One row each:
 *
 * - one kind of watch for each session and path: before 3.9 the last registration on a path wins (ZOOKEEPER-4466); the
 *   embedded server keeps all kinds.
 * - checkWatches asks about paths that only its own session watches: before 3.9 it says yes if anybody watches the path
 *   (`WatchManager.containsWatcher`).
 * - check outside a multi is not sent: servers up to 3.8.4 and 3.9.2 never answer it; the embedded server refuses it.
 * - auth and SASL are alone in their step: the server answers them outside the pipeline, so where their reply stands
 *   among others is a race.
 * - events of a step in which a session ends are sorted: its ephemerals go in the order of a Java HashSet.
 * - names of children, ephemerals and identities are sorted: the server gives them in the order of a Java HashSet.
 * - neighbours of one scheme and permission in an ACL are sorted: what `auth` stands for comes in the order of a Java
 *   HashSet.
 * - createTTL outside a multi has a flag of a TTL: with another flag the real server does not look at the TTL, and a
 *   wrong one ends the whole server.
 * - characters beyond U+FFFF are told as unreadable: Java writes them in CESU-8, as two surrogates of three bytes each,
 *   the embedded server in UTF-8.
 * - the stats of a quota are set to figures only: a real server ends when it has to add to anything else.
 * - a create in a multi has no flag of a TTL without a TTL: a real server finds out half-way, and until the next write takes
 *   what stands before it in the multi for done.
 * - setAcl is alone in its step: which ACL holds for a write right behind it is a race in a real server until 2025.
 * - where quotas are enforced requests are alone in their steps: by which figures one is judged is a race.
 * - the znodes of quotas are not changed in a multi: a real server judges it by those that were there before.
 * - no IPv6 addresses in ACLs: the real server has known them only since ZOOKEEPER-4240.
 * - the body of a refused multiRead is skipped: the real server adds what it had read so far; no client reads it.
 * - no sequential znodes right below those that every server has: their counters go on from run to run in the real
 *   server.
 */

import { type MultiOperation } from '../../src/wire/multi.js';
import { type OperationName } from '../../src/wire/operations.js';
import { type Acl } from '../../src/wire/records.js';
import { type Ask, type SessionName, type Step } from './script.js';

/** The one kind of watch that a session leaves on a path, settled by the letters of both. */
export type WatchKind = 'classic' | 'persistent' | 'recursive' | 'none';

/** Paths that only one session watches. */
const preserves: Readonly<Record<string, SessionName>> = {
  '~/d/e': 'a',
  '~/a/b/c': 'b',
  '~/s0000000000': 'c',
};

const anyType = 3;
const figures = new TextEncoder().encode('count=1,bytes=2=;more=3');
// A mode that does not exist is refused, and leaves no watch.
const modes = { none: 7, classic: 7, persistent: 0, recursive: 1 } as const;
const belowShared = /^(\/[^/]*|~|\/zookeeper\/[^/]*|\/zookeeper\/quota~)$/;
const [ttlFlag, sequentialTtlFlag] = [5, 6];
const withoutTtl = new Map([
  [5, 0],
  [6, 2],
]);
// Sequential flags, and the same without a number.
const unnumbered = new Map([
  [2, 0],
  [3, 1],
  [6, 5],
]);
const kinds = ['classic', 'classic', 'persistent', 'recursive'] as const;

export function watchKind(session: SessionName, path: string): WatchKind {
  const warden = preserves[path];
  if (warden !== undefined && warden !== session) return 'none';
  let sum = session.charCodeAt(0);
  for (let i = 0; i < path.length; i++) sum = (sum * 31 + path.charCodeAt(i)) % 65_521;
  // The index is below the number of kinds.
  return kinds[(sum >> 2) % kinds.length] as WatchKind;
}

/** Operations whose refusals may have a body. */
export const junkBehindRefusal: ReadonlySet<OperationName> = new Set(['multiRead']);

/** Requests that may leave together. */
export function tolerableBurst(asks: readonly Ask[]): readonly Ask[] {
  const others = asks.filter(({ op }) => op !== 'setAcl');
  return asks.length === 1 || others.length === 0 ? asks.slice(0, 1) : others;
}

/** A request without what must not be in it. */
export function tolerable({ op, body, ...rest }: Ask, session: SessionName): Ask {
  return {
    op: tolerableOperation(op, body, session),
    body: tolerableBody(op, body, session),
    ...rest,
  };
}

/** Whether a session ends in this step. */
export function endsSession(step: Step): boolean {
  return (
    step.kind === 'expire' ||
    (step.kind === 'ask' && step.asks.some(({ op }) => op === 'closeSession'))
  );
}

/** Lines with each run of events sorted. */
export function sortEventRuns(lines: readonly string[]): readonly string[] {
  const sorted: string[] = [];
  let run: string[] = [];
  for (const line of [...lines, '']) {
    if (line.startsWith('event ')) run.push(line);
    else {
      sorted.push(...run.sort(), line);
      run = [];
    }
  }
  return sorted.slice(0, -1);
}

export function sortAcl(acl: readonly Acl[]): readonly Acl[] {
  const like = (one: Acl): string => `${one.scheme} ${String(one.perms)}`;
  const groups: Acl[][] = [];
  for (const entry of acl) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && like(last[0]) === like(entry)) last.push(entry);
    else groups.push([entry]);
  }
  return groups.flatMap((group) => group.sort((x, y) => (x.id < y.id ? -1 : 1)));
}

function tolerableOperation(op: OperationName, body: unknown, session: SessionName): OperationName {
  if (op !== 'checkWatches') return op;
  const isOwn = Object.entries(preserves).some(
    ([path, warden]) => warden === session && (body as { readonly path: string }).path === path,
  );
  return isOwn ? op : 'removeWatches';
}

function tolerableBody(op: OperationName, body: unknown, session: SessionName): unknown {
  if (Array.isArray(body)) {
    return body.map((one: MultiOperation) => {
      const path = one.path.startsWith('/zookeeper/quota') ? '~/a' : one.path;
      return tolerableBody(op, { ...one, path }, session);
    });
  }
  if (typeof body !== 'object' || body === null) return body;
  // Bodies are records.
  const record = body as Readonly<Record<string, unknown>>;
  if (op === 'setWatches' || op === 'setWatches2') return withSoundLists(record, session);
  if (typeof record['path'] !== 'string') return record;
  if ('flags' in record) {
    const flags = soundFlags(Number(record['flags']), record['path']);
    return { ...record, flags: flagsOfOperation(op, flags, record['type']) };
  }
  if ('data' in record) return { ...record, data: soundData(record['data'], record['path']) };
  return withSoundWatch(record, op, watchKind(session, record['path']));
}

function withSoundLists(
  record: Readonly<Record<string, unknown>>,
  session: SessionName,
): Record<string, unknown> {
  const kindOf = (list: string): WatchKind =>
    list === 'persistent' ? list : list === 'persistentRecursive' ? 'recursive' : 'classic';
  const entries = Object.entries(record).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, value];
    return [name, value.filter((path) => watchKind(session, String(path)) === kindOf(name))];
  });
  // The names are those of the record.
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function withSoundWatch(
  record: Readonly<Record<string, unknown>>,
  op: OperationName,
  kind: WatchKind,
): unknown {
  if ('watch' in record)
    return { ...record, watch: record['watch'] === true && kind === 'classic' };
  if ('watcherType' in record && kind !== 'classic') return { ...record, watcherType: anyType };
  if (op !== 'addWatch') return record;
  return { ...record, mode: modes[kind] };
}

function soundData(data: unknown, path: string): unknown {
  return path.endsWith('zookeeper_stats') ? figures : data;
}

function flagsOfOperation(op: OperationName, flags: number, type: unknown): number {
  if (op === 'createTtl' && flags !== sequentialTtlFlag) return ttlFlag;
  if (op === 'multi' && type !== 'createTtl') return withoutTtl.get(flags) ?? flags;
  return flags;
}

function soundFlags(flags: number, path: string): number {
  return belowShared.test(path) ? (unnumbered.get(flags) ?? flags) : flags;
}
