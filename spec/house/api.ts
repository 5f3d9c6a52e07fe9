/** The public surface as text, one signature a line, so that a change of the face is a diff of `api.txt`. */

import * as ts from 'typescript';
import { type Door } from './program.js';

/** One line for each export, and one below it for each member of an interface or a class. */
export function describeApi(door: Door): readonly string[] {
  return door.exports.flatMap((symbol) => describeExport(door.checker, symbol));
}

function describeExport(checker: ts.TypeChecker, symbol: ts.Symbol): readonly string[] {
  const lines: string[] = [];
  const { flags } = symbol;
  if (flags & ts.SymbolFlags.TypeAlias) lines.push(`type ${aliasText(symbol)}`);
  if (flags & ts.SymbolFlags.Interface) lines.push(...describeInterface(symbol));
  if (flags & ts.SymbolFlags.Class) lines.push(...describeClass(checker, symbol));
  if (flags & ts.SymbolFlags.Function) {
    lines.push(...signatures(checker, symbol).map((text) => `function ${symbol.name}${text}`));
  }
  if (flags & ts.SymbolFlags.Variable) {
    lines.push(`const ${symbol.name}: ${typeText(checker, checker.getTypeOfSymbol(symbol))}`);
  }
  return lines;
}

function describeInterface(symbol: ts.Symbol): readonly string[] {
  return (symbol.declarations ?? [])
    .filter(ts.isInterfaceDeclaration)
    .flatMap((declaration) => [
      `interface ${symbol.name}${headText(declaration)}`,
      ...declaration.members.map((member) => `  ${symbol.name}.${oneLine(member)}`),
    ]);
}

function describeClass(checker: ts.TypeChecker, symbol: ts.Symbol): readonly string[] {
  const declaration = symbol.valueDeclaration;
  if (declaration === undefined || !ts.isClassDeclaration(declaration)) return [];
  const kind = has(declaration, ts.SyntaxKind.AbstractKeyword) ? 'abstract class' : 'class';
  const constructors = checker.getTypeOfSymbol(symbol).getConstructSignatures();
  return [
    `${kind} ${symbol.name}${headText(declaration)}`,
    ...constructors.map((signature) => `  new ${symbol.name}${signatureText(checker, signature)}`),
    ...[...(symbol.members?.values() ?? [])]
      .filter((member) => isPublicMember(member))
      .flatMap((member) => describeMember({ checker, owner: symbol, member })),
  ];
}

function describeMember(place: {
  checker: ts.TypeChecker;
  owner: ts.Symbol;
  member: ts.Symbol;
}): readonly string[] {
  const { checker, owner, member } = place;
  const name = `  ${owner.name}.${member.name}`;
  if (member.flags & ts.SymbolFlags.Method) {
    return signatures(checker, member).map((text) => `${name}${text}`);
  }
  const declaration = member.valueDeclaration;
  const fixed = declaration !== undefined && has(declaration, ts.SyntaxKind.ReadonlyKeyword);
  const text = `${member.name}: ${typeText(checker, checker.getTypeOfSymbol(member))}`;
  return [`  ${owner.name}.${fixed ? 'readonly ' : ''}${text}`];
}

function isPublicMember(member: ts.Symbol): boolean {
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  const declaration = member.valueDeclaration;
  if (declaration === undefined || (member.flags & ts.SymbolFlags.ClassMember) === 0) return false;
  return !member.name.startsWith('__#') && !hidden.some((kind) => has(declaration, kind));
}

function has(declaration: ts.Declaration, kind: ts.SyntaxKind): boolean {
  const modifiers = ts.canHaveModifiers(declaration) ? ts.getModifiers(declaration) : undefined;
  return modifiers?.some((modifier) => modifier.kind === kind) === true;
}

function signatures(checker: ts.TypeChecker, symbol: ts.Symbol): readonly string[] {
  return checker
    .getTypeOfSymbol(symbol)
    .getCallSignatures()
    .map((signature) => signatureText(checker, signature));
}

const format: ts.TypeFormatFlags =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType |
  ts.TypeFormatFlags.WriteArrowStyleSignature;

function signatureText(checker: ts.TypeChecker, signature: ts.Signature): string {
  return checker
    .signatureToString(signature, signature.declaration, format)
    .replace(/\) => (?=[^)]*$)/, '): ');
}

function typeText(checker: ts.TypeChecker, type: ts.Type): string {
  return checker.typeToString(type, undefined, format | ts.TypeFormatFlags.InTypeAlias);
}

/** Type parameters and what is extended, of an interface or a class. */
function headText(declaration: ts.InterfaceDeclaration | ts.ClassDeclaration): string {
  const parameters = (declaration.typeParameters ?? []).map(oneLine).join(', ');
  const heritage = (declaration.heritageClauses ?? []).map(oneLine).join(' ').trim();
  return `${parameters && `<${parameters}>`}${heritage && ` ${heritage}`}`;
}

function aliasText(symbol: ts.Symbol): string {
  const declaration = symbol.declarations?.find(ts.isTypeAliasDeclaration);
  if (declaration === undefined) return symbol.name;
  const parameters = (declaration.typeParameters ?? []).map(oneLine).join(', ');
  return `${symbol.name}${parameters && `<${parameters}>`} = ${oneLine(declaration.type)}`;
}

const printer = ts.createPrinter({ removeComments: true });

function oneLine(node: ts.Node): string {
  return printer
    .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
    .replace(/\s+/g, ' ')
    .replace(/;$/, '');
}
