/** The TypeScript snippets of the README and of the recipes' guide, as modules that can be compiled and run. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface Snippet {
  readonly place: string;
  /** Whether it takes a real ZooKeeper to run it. */
  readonly live: boolean;
  readonly source: string;
}

const root = join(__dirname, '../..');
const texts = ['README.md', 'src/recipes/README.md'];
// A snippet may be preceded by a comment that sets up what it takes for granted.
// Formatters put an empty line behind it.
const blocks = /(?:<!-- setup\n((?:(?!-->)[\s\S])*)-->\n\n?)?```ts\n([\s\S]*?)```/g;

/** A snippet as a module: imports on top, then its setup and itself in one function. */
function moduleOf(setup: string, snippet: string): string {
  const lines = `${setup}\n${snippet}`.split('\n');
  const isImport = (line: string): boolean => line.startsWith('import ');
  const imports = lines.filter(isImport).join('\n');
  const body = lines
    .filter((line) => !isImport(line))
    .join('\n')
    .replace("'zk1:2181,zk2:2181,zk3:2181/app'", '`${hosts}/app`')
    .replace(/console\.log/g, 'print');
  const known = [
    ...(/import .*\bzookeeper\b/.test(imports) ? [] : ["import { zookeeper } from 'rxzk';"]),
    ...(/import .*\btap\b/.test(imports) ? [] : ["import { tap } from 'rxjs';"]),
  ];
  return [
    imports,
    ...known,
    'void [zookeeper, tap];',
    'export async function run(hosts: string, print: (value?: unknown) => void): Promise<void> {',
    body,
    'await new Promise((resolve) => setTimeout(resolve, 400));',
    // What a snippet leaves open ends with its client; a reader's process would end it.
    body.includes('const zk =') ? 'await zk.close();' : '',
    '}',
  ].join('\n');
}

function snippetsOf(file: string): Snippet[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(blocks)].map((match) => ({
    place: `${file} line ${String(text.slice(0, match.index).split('\n').length)}`,
    live: /\bstart(?:ZooKeeper|Ensemble)\(/.test(match[2] ?? ''),
    source: moduleOf(match[1] ?? '', match[2] ?? ''),
  }));
}

export const snippets: readonly Snippet[] = texts.flatMap(snippetsOf);

/** What the compiler says of the snippets, all at once. */
export function complaints(files: readonly string[]): string[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const program = ts.createProgram(files, {
    ...options,
    noUnusedLocals: false,
    noUnusedParameters: false,
  });
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    return [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

export interface WrittenSnippets {
  /** In the order of the snippets; beside each there is the same in JavaScript. */
  readonly files: readonly string[];
  remove(): void;
}

/** Writes snippets where the compiler and Node find what they import. */
export function writeSnippets(which: readonly Snippet[]): WrittenSnippets {
  // Inside the project, so that `rxzk` and `rxjs` are found, and out of the way of whoever lists its files.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'readme-'));
  const files = which.map(({ place, source }) => {
    const file = join(folder, `${place.replace(/[^\w-]/g, '-')}.ts`);
    writeFileSync(file, source);
    // Its types are checked by others; to run it, they are only taken off.
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(file.replace(/ts$/, 'js'), outputText);
    return file;
  });
  return {
    files,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs one, and gives what it printed. */
export async function runSnippet(file: string, hosts: string): Promise<readonly unknown[]> {
  const printed: unknown[] = [];
  // A snippet has one export, which `moduleOf` wrote.
  const snippet = jest.requireActual<{
    run: (hosts: string, print: (value?: unknown) => void) => Promise<void>;
  }>(file.replace(/ts$/, 'js'));
  await snippet.run(hosts, (value) => printed.push(value));
  return printed;
}
