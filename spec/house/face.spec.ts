/** The public face: every stream is documented, and the surface is the committed one; and both checks can fail. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeApi } from './api.js';
import { openDoors, openText } from './program.js';
import { checkErrorTable, checkOptionTables, readReference } from './reference.js';
import { root } from './sources.js';
import { checkStreamDocs, requiredTags, streamNames } from './stream-docs.js';

const entries = [
  ['rxzk', 'src/index.ts'],
  ['rxzk/testing', 'src/testing/index.ts'],
] as const;
const doors = openDoors(entries.map(([, path]) => path));

const allTags = requiredTags.map((tag) => ` * @${tag} x`).join('\n');
const imports = `import { type Observable, type OperatorFunction } from 'rxjs';\n`;

describe('the docs of streams', () => {
  it('are complete', () => {
    expect(doors.flatMap(checkStreamDocs)).toEqual([]);
  });

  it('are looked for where streams are', () => {
    expect(doors.flatMap(streamNames)).toContain('ZooKeeper.data$');
    expect(doors.flatMap(streamNames)).not.toContain('ZooKeeper.get');
  });

  it.each([
    ['f$', `export declare function f$(): Observable<number>;`],
    ['f$', `export declare const f$: Observable<number>;`],
    ['f$', `export const f$ = (): Observable<number> => { throw new Error(); };`],
    ['withX', `export declare function withX<T>(): OperatorFunction<T, T>;`],
    ['A.x$', `export interface A { readonly x$: Observable<number> }`],
    ['A.x$', `export interface A { x$(path: string): Observable<number> }`],
    ['A.x$', `export declare class A { readonly x$?: Observable<number> }`],
    ['f$', `interface B extends Observable<number> { b: 1 }\nexport declare const f$: B;`],
  ])('are missed at %s of %s', (name, text) => {
    expect(checkStreamDocs(openText(imports + text))).toEqual([
      `${name} lacks @emits, @completes, @errors, @sharing`,
    ]);
  });

  it('are missed tag by tag', () => {
    const text = `/**\n * Emits.\n * @emits x\n * @errors x\n */\nexport declare const a$: Observable<1>;`;
    expect(checkStreamDocs(openText(imports + text))).toEqual(['a$ lacks @completes, @sharing']);
  });

  it.each([
    `/**\n * Emits.\n${allTags}\n */\nexport declare function f$(): Observable<number>;`,
    `export interface R extends Observable<1>, PromiseLike<1> {}\nexport declare function get(): R;`,
    `export interface SomeOptions { readonly stop$: Observable<void> }`,
    `declare function inner$(): Observable<number>;\nexport const x = 1;`,
  ])('are not asked for at %s', (text) => {
    expect(checkStreamDocs(openText(imports + text))).toEqual([]);
  });
});

describe('the reference', () => {
  const page = readFileSync(join(root, 'src/client/README.md'), 'utf8');

  it('has every option, its unit, default and limit', () => {
    expect(checkOptionTables(doors, readReference(page))).toEqual([]);
  });

  it('has every error, when it comes and what to do', () => {
    expect(checkErrorTable(doors, readReference(page))).toEqual([]);
  });

  it.each([
    ['| `graceMs` |', '| `gone` |', 'AOptions.gone is no option', 'AOptions.graceMs has no row'],
    ['| 10 |', '| 20 |', 'AOptions.graceMs has the default 10 in its docs, and 20 here'],
    ['| ms |', '| s |', 'AOptions.graceMs is in ms'],
    ['| How long. |', '| |', 'AOptions.graceMs has an empty cell'],
    ['#repeatable', '#other', 'AOptions does not say that it has all of Repeatable'],
    ['### AOptions', '### BOptions', 'BOptions is not exported', 'AOptions has no section'],
    ['| must be given |', '| none |', 'AOptions.must must be given: true'],
  ])('is found wrong with %j as %j', (from, to, ...problems) => {
    const door = openText(`
      interface Repeatable { readonly again?: 1 }
      export interface AOptions extends Repeatable {
        /** How long. Default 10. */
        readonly graceMs?: number;
        readonly must: string;
      }`);
    const right = `### AOptions\n\nAnd all of [x](#repeatable).\n
| \`graceMs\` | ms | 10 | – | How long. |
| \`must\` | text | must be given | – | What. |
`;
    expect(checkOptionTables([door], readReference(right))).toEqual([]);
    expect(checkOptionTables([door], readReference(right.replace(from, to)))).toEqual(problems);
  });

  it('is found wrong with an error too few or too many', () => {
    const door = openText(`export declare class E extends Error {}\nexport declare class C {}`);
    const told = readReference('## Errors\n\n| `C` | – | when | what | never |\n');
    expect(checkErrorTable([door], told)).toEqual([
      'E has no row',
      'C is no exported class of errors',
    ]);
  });
});

describe('the public surface', () => {
  it('is the committed one', () => {
    const lines = entries.flatMap(([name], index) => {
      const door = doors[index];
      return door === undefined ? [] : [`# ${name}`, '', ...describeApi(door), ''];
    });
    const committed = join(root, 'spec', 'house', 'api.txt');
    if (process.env['UPDATE_API'] === '1') writeFileSync(committed, lines.join('\n'));
    const before = existsSync(committed) ? readFileSync(committed, 'utf8').split('\n') : [];
    const difference = {
      gone: before.filter((line) => !lines.includes(line)),
      new: lines.filter((line) => !before.includes(line)),
      toAccept: 'UPDATE_API=1 npx jest spec/house/face',
    };
    expect(difference).toEqual({ ...difference, gone: [], new: [] });
    expect(before).toEqual(lines);
  });

  it('is told one signature a line', () => {
    const text = `
      export declare function f<T>(a: T, b?: { readonly c: 1 }): T[];
      export const n = 1;
      /** Docs do not count. */
      export interface A<T> extends Iterable<T> {
        readonly a: string | null; // nor comments
        b(x: number): void;
      }
      export type U = | { readonly k: 'x' } | 'y';
      export abstract class E extends Error {
        private secret = 1;
        readonly code = 2;
        m(): void { this.secret = 3; }
        constructor(what: string) { super(what); }
      }`;
    expect(describeApi(openText(text))).toEqual([
      'interface A<T> extends Iterable<T>',
      '  A.readonly a: string | null',
      '  A.b(x: number): void',
      'abstract class E extends Error',
      '  new E(what: string): E',
      '  E.readonly code: 2',
      '  E.m(): void',
      `type U = { readonly k: 'x'; } | 'y'`,
      'function f<T>(a: T, b?: { readonly c: 1; }): T[]',
      'const n: 1',
    ]);
  });
});
