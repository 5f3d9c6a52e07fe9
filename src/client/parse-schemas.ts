/** Reads schema rules from the JSON that Curator's `SchemaSetLoader` reads. */

import { type ErrorContext } from '../errors/base.js';
import { InvalidOptionError } from '../errors/client-errors.js';
import { checkSchema } from './check-schema.js';
import { type Allowance, type SchemaRule } from './schema.js';

/** What the JSON names instead of holding it. */
export interface ParseSchemasOptions {
  /** What the names of `schemaValidator` stand for. */
  readonly validators?: Readonly<Record<string, NonNullable<SchemaRule['data']>>>;
}

type Entry = Readonly<Record<string, unknown>>;

const context: ErrorContext = { operation: 'parseSchemas' };

/**
 * The rules of a JSON text as Curator's `SchemaSetLoader` reads it: a list of objects with `name`, `path`, `isRegex`,
 * `schemaValidator`, `documentation`, `ephemeral`, `sequential`, `watched` (each `can`, `must` or `cannot`), `canBeDeleted`
 * (true if left out, as Curator's documentation has it) and `metadata`. Patterns must be such that JavaScript understands them as
 * Java does. Throws `InvalidOptionError`.
 *
 * @param json - the text
 * @param options - what the names of validators stand for
 * @example
 * zookeeper(hosts, { schema: { rules: parseSchemas(text), otherwise: 'deny' } });
 */
export function parseSchemas(
  json: string,
  options: ParseSchemasOptions = {},
): readonly SchemaRule[] {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch (cause) {
    throw new InvalidOptionError('json', 'is not JSON', { ...context, cause });
  }
  if (!Array.isArray(list)) throw new InvalidOptionError('json', 'must be a list', context);
  const rules = list.map((entry: unknown, index) =>
    ruleOf(entry, `json[${String(index)}]`, options),
  );
  checkSchema({ rules }, context);
  return rules;
}

function ruleOf(entry: unknown, place: string, { validators }: ParseSchemasOptions): SchemaRule {
  const fault = (what: string): InvalidOptionError => new InvalidOptionError(place, what, context);
  if (typeof entry !== 'object' || entry === null) throw fault('must be an object');
  // Whatever it is, its properties can be looked at.
  const { name, path, schemaValidator, metadata, documentation, ...rest } = entry as Entry;
  if (typeof name !== 'string') throw fault('needs a name');
  if (typeof path !== 'string') throw fault('needs a path');
  const known = validators ?? {};
  let data: SchemaRule['data'];
  if (schemaValidator !== undefined) {
    const word = textOf(schemaValidator);
    data = Object.hasOwn(known, word) ? known[word] : undefined;
    if (data === undefined) throw fault(`needs a validator ${JSON.stringify(word)}`);
  }
  return {
    name,
    path: rest['isRegex'] === true ? patternOf(path, fault) : path,
    ephemeral: allowanceOf(rest['ephemeral']),
    sequential: allowanceOf(rest['sequential']),
    watched: allowanceOf(rest['watched']),
    canBeDeleted: rest['canBeDeleted'] !== false,
    ...(data === undefined ? {} : { data }),
    ...(typeof documentation === 'string' ? { documentation } : {}),
    ...(typeof metadata === 'object' && metadata !== null ? { metadata: textsOf(metadata) } : {}),
  };
}

function patternOf(text: string, fault: (what: string) => Error): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw Object.assign(fault('has a pattern that JavaScript does not understand'), { cause });
  }
}

/** In any letter case, as Curator takes them. */
function allowanceOf(value: unknown): Allowance {
  // What is none of the words is refused by the check of the rules.
  return value === undefined ? 'can' : (textOf(value).toLowerCase() as Allowance);
}

function textsOf(metadata: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, textOf(value)]));
}

/** Text as it is, anything else as its JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
