/** The reference of options and errors (`src/client/README.md`) beside the types: what has no row, what has one too many. */

import * as ts from 'typescript';
import { type Door } from './program.js';

/** The cells of a row behind its name. */
export type Row = readonly string[];

/** Rows by name, by the title of their section. */
export type Reference = ReadonlyMap<
  string,
  { readonly text: string; readonly rows: ReadonlyMap<string, Row> }
>;

/** Takes a page apart. */
export function readReference(markdown: string): Reference {
  const sections = markdown.split(/^#{2,3} /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [title = '', ...lines] = section.split('\n');
      const rows = lines.filter((line) => line.startsWith('| `')).map(cellsOf);
      const named = rows.map(([name = '', ...cells]) => [name.replace(/`/g, ''), cells] as const);
      return [title, { text: section, rows: new Map(named) }] as const;
    }),
  );
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** Interfaces of options by another name. */
const alsoOptions: ReadonlySet<string> = new Set(['RetrySafety', 'Repeatable']);

/** What is wrong with the tables of options. */
export function checkOptionTables(doors: readonly Door[], reference: Reference): readonly string[] {
  const interfaces = doors.flatMap(({ exports }) =>
    exports.flatMap((symbol) => (symbol.declarations ?? []).filter(ts.isInterfaceDeclaration)),
  );
  const options = interfaces.filter(
    ({ name: { text } }) => text.endsWith('Options') || alsoOptions.has(text),
  );
  const named = new Set(options.map(({ name }) => name.text));
  const gone = [...reference.keys()].filter(
    (title) => (title.endsWith('Options') || alsoOptions.has(title)) && !named.has(title),
  );
  return [
    ...gone.map((title) => `${title} is not exported`),
    ...options.flatMap((declaration) => checkTable(declaration, reference)),
  ];
}

function checkTable(declaration: ts.InterfaceDeclaration, reference: Reference): readonly string[] {
  const { text: title } = declaration.name;
  const section = reference.get(title);
  if (section === undefined) return [`${title} has no section`];
  const members = declaration.members.filter(ts.isPropertySignature);
  const names = new Set(members.map((member) => member.name.getText()));
  const extended = (declaration.heritageClauses ?? []).flatMap(({ types }) => types);
  return [
    ...extended
      .map((type) => /\w+Options|RetrySafety|Repeatable/.exec(type.getText())?.[0] ?? '')
      .filter((base) => !section.text.includes(`(#${base.toLowerCase()})`))
      .map((base) => `${title} does not say that it has all of ${base}`),
    ...[...section.rows.keys()]
      .filter((name) => !names.has(name))
      .map((name) => `${title}.${name} is no option`),
    ...members.flatMap((member) => checkRow(title, member, section.rows)),
  ];
}

function checkRow(
  title: string,
  member: ts.PropertySignature,
  rows: ReadonlyMap<string, Row>,
): readonly string[] {
  const name = member.name.getText();
  const row = rows.get(name);
  if (row === undefined) return [`${title}.${name} has no row`];
  const problems: string[] = [];
  if (row.length !== 4 || row.includes('')) problems.push('has an empty cell');
  const [unit, told = ''] = row;
  if (name.endsWith('Ms') && unit !== 'ms' && unit !== 'epoch ms') problems.push('is in ms');
  if (name.endsWith('Bytes') && unit !== 'bytes') problems.push('is in bytes');
  const isRequired = member.questionToken === undefined;
  if (isRequired !== (told === 'must be given'))
    problems.push(`must be given: ${String(isRequired)}`);
  const documented = /[Dd]efault:? `?(\d[\d,.]*\d|\d)/.exec(docOf(member))?.[1];
  if (documented !== undefined && numberIn(told) !== numberIn(documented)) {
    problems.push(`has the default ${documented} in its docs, and ${told} here`);
  }
  return problems.map((problem) => `${title}.${name} ${problem}`);
}

function docOf(member: ts.PropertySignature): string {
  return ts
    .getJSDocCommentsAndTags(member)
    .map((doc) => doc.getText())
    .join(' ');
}

/** The first number in a text: 10000 of `10,000 ms`, of `10 000` and of `10_000`. */
export function numberIn(text: string): number | undefined {
  const digits = /\d(?:[\d,_]*\d)?(?:\.\d+)?/.exec(text)?.[0];
  return digits === undefined ? undefined : Number(digits.replace(/[,_]/g, ''));
}

/** What is wrong with the table of errors: every exported class of errors has a row, and nothing else has. */
export function checkErrorTable(doors: readonly Door[], reference: Reference): readonly string[] {
  const rows = reference.get('Errors')?.rows ?? new Map<string, Row>();
  const names = doors.flatMap(({ checker, exports }) =>
    exports.filter((symbol) => isError(checker, symbol)).map((symbol) => symbol.name),
  );
  return [
    ...names.filter((name) => !rows.has(name)).map((name) => `${name} has no row`),
    ...[...rows.keys()]
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is no exported class of errors`),
    ...[...rows]
      .filter(([, row]) => row.length !== 4 || row.includes(''))
      .map(([name]) => `${name} has an empty cell`),
  ];
}

function isError(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  if ((symbol.flags & ts.SymbolFlags.Class) === 0) return false;
  const bases: ts.Type[] = [checker.getDeclaredTypeOfSymbol(symbol)];
  for (let type = bases.pop(); type !== undefined; type = bases.pop()) {
    if (type.symbol.name === 'Error') return true;
    bases.push(...(type.getBaseTypes() ?? []));
  }
  return false;
}
