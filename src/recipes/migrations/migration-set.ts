/** What is migrated, and its checks before anything is sent. */

import { checkNames, refuse } from '../../client/checks.js';
import { type TransactionOperation } from '../../client/transaction.js';
import {
  checkCall,
  checkDelay,
  checkText,
  optionNames,
  type RecipeCall,
  type WaitOptions,
} from '../core/options.js';
import { checkSegment } from '../core/segment.js';

/** One change. It must never be changed itself once it was made anywhere: add another one. */
export interface Migration {
  /** For error messages. */
  readonly name?: string;
  /** Made all or none; at least one. */
  readonly operations: readonly TransactionOperation[];
}

/** Changes in their order; new ones are added at the end. */
export interface MigrationSet {
  /** Name of the set, also of its znodes. */
  readonly id: string;
  /** Znode under which those stand who migrate. */
  readonly lockPath: string;
  /** Znode under which it is recorded what was made. */
  readonly metaDataPath: string;
  readonly migrations: readonly Migration[];
}

/** How to migrate: how long to wait for those who migrate already. */
export interface MigrateOptions extends WaitOptions {
  /** Who migrates, for people who look at the lock. Default: empty. */
  readonly identifier?: string;
}

const names = optionNames('waitMs', 'identifier');
const setNames: ReadonlySet<string> = new Set(['id', 'lockPath', 'metaDataPath', 'migrations']);
const migrationNames: ReadonlySet<string> = new Set(['name', 'operations']);
const operationTypes: ReadonlySet<unknown> = new Set(['create', 'set', 'check', 'remove']);

/** Throws `InvalidPathError` or `InvalidOptionError`, naming what is wrong. */
export function checkMigrating(set: MigrationSet, options: MigrateOptions): void {
  const operation = 'migrate';
  checkNames({ option: '', value: set, context: { operation } }, setNames);
  for (const path of [set.lockPath, set.metaDataPath]) {
    checkCall(options, { operation, path }, names);
  }
  const call = { operation, path: set.metaDataPath };
  checkDelay({ option: 'waitMs', value: options.waitMs, context: call });
  checkText({ option: 'identifier', value: options.identifier, context: call });
  checkSegment('id', set.id, call);
  checkList('migrations', set.migrations, call);
  set.migrations.forEach((migration, i) => {
    const option = `migrations[${String(i)}]`;
    const given = { option, value: migration, context: call };
    // A caller without types may have given anything.
    if (typeof (migration as unknown) !== 'object') throw refuse(given, 'an object');
    checkNames(given, migrationNames);
    checkText({ option: `${option}.name`, value: migration.name, context: call });
    checkOperations(`${option}.operations`, migration.operations, call);
  });
}

function checkOperations(option: string, value: unknown, context: RecipeCall): void {
  const operations = checkList(option, value, context);
  if (operations.length === 0) throw refuse({ option, value, context }, 'a list of at least one');
  for (const one of operations) {
    const type = typeof one === 'object' && one !== null && 'type' in one ? one.type : undefined;
    if (!operationTypes.has(type)) {
      throw refuse({ option, value: one, context }, 'made of create, set, check and remove');
    }
  }
}

function checkList(option: string, value: unknown, context: RecipeCall): readonly unknown[] {
  if (!Array.isArray(value)) throw refuse({ option, value, context }, 'a list');
  return value;
}
