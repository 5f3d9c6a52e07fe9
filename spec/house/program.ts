/** The type checker's view of the package's doors, or of a few texts that stand in for them. */

import { join } from 'node:path';
import * as ts from 'typescript';
import { root } from './sources.js';

/** A module's exports with what is needed to ask for their types. */
export interface Door {
  readonly checker: ts.TypeChecker;
  readonly exports: readonly ts.Symbol[];
}

const options: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  ).options,
  noEmit: true,
};

const parsedFiles = new Map<string, ts.SourceFile | undefined>();

/** Most of each program is the same libraries, so they are parsed once. */
function cachingHost(): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) => {
    if (!parsedFiles.has(name)) parsedFiles.set(name, getSourceFile(name, ...rest));
    return parsedFiles.get(name);
  };
  return host;
}

/** Opens modules of the checkout, in the order given. */
export function openDoors(paths: readonly string[]): readonly Door[] {
  const files = paths.map((path) => join(root, path));
  return doorsOf(ts.createProgram(files, options, cachingHost()), files);
}

/** Opens a module that exists only as a text; it can import what the checkout has installed. */
export function openText(text: string): Door {
  const file = join(root, 'src', 'text-under-test.ts');
  const host = cachingHost();
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true)
      : getSourceFile(name, ...rest);
  const [door] = doorsOf(ts.createProgram([file], options, host), [file]);
  if (door === undefined) throw new Error('the text is no module');
  return door;
}

function doorsOf(program: ts.Program, files: readonly string[]): readonly Door[] {
  const checker = program.getTypeChecker();
  return files.map((file) => {
    const source = program.getSourceFile(file);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} is no module`);
    const exports = [...checker.getExportsOfModule(module)]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      // An export of a door is an alias of what it re-exports, which has the docs.
      .map((symbol) =>
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
      );
    return { checker, exports };
  });
}
