/** The words that list connections, sessions, ephemerals and watches: `cons`, `dump`, `wchs`, `wchc`, `wchp`. */

import { type OperationName, operationName } from '../wire/operations.js';
import { formatAddress } from '../transport/transport.js';
import { type AdminView, type ConnectionView } from './admin-view.js';
import { connectionHead } from './status-words.js';

// The abbreviations of `FinalRequestProcessor`.
const abbreviations: Readonly<Partial<Record<OperationName, string>>> = {
  ...{ create: 'CREA', create2: 'CREA', createContainer: 'CREA', createTtl: 'CREA' },
  ...{ delete: 'DELE', setData: 'SETD', setAcl: 'SETA', multi: 'MULT', reconfig: 'RECO' },
  ...{ exists: 'EXIS', getData: 'GETD', getAcl: 'GETA', getChildren: 'GETC', getChildren2: 'GETC' },
  ...{ getAllChildrenNumber: 'GETACN', getEphemerals: 'GETE', multiRead: 'MLTR', whoAmI: 'HOMI' },
  ...{ sync: 'SYNC', ping: 'PING', closeSession: 'CLOS', addWatch: 'ADDW', setWatches: 'SETW' },
  ...{ setWatches2: 'STW2', checkWatches: 'CHKW', removeWatches: 'REMW' },
};

export function cons(view: AdminView): string {
  return `${[...view.connections].map((one) => `${fullLine(one, view.machine.now)}\n`).join('')}\n`;
}

function fullLine(connection: ConnectionView, nowMs: number): string {
  const { sessionOrNone: session, meter } = connection;
  const { lastRequest: last, traffic } = meter;
  const head = connectionHead(connection);
  if (session === undefined) return `${head})`;
  const name = last === undefined ? undefined : operationName(last.opcode);
  const details = [
    `sid=${hex(session.id)}`,
    `lop=${name === undefined ? 'NA' : (abbreviations[name] ?? 'NA')}`,
    `est=${String(connection.openedAtMs)}`,
    `to=${String(session.timeoutMs)}`,
    ...(last === undefined ? [] : [`lcxid=${hex(BigInt.asUintN(32, BigInt(last.xid)))}`]),
    `lzxid=${last === undefined ? '0xffffffffffffffff' : hex(last.zxid)}`,
    `lresp=${String(last === undefined ? 0 : Math.min(last.atMs, nowMs))}`,
    `llat=${String(traffic.lastLatencyMs)}`,
    `minlat=${String(traffic.minLatencyMs)}`,
    `avglat=${String(Math.floor(traffic.averageLatencyMs))}`,
    `maxlat=${String(traffic.maxLatencyMs)}`,
  ];
  return `${head},${details.join(',')})`;
}

export function dump(view: AdminView): string {
  const { sessions, tree } = view.machine;
  const all = [...sessions.all()];
  const owners = all.filter(({ id }) => tree.ephemeralsOf(id).size > 0);
  const ephemerals = owners.map(({ id }) => section(hex(id), [...tree.ephemeralsOf(id)]));
  const sessionSets = grouped(all, {
    at: ({ expiresAtMs }) => expiresAtMs,
    line: ({ id }) => hex(id),
  });
  const connectionSets = grouped([...view.connections], {
    at: connectionEnd,
    line: ({ remote, sessionOrNone }) =>
      `ip: /${formatAddress(remote)} sessionId: ${hex(sessionOrNone?.id ?? 0n)}`,
  });
  return [
    `SessionTracker dump:\nSession Sets ${sessionSets}`,
    `ephemeral nodes dump:\nSessions with Ephemerals (${String(owners.length)}):\n`,
    ...ephemerals,
    `Connections dump:\nConnections Sets ${connectionSets}`,
  ].join('');
}

/** As a real server tells it: in steps of what a connection without a session may take, 10 s. */
function connectionEnd({ sessionOrNone, openedAtMs }: ConnectionView): number {
  const stepMs = 10_000;
  const endMs = sessionOrNone?.expiresAtMs ?? openedAtMs + stepMs;
  return (Math.floor(endMs / stepMs) + 1) * stepMs;
}

interface Grouping<T> {
  readonly at: (item: T) => number;
  readonly line: (item: T) => string;
}

/** `(sets)/(items):` and the items by the time at which they end. */
function grouped<T>(items: readonly T[], { at, line }: Grouping<T>): string {
  const sets = new Map<number, string[]>();
  for (const item of items) sets.set(at(item), [...(sets.get(at(item)) ?? []), line(item)]);
  const texts = [...sets]
    .sort(([a], [b]) => a - b)
    .map(([ms, all]) => section(`${String(all.length)} expire at ${javaDate(ms)}`, all));
  return `(${String(sets.size)})/(${String(items.length)}):\n${texts.join('')}`;
}

export function wchs(view: AdminView): string {
  const watched = watchedPaths(view);
  const paths = new Set(watched.flatMap(([, found]) => found));
  const total = watched.reduce((sum, [, found]) => sum + found.length, 0);
  const head = `${String(watched.length)} connections watching ${String(paths.size)} paths`;
  return `${head}\nTotal watches:${String(total)}\n`;
}

export function wchc(view: AdminView): string {
  return `${watchedPaths(view)
    .map(([id, paths]) => `${id}\n${paths.map((path) => `\t${path}\n`).join('')}`)
    .join('')}\n`;
}

export function wchp(view: AdminView): string {
  const watchers = new Map<string, string[]>();
  for (const [id, paths] of watchedPaths(view)) {
    for (const path of paths) watchers.set(path, [...(watchers.get(path) ?? []), id]);
  }
  return `${[...watchers]
    .map(([path, ids]) => `${path}\n${ids.map((id) => `\t${id}\n`).join('')}`)
    .join('')}\n`;
}

/** Session ids and the paths they watch: data and persistent watches, as a real server tells them, not those on children. */
function watchedPaths({ machine, connections }: AdminView): readonly [string, string[]][] {
  const { data, persistent, recursive } = machine.watches;
  return [...connections].flatMap((connection): [string, string[]][] => {
    const paths = new Set(
      [data, persistent, recursive].flatMap((table) => [...table.pathsOf(connection)]),
    );
    const id = connection.sessionOrNone?.id;
    return id === undefined || paths.size === 0 ? [] : [[hex(id), [...paths]]];
  });
}

function section(head: string, items: readonly string[]): string {
  return `${head}:\n${items.map((item) => `\t${item}\n`).join('')}`;
}

function hex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}

/** `Mon Nov 23 17:28:25 UTC 2026`, as Java prints a date. */
function javaDate(ms: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(ms)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
