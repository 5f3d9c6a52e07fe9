/** Every file has the house's form; and the checks of it catch what has not. */

import {
  checkFileLengths,
  checkFirstLines,
  checkFunctionLengths,
  checkNamedExports,
  checkNoEnums,
  checkNoExcuses,
  checkReasons,
  maxFileLines,
  maxFunctionLines,
} from './form.js';
import { readSources, type SourceText } from './sources.js';

const sources = readSources('src');

/** Files that are longer for a reason. */
const longFiles = new Map([
  ['src/client/zookeeper.ts', 'one interface with all of its documentation'],
  ['src/index.ts', 'one door, a line for each name'],
]);

function texts(...all: readonly string[]): readonly SourceText[] {
  return all.map((text, index) => ({ path: `src/${String(index)}.ts`, text }));
}

describe('a source file', () => {
  it('starts with what it is for', () => {
    expect(checkFirstLines([...sources, ...readSources('spec/house')])).toEqual([]);
    expect(checkFirstLines(texts('export const x = 1;\n'))).toHaveLength(1);
    expect(checkFirstLines(texts('\n/** Late. */\n'))).toHaveLength(1);
    expect(checkFirstLines(texts('// Not a doc comment.\n'))).toHaveLength(1);
    expect(checkFirstLines(texts('/** */\n', '/** No sentence */\n'))).toHaveLength(2);
    expect(
      checkFirstLines(texts('/** Says it. */\n', '/**\n * Says it. And more.\n */\n')),
    ).toEqual([]);
  });

  it('has at most 250 lines, unless for a reason', () => {
    expect(checkFileLengths(sources, longFiles)).toEqual([]);
    const [long, fits] = ['x;\n'.repeat(maxFileLines + 1), 'x;\n'.repeat(maxFileLines)];
    expect(checkFileLengths(texts(long, fits))).toHaveLength(1);
    expect(checkFileLengths(texts(long), new Map([['src/0.ts', 'a reason']]))).toEqual([]);
  });

  it('is named in the list of long files only while it is one', () => {
    const long = new Set(checkFileLengths(sources).map((text) => text.replace(/:1 .*/, '')));
    expect([...longFiles.keys()].filter((path) => !long.has(path))).toEqual([]);
  });

  it('has functions of at most 70 lines, whatever their kind', () => {
    expect(checkFunctionLengths(sources)).toEqual([]);
    const body = (lines: number): string => `{\n${'f();\n'.repeat(lines - 2)}}`;
    const tooLong = body(maxFunctionLines + 1);
    expect(checkFunctionLengths(texts(`function g() ${tooLong}`))).toHaveLength(1);
    expect(checkFunctionLengths(texts(`const g = () => ${tooLong};`))).toHaveLength(1);
    expect(checkFunctionLengths(texts(`class A { g() ${tooLong} }`))).toHaveLength(1);
    expect(checkFunctionLengths(texts(`class A { constructor() ${tooLong} }`))).toHaveLength(1);
    expect(checkFunctionLengths(texts(`class A { get g() ${tooLong} }`))).toHaveLength(1);
    expect(checkFunctionLengths(texts(`function g() ${body(maxFunctionLines)}`))).toEqual([]);
  });

  it('has named exports only', () => {
    expect(checkNamedExports(sources)).toEqual([]);
    expect(checkNamedExports(texts('export default 1;', 'export = a;'))).toHaveLength(2);
    expect(checkNamedExports(texts('export default function f() {}'))).toHaveLength(1);
    expect(checkNamedExports(texts('export { a as default };'))).toHaveLength(1);
    expect(checkNamedExports(texts('switch (a) { default: f(); }', 'export { a };'))).toEqual([]);
  });

  it('has unions, not enums', () => {
    expect(checkNoEnums(sources)).toEqual([]);
    expect(checkNoEnums(texts('enum A { B }', 'const enum A { B }'))).toHaveLength(2);
  });

  it('has nothing left for later', () => {
    expect(checkNoExcuses(sources)).toEqual([]);
    const excuse = ['TO', 'DO'].join('');
    expect(checkNoExcuses(texts(`f();\n// ${excuse}: more`))).toEqual([
      `src/0.ts:2 says ${excuse}`,
    ]);
  });

  it('says why wherever it overrules the type checker', () => {
    expect(checkReasons(sources)).toEqual([]);
    expect(checkReasons(texts('const a = b as C;', 'const a = b!;', 'let a: any;'))).toHaveLength(
      3,
    );
    expect(checkReasons(texts('// For a reason.\n\nconst a = b!;'))).toHaveLength(1);
    expect(
      checkReasons(texts('// For a reason.\nconst a = b!;', 'const a = [1] as const;')),
    ).toEqual([]);
    expect(checkReasons(texts('f(\n  // For a reason.\n  b as C,\n);'))).toEqual([]);
  });
});
