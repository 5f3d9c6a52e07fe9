/**
 * The check that time, chance and Promises are injected, not taken: above the transports no clock, no timer, no random
 * number, no Promise, nothing of Node. It reads the syntax tree, so a word in a comment or a string is not one.
 */

import * as ts from 'typescript';
import { finding, parse, walk, type SourceText } from './sources.js';

/** Where a forbidden name may stand after all, and why. */
export interface Allowance {
  readonly files: RegExp;
  /** `all` for everything. */
  readonly names: readonly string[] | 'all';
  readonly reason: string;
}

/** Globals, and functions of rxjs, that bring a clock, chance, a Promise or Node with them. */
const forbiddenNames: ReadonlySet<string> = new Set([
  ...['Promise', 'PromiseLike', 'AsyncDisposable', 'AsyncIterable', 'AsyncGenerator'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame'],
  ...['clearTimeout', 'clearInterval', 'clearImmediate', 'MessageChannel'],
  ...['performance', 'crypto', 'process', 'Buffer', 'require', '__dirname', '__filename'],
  ...['firstValueFrom', 'lastValueFrom', 'asyncScheduler', 'asapScheduler'],
  ...['queueScheduler', 'animationFrameScheduler', 'async', 'asap', 'animationFrame'],
]);

const forbiddenMembers: ReadonlySet<string> = new Set([
  ...['Date.now', 'Math.random', 'AbortSignal.timeout', 'Atomics.wait'],
]);

/** What rxjs runs on its own clock unless it is given a scheduler. */
const needScheduler: ReadonlySet<string> = new Set([
  ...['timer', 'interval', 'delay', 'debounceTime', 'throttleTime', 'auditTime', 'sampleTime'],
  ...['bufferTime', 'windowTime', 'timeout', 'timeInterval', 'timestamp'],
]);

const globals = new Set(['globalThis', 'window', 'self', 'global']);

/** Uses of what must be injected, except where an allowance covers them. */
export function checkAmbient(
  sources: readonly SourceText[],
  allowances: readonly Allowance[],
): readonly string[] {
  return sources.flatMap((source) => {
    const allowed = allowances.filter(({ files }) => files.test(source.path));
    return usesOf(source)
      .filter(({ name }) => !allowed.some((allowance) => permits(allowance, name)))
      .map(({ node, name }) => finding(node, `uses ${name}`));
  });
}

/** Allowances that no file needs any more; a list that only grows is no list. */
export function checkAllowances(
  sources: readonly SourceText[],
  allowances: readonly Allowance[],
): readonly string[] {
  return allowances
    .filter((allowance) => {
      const uses = sources.filter(({ path }) => allowance.files.test(path)).flatMap(usesOf);
      return !uses.some(({ name }) => permits(allowance, name));
    })
    .map(({ files, reason }) => `nothing needs the allowance for ${String(files)} (${reason})`);
}

function permits({ names }: Allowance, name: string): boolean {
  return names === 'all' || names.includes(name);
}

interface Use {
  readonly node: ts.Node;
  readonly name: string;
}

function usesOf(source: SourceText): readonly Use[] {
  const uses: Use[] = [];
  walk(parse(source), (node) => {
    const name = forbiddenUse(node);
    if (name !== undefined) uses.push({ node, name });
  });
  return uses;
}

/** The name of what a node takes from its surroundings, if it does. */
function forbiddenUse(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isAwaitExpression(node)) return 'await';
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return 'for await';
  if (ts.isPropertyAccessExpression(node)) return forbiddenMember(node);
  if (ts.isNewExpression(node)) return isNowDate(node) ? 'new Date()' : undefined;
  if (ts.isCallExpression(node)) return callProblem(node);
  if (ts.isIdentifier(node) && forbiddenNames.has(node.text) && !isMemberName(node)) {
    return node.text;
  }
  return undefined;
}

function forbiddenMember(node: ts.PropertyAccessExpression): string | undefined {
  const object = node.expression;
  if (!ts.isIdentifier(object)) return undefined;
  if (globals.has(object.text) && forbiddenNames.has(node.name.text)) return node.name.text;
  const name = `${object.text}.${node.name.text}`;
  return forbiddenMembers.has(name) ? name : undefined;
}

function isNowDate(node: ts.NewExpression): boolean {
  const arguments_ = node.arguments ?? [];
  return ts.isIdentifier(node.expression) && node.expression.text === 'Date' && !arguments_.length;
}

function callProblem(node: ts.CallExpression): string | undefined {
  if (!ts.isIdentifier(node.expression)) return undefined;
  const name = node.expression.text;
  if (name === 'Date') return 'Date()';
  if (!needScheduler.has(name) || !isImportedFromRxjs(node, name)) return undefined;
  const scheduled = node.arguments.some((argument) => /scheduler/i.test(argument.getText()));
  return scheduled ? undefined : `${name} without a scheduler`;
}

function isImportedFromRxjs(node: ts.Node, name: string): boolean {
  return node.getSourceFile().statements.some((statement) => {
    if (!ts.isImportDeclaration(statement)) return false;
    const bindings = statement.importClause?.namedBindings;
    return (
      statement.moduleSpecifier.getText().startsWith("'rxjs") &&
      bindings !== undefined &&
      ts.isNamedImports(bindings) &&
      bindings.elements.some((element) => element.name.text === name)
    );
  });
}

/** A property that happens to have the name, such as `options.process`, takes nothing from outside. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isMethodDeclaration(parent)) &&
    parent.name === node
  );
}
