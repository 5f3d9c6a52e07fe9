/** The checks of a file's form: its first line, its length, its functions' lengths, its exports, its excuses. */

import * as ts from 'typescript';
import { finding, lineOf, parse, walk, type SourceText } from './sources.js';

export const maxFileLines = 250;
export const maxFunctionLines = 70;

/** Files that do not start with a doc comment saying in a sentence what they are for. */
export function checkFirstLines(sources: readonly SourceText[]): readonly string[] {
  return sources
    .filter(({ text }) => !/^\/\*\*\s+(?:\* )?[A-Z0-9`"][^]*?[.:](?:\s|\*\/)[^]*?\*\//.test(text))
    .map(
      ({ path }) => `${path}:1 does not start with a doc comment that says what the file is for`,
    );
}

/** Files over the limit, except those named with a reason. */
export function checkFileLengths(
  sources: readonly SourceText[],
  exceptions: ReadonlyMap<string, string> = new Map(),
): readonly string[] {
  return sources
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > maxFileLines && !exceptions.has(path))
    .map(
      ({ path, lines }) => `${path}:1 has ${String(lines)} lines, limit ${String(maxFileLines)}`,
    );
}

/** Functions of any kind over the limit, whatever is nested in them included. */
export function checkFunctionLengths(sources: readonly SourceText[]): readonly string[] {
  return collect(sources, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return undefined;
    const end = node.getSourceFile().getLineAndCharacterOfPosition(node.getEnd()).line + 1;
    const lines = end - lineOf(node) + 1;
    return lines > maxFunctionLines
      ? `has a function of ${String(lines)} lines, limit ${String(maxFunctionLines)}`
      : undefined;
  });
}

/** Default exports in each of their spellings, and `export =`. */
export function checkNamedExports(sources: readonly SourceText[]): readonly string[] {
  return collect(sources, (node) => (isDefaultExport(node) ? 'has a default export' : undefined));
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return (
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true
  );
}

/** Enums: the house has unions. */
export function checkNoEnums(sources: readonly SourceText[]): readonly string[] {
  return collect(sources, (node) => (ts.isEnumDeclaration(node) ? 'declares an enum' : undefined));
}

/** Notes of things left undone. */
export function checkNoExcuses(sources: readonly SourceText[]): readonly string[] {
  return sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const excuse = /\b(?:TODO|FIXME|XXX|HACK)\b/.exec(line)?.[0];
      return excuse === undefined ? [] : [`${path}:${String(index + 1)} says ${excuse}`];
    }),
  );
}

/** `any`, `!` and `as` without a comment on the line above them, or above their statement, that says why. */
export function checkReasons(sources: readonly SourceText[]): readonly string[] {
  return collect(sources, (node) => {
    const what = unsafeKind(node);
    return what === undefined || hasComment(node) ? undefined : `has ${what} without saying why`;
  });
}

function unsafeKind(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return '`any`';
  if (ts.isNonNullExpression(node)) return '`!`';
  if (ts.isAsExpression(node) && !isHarmless(node.type)) return '`as`';
  return undefined;
}

/** `as const` and `as unknown` take nothing for granted. */
function isHarmless(type: ts.TypeNode): boolean {
  return ts.isConstTypeReference(type) || type.kind === ts.SyntaxKind.UnknownKeyword;
}

function hasComment(node: ts.Node): boolean {
  const lines = node.getSourceFile().text.split('\n');
  const isComment = (line: number): boolean => /^\s*(?:\/\/|\/\*|\*)/.test(lines[line - 2] ?? '');
  const last = node.getSourceFile().getLineAndCharacterOfPosition(node.getEnd()).line + 1;
  if (isComment(last)) return true;
  let at = node;
  while (!isComment(lineOf(at))) {
    if (ts.isStatement(at) || ts.isClassElement(at) || ts.isTypeElement(at)) return false;
    at = at.parent;
  }
  return true;
}

function collect(
  sources: readonly SourceText[],
  judge: (node: ts.Node) => string | undefined,
): readonly string[] {
  return sources.flatMap((source) => {
    const findings: string[] = [];
    walk(parse(source), (node) => {
      const message = judge(node);
      if (message !== undefined) findings.push(finding(node, message));
    });
    return findings;
  });
}
