/** The check that everything public that gives an Observable says what it emits, when it ends, how it fails, what is shared. */

import * as ts from 'typescript';
import { type Door } from './program.js';

export const requiredTags = ['emits', 'completes', 'errors', 'sharing'] as const;

/** Public functions, methods and properties that give an Observable and lack a tag: `ZooKeeper.data$ lacks @emits`. */
export function checkStreamDocs(door: Door): readonly string[] {
  return streams(door).flatMap(({ name, symbol }) => {
    const tags = new Set(symbol.getJsDocTags(door.checker).map((tag) => tag.name));
    const missing = requiredTags.filter((tag) => !tags.has(tag));
    return missing.length === 0
      ? []
      : [`${name} lacks ${missing.map((tag) => `@${tag}`).join(', ')}`];
  });
}

/** The names of everything that the check looks at. */
export function streamNames(door: Door): readonly string[] {
  return streams(door).map(({ name }) => name);
}

interface Stream {
  readonly name: string;
  readonly symbol: ts.Symbol;
}

function streams({ checker, exports }: Door): readonly Stream[] {
  return exports.flatMap((symbol) => [
    ...(givesStream(checker, symbol) ? [{ name: symbol.name, symbol }] : []),
    ...members(checker, symbol).filter((member) => givesStream(checker, member.symbol)),
  ]);
}

/** Members of public interfaces and classes, except of option bags: those hold what the caller gives. */
function members(checker: ts.TypeChecker, symbol: ts.Symbol): readonly Stream[] {
  const isType = symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class);
  if (isType === 0 || symbol.name.endsWith('Options')) return [];
  return checker
    .getDeclaredTypeOfSymbol(symbol)
    .getProperties()
    .filter((member) => member.declarations?.some(isOwn) === true)
    .map((member) => ({ name: `${symbol.name}.${member.name}`, symbol: member }));
}

/** What a library's types declare (`Observable.pipe` of a class that extends it) is documented there. */
function isOwn(declaration: ts.Declaration): boolean {
  return !declaration.getSourceFile().fileName.includes('/node_modules/');
}

function givesStream(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  if ((symbol.flags & ts.SymbolFlags.Value) === 0) return false;
  const type = checker.getTypeOfSymbol(symbol);
  if (isStream(checker, type)) return true;
  return type.getCallSignatures().some((signature) => {
    const result = signature.getReturnType();
    // An operator gives a function from Observable to Observable.
    const inner = result.getCallSignatures().map((operator) => operator.getReturnType());
    return [result, ...inner].some((given) => isStream(checker, given));
  });
}

/** An Observable, but not a one-shot request: those have a `then`. */
function isStream(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some((part) => isStream(checker, part));
  return isObservable(checker, type) && type.getProperty('then') === undefined;
}

function isObservable(checker: ts.TypeChecker, type: ts.Type): boolean {
  const symbol = type.getSymbol();
  if (symbol?.name === 'Observable') return true;
  const declared = symbol === undefined ? type : checker.getDeclaredTypeOfSymbol(symbol);
  return (
    declared.isClassOrInterface() &&
    checker.getBaseTypes(declared).some((base) => isObservable(checker, base))
  );
}
