/** The check of schema rules that the user passed in. */

import { type ErrorContext } from '../errors/base.js';
import { InvalidOptionError } from '../errors/client-errors.js';
import { pathProblem } from '../path.js';
import { checkBoolean, checkCallable, checkNames, type Given, refuse } from './checks.js';
import { type Allowance, type Schema, type SchemaRule } from './schema.js';

const schemaNames: ReadonlySet<string> = new Set(['rules', 'otherwise'] satisfies (keyof Schema)[]);
const ruleNames: ReadonlySet<string> = new Set([
  ...(['name', 'path', 'ephemeral', 'sequential', 'watched', 'canBeDeleted', 'data'] as const),
  ...(['acl', 'documentation', 'metadata'] as const),
] satisfies (keyof SchemaRule)[]);
const allowances: ReadonlySet<unknown> = new Set<Allowance>(['can', 'must', 'cannot']);

/** Throws `InvalidOptionError` naming the rule and what is wrong with it. */
export function checkSchema(schema: Schema | undefined, context?: ErrorContext): void {
  if (schema === undefined) return;
  checkNames({ option: 'schema', value: schema, context }, schemaNames);
  const { rules, otherwise = 'allow' } = schema;
  if (!Array.isArray(rules)) {
    throw refuse({ option: 'schema.rules', value: rules, context }, 'a list of rules');
  }
  if (!['allow', 'deny'].includes(otherwise)) {
    const given = { option: 'schema.otherwise', value: otherwise, context };
    throw refuse(given, "'allow' or 'deny'");
  }
  // The check for a list has made a list of `any` of it.
  for (const [index, rule] of (rules as readonly SchemaRule[]).entries()) {
    checkRule({ option: `schema.rules[${String(index)}]`, value: rule, context });
  }
}

function checkRule({ option, value: rule, context }: Given<SchemaRule>): void {
  checkNames({ option, value: rule, context }, ruleNames);
  const given = (name: keyof SchemaRule): Given<unknown> => {
    return { option: `${option}.${name}`, value: rule[name], context };
  };
  if (rule.name !== undefined && typeof rule.name !== 'string') {
    throw refuse(given('name'), 'a string');
  }
  if (!(rule.path instanceof RegExp)) {
    const problem = pathProblem(rule.path);
    if (problem !== undefined) throw new InvalidOptionError(`${option}.path`, problem, context);
  }
  for (const name of ['ephemeral', 'sequential', 'watched'] as const) {
    if (rule[name] === undefined || allowances.has(rule[name])) continue;
    throw refuse(given(name), "'can', 'must' or 'cannot'");
  }
  checkBoolean(given('canBeDeleted'));
  if (typeof rule.data !== 'function') checkCallable(given('data'), 'decode');
  checkCallable(given('acl'));
}
