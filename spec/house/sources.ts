/** The source texts that the house checks look at, and the few AST helpers that they share. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import * as ts from 'typescript';

/** The checkout's top folder. */
export const root = join(__dirname, '..', '..');

/** One file. `path` is relative to the top folder, with forward slashes. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** All TypeScript files below a folder of the checkout, in the order of their paths. */
export function readSources(folder: string): readonly SourceText[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name))
    .map((file) => ({
      path: relative(root, file).split(sep).join('/'),
      text: readFileSync(file, 'utf8'),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const parsed = new WeakMap<SourceText, ts.SourceFile>();

/** The syntax tree of a file, with parents set. */
export function parse(source: SourceText): ts.SourceFile {
  let tree = parsed.get(source);
  if (tree === undefined) {
    tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2022, true);
    parsed.set(source, tree);
  }
  return tree;
}

/** Calls `visit` with a node and everything below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}

/** The line that a node starts on, counted from 1, without the comments before it. */
export function lineOf(node: ts.Node): number {
  const tree = node.getSourceFile();
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** What a check says of a place: `src/a.ts:12 says this`. */
export function finding(node: ts.Node, message: string): string {
  return `${node.getSourceFile().fileName}:${String(lineOf(node))} ${message}`;
}

/** One import, re-export or import type. */
export interface Import {
  readonly node: ts.Node;
  /** As it is written. */
  readonly specifier: string;
  /** Path of the file it means, for a relative one. */
  readonly file: string | undefined;
}

/** Everything that a file imports, type imports and re-exports included. */
export function importsOf(source: SourceText): readonly Import[] {
  const found: Import[] = [];
  walk(parse(source), (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const file = specifier.startsWith('.')
      ? posix.join(posix.dirname(source.path), specifier).replace(/\.js$/, '.ts')
      : undefined;
    found.push({ node, specifier, file });
  });
  return found;
}

function specifierOf(node: ts.Node): string | undefined {
  let expression: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    expression = node.moduleSpecifier;
  } else if (ts.isImportTypeNode(node)) {
    expression = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  } else if (ts.isExternalModuleReference(node)) {
    expression = node.expression;
  } else if (ts.isCallExpression(node) && isLoader(node.expression)) {
    expression = node.arguments[0];
  }
  return expression !== undefined && ts.isStringLiteralLike(expression)
    ? expression.text
    : undefined;
}

function isLoader(callee: ts.Node): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === 'require')
  );
}
