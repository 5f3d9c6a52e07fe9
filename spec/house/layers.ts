/** Which room of the house may import from which, and the check that it is so. */

import * as ts from 'typescript';
import { finding, importsOf, parse, type Import, type SourceText } from './sources.js';

/** One room. Every room may import from itself. */
export interface Room {
  readonly name: string;
  /** Rooms, or single files, that it may import from besides. */
  readonly rooms: readonly string[];
  /** Packages that it may import; `node:` stands for all of Node's own. */
  readonly packages: readonly string[];
  /** Single files that may import more, with the reason. */
  readonly exceptions?: readonly {
    readonly file: RegExp;
    readonly imports: readonly string[];
    readonly reason: string;
  }[];
  /** Its folders, from the ground up, each with the folders beside it that it may import from. */
  readonly folders?: Readonly<Record<string, readonly string[]>>;
}

// What applications see of the client, and pure helpers without a connection.
const interfaceFiles = [
  'zookeeper',
  'znode',
  'tree',
  'lease',
  'request',
  'awaitable',
  'transaction',
  'transaction-builders',
  'codec',
  'codecs',
  'options',
  'checks',
].map((name) => `client/${name}.ts`);

const ground = ['errors', 'hash', 'path', 'platform', 'rx', 'wire'];

/** The table, from the ground up. A room without a row (`gateway`, …) is refused until it gets one. */
export const rooms: readonly Room[] = [
  { name: 'errors', rooms: [], packages: [] },
  { name: 'path', rooms: ['errors'], packages: [] },
  { name: 'platform', rooms: [], packages: [] },
  { name: 'rx', rooms: [], packages: ['rxjs'] },
  { name: 'hash', rooms: [], packages: [] },
  { name: 'wire', rooms: ['errors', 'hash'], packages: [] },
  {
    name: 'transport',
    rooms: [],
    packages: ['rxjs'],
    exceptions: [
      {
        file: /^src\/transport\/(?:tcp|tls|socket|srv)[a-z-]*\.ts$/,
        imports: ['node:', 'platform'],
        reason: 'real sockets, and chance by default for which address to take',
      },
    ],
  },
  { name: 'session', rooms: [...ground, 'transport/transport.ts'], packages: ['rxjs'] },
  {
    name: 'client',
    rooms: [...ground, 'session', 'transport/transport.ts', 'transport/tls-options.ts'],
    packages: ['rxjs'],
    exceptions: [
      {
        file: /^src\/client\/socket-transport\.ts$/,
        imports: ['transport'],
        reason: 'fills in TCP or TLS as the default transport',
      },
    ],
  },
  {
    name: 'recipes',
    rooms: ['errors', 'hash', 'path', 'rx', 'wire/records.ts', ...interfaceFiles],
    packages: ['rxjs'],
    folders: {
      core: [],
      held: ['core'],
      locks: ['core', 'held'],
      queue: ['core', 'held'],
      barriers: ['core', 'held'],
      values: ['core'],
      membership: ['core', 'held'],
      lists: ['core'],
      services: ['core', 'membership'],
      migrations: ['core', 'held', 'locks'],
    },
  },
  {
    name: 'tools',
    rooms: [...ground, 'session', 'client', 'transport/transport.ts', 'transport/tls-options.ts'],
    packages: ['rxjs'],
  },
  {
    name: 'server',
    rooms: ['errors', 'path', 'rx', 'wire', 'transport/transport.ts'],
    packages: ['rxjs'],
  },
  {
    name: 'testing',
    rooms: [...ground, 'transport', 'session', 'client', 'recipes', 'server'],
    packages: ['rxjs', 'rxjs/testing', 'node:'],
  },
  // The command only starts what the testing door has: it reads arguments and signals, and knows nothing of the server.
  { name: 'cli', rooms: ['testing'], packages: ['node:'] },
];

