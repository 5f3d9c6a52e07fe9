/** Imports go down only, never through a barrel, and never in a circle; and the checks of it catch what they are for. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCircles } from './circles.js';
import { checkDirections, rooms, roomsWithoutRow } from './layers.js';
import { readSources, root, type SourceText } from './sources.js';

const sources = readSources('src');

function file(path: string, text: string): SourceText {
  return { path, text };
}

describe('import directions', () => {
  it('finds the sources', () => {
    expect(sources.map(({ path }) => path)).toContain('src/client/zookeeper.ts');
  });

  it('hold in src', () => {
    expect(checkDirections(sources)).toEqual([]);
  });

  it.each([
    ['src/wire/a.ts', `import { type S } from '../session/session.js';`],
    ['src/wire/a.ts', `import { map } from 'rxjs';`],
    ['src/session/a.ts', `import { tcpTransport } from '../transport/tcp.js';`],
    ['src/session/a.ts', `export { x } from '../client/zookeeper.js';`],
    ['src/client/a.ts', `type T = import('../recipes/lock.js').Lock;`],
    ['src/client/a.ts', `const t = import('../transport/tcp.js');`],
    ['src/client/a.ts', `import { tcpTransport } from '../transport/tcp.js';`],
    ['src/client/a.ts', `import { zookeeper } from '../index.js';`],
    ['src/client/a.ts', `import { zookeeper } from '..';`],
    ['src/client/a.ts', `import { zookeeper } from 'rxzk';`],
    ['src/client/a.ts', `import { type Stat } from '../wire/records';`],
    ['src/recipes/core/a.ts', `import { OneShot } from '../../client/one-shot.js';`],
    ['src/recipes/core/a.ts', `import { openSession } from '../../session/open-session.js';`],
    ['src/recipes/core/a.ts', `import { acquire$ } from '../held/acquire.js';`],
    ['src/recipes/queue/a.ts', `import { lock$ } from '../locks/lock.js';`],
    ['src/recipes/a.ts', `import { map } from 'rxjs';`],
    ['src/recipes/elsewhere/a.ts', `import { map } from 'rxjs';`],
    ['src/transport/memory.ts', `import { connect } from 'node:net';`],
    ['src/transport/memory.ts', `import { chroot } from '../path.js';`],
    ['src/server/a.ts', `import { memoryNetwork } from '../transport/memory.js';`],
    ['src/server/a.ts', `import fs = require('node:fs');`],
    ['src/elsewhere/a.ts', `export const x = 1;`],
    ['src/index.ts', `export const x = 1;`],
    ['src/index.ts', `export * from 'rxjs';`],
    ['src/index.ts', `export * from './testing/index.js';`],
  ])('refuse, in %s, %s', (path, text) => {
    expect(checkDirections([file(path, text)])).toHaveLength(1);
  });

  it.each([
    ['src/wire/a.ts', `import { ProtocolError } from '../errors/client-errors.js';`],
    ['src/session/a.ts', `import { type Pipe } from '../transport/transport.js';`],
    ['src/client/socket-transport.ts', `import { tcpTransport } from '../transport/tcp.js';`],
    ['src/client/live/a.ts', `import { nextState } from '../../session/state.js';`],
    ['src/transport/tcp.ts', `import { connect } from 'node:net';`],
    ['src/recipes/core/a.ts', `import { type ZooKeeper } from '../../client/zookeeper.js';`],
    ['src/recipes/locks/a.ts', `import { acquire$ } from '../held/acquire.js';`],
    ['src/recipes/locks/a.ts', `import { lock$ } from './lock.js';`],
    ['src/testing/a.ts', `import { createServer } from '../server/server.js';`],
    ['src/index.ts', `export { zookeeper } from './client/zookeeper-factory.js';`],
  ])('allow, in %s, %s', (path, text) => {
    expect(checkDirections([file(path, text)])).toEqual([]);
  });

  it('are explained in the README, room by room', () => {
    expect(roomsWithoutRow(readFileSync(join(root, 'README.md'), 'utf8'))).toEqual([]);
    expect(roomsWithoutRow('| `errors`, `path` | the ground |\n`wire` | no row |')).toEqual(
      rooms.map(({ name }) => name).filter((name) => name !== 'errors' && name !== 'path'),
    );
  });
});

describe('import circles', () => {
  it('do not exist in src', () => {
    expect(checkCircles(sources)).toEqual([]);
  });

  it('are found, each once', () => {
    const circle = [
      file('src/wire/a.ts', `import { type B } from './b.js';`),
      file('src/wire/b.ts', `export { C } from './c.js';`),
      file('src/wire/c.ts', `type A = import('./a.js').A;`),
      file('src/wire/d.ts', `import { type B } from './b.js';`),
    ];
    const expected = ['src/wire/a.ts -> src/wire/b.ts -> src/wire/c.ts -> src/wire/a.ts'];
    expect(checkCircles(circle)).toEqual(expected);
    expect(checkCircles([...circle].reverse())).toEqual(expected);
  });

  it('are not seen where two ways lead to one file', () => {
    const diamond = [
      file('src/wire/a.ts', `import './b.js'; import './c.js';`),
      file('src/wire/b.ts', `import './d.js';`),
      file('src/wire/c.ts', `import './d.js';`),
      file('src/wire/d.ts', `export const x = 1;`),
    ];
    expect(checkCircles(diamond)).toEqual([]);
  });
});