/** Rooms that a Markdown text has no row for in any table: a row starts with the names of its rooms. */
export function roomsWithoutRow(markdown: string): readonly string[] {
  const cells = markdown.split('\n').flatMap((line) => /^\|([^|]*)\|/.exec(line)?.[1] ?? []);
  return rooms
    .map(({ name }) => name)
    .filter((name) => !cells.some((cell) => cell.includes(`\`${name}\``)));
}

/** Imports against the table, through a barrel, or of the package by its own name. */
export function checkDirections(sources: readonly SourceText[]): readonly string[] {
  return sources.flatMap((source) => {
    const room = roomOf(source.path);
    if (isDoor(source.path)) return checkDoor(source);
    if (room === undefined) return [`${source.path}:1 is in no room of the table in layers.ts`];
    if (room.folders !== undefined && room.folders[folderOf(inSrc(source.path))] === undefined) {
      return [`${source.path}:1 is in no folder of the room ${room.name} in layers.ts`];
    }
    return importsOf(source).flatMap((found) => {
      const problem = importProblem({ source, room, found });
      return problem === undefined ? [] : [finding(found.node, problem)];
    });
  });
}

function importProblem(import_: {
  source: SourceText;
  room: Room;
  found: Import;
}): string | undefined {
  const { source, room, found } = import_;
  const extra = (room.exceptions ?? [])
    .filter(({ file }) => file.test(source.path))
    .flatMap(({ imports }) => imports);
  if (found.file === undefined) {
    return covers([...room.packages, ...extra], packageOf(found.specifier))
      ? undefined
      : `imports the package ${found.specifier}, which ${room.name} may not`;
  }
  if (!found.specifier.endsWith('.js')) return `imports ${found.specifier} without ".js"`;
  if (isDoor(found.file)) return `imports the barrel ${found.file}`;
  const target = found.file.replace(/^src\//, '');
  if (!mayReachFolder(room, inSrc(source.path), target)) {
    return `imports ${found.file}, which the folder ${folderOf(inSrc(source.path))} may not`;
  }
  const allowed = [room.name, ...room.rooms, ...extra];
  return allowed.includes(target) || allowed.includes(roomName(target))
    ? undefined
    : `imports ${found.file}, which ${room.name} may not`;
}

/** Within a room that has a table of folders: whether the folder of a file may import from that of another. */
function mayReachFolder(room: Room, source: string, target: string): boolean {
  if (room.folders === undefined || roomName(target) !== room.name) return true;
  const folder = folderOf(source);
  return folder === folderOf(target) || room.folders[folder]?.includes(folderOf(target)) === true;
}

function inSrc(path: string): string {
  return path.replace(/^src\//, '');
}

/** `locks` for `recipes/locks/x.ts`. */
function folderOf(target: string): string {
  return target.split('/').slice(1, -1).join('/');
}

function checkDoor(source: SourceText): readonly string[] {
  return parse(source).statements.flatMap((statement) => {
    const reExport = ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;
    if (!reExport) return [finding(statement, 'is not a re-export, and a door has nothing else')];
    return importsOf(source)
      .filter(({ node, file }) => node === statement && (file === undefined || isDoor(file)))
      .map(({ node, specifier }) => finding(node, `re-exports ${specifier} as a whole door`));
  });
}

/** A door, or a folder, which is the same as its barrel. */
function isDoor(path: string): boolean {
  return path.endsWith('/index.ts') || !path.endsWith('.ts');
}

function packageOf(specifier: string): string {
  return specifier.startsWith('node:') ? 'node:' : specifier;
}

function covers(allowed: readonly string[], name: string): boolean {
  return allowed.includes(name);
}

/** `client` for `client/live/x.ts`, `path` for `path.ts`. */
function roomName(target: string): string {
  return target.split('/')[0]?.replace(/\.ts$/, '') ?? '';
}

function roomOf(path: string): Room | undefined {
  const name = roomName(path.replace(/^src\//, ''));
  return rooms.find((room) => room.name === name);
}
