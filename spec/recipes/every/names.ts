/** The names of all recipes: what the package exports from their folder, and why some of it is none. */

import * as ts from 'typescript';
import * as rxzk from '../../../src/index.js';
import { importsOf, parse, readSources } from '../../house/sources.js';

/** Exports that send nothing by themselves, so there is nothing to cut, to refuse or to leave behind: each has a spec of its own. */
export const noRecipes: Readonly<Record<string, string>> = {
  whileHeld: 'work under a lease that another recipe gives',
  retryLost: 'an operator over the errors of other recipes',
  pick: 'chooses among the instances that another recipe gives',
  buildUri: 'a function of an instance',
  parseUriSpec: 'a function of a text',
};

/** What `src/index.ts` exports from `src/recipes`, types left out; and `tree$`, which is a method. */
function exported(): readonly string[] {
  const door = readSources('src').find(({ path }) => path === 'src/index.ts');
  if (door === undefined) throw new Error('src/index.ts is gone');
  const fromRecipes = new Set(
    importsOf(door)
      .filter(({ file }) => file?.startsWith('src/recipes/') === true)
      .map(({ node }) => node),
  );
  return parse(door)
    .statements.filter((statement) => fromRecipes.has(statement))
    .flatMap((statement) => (ts.isExportDeclaration(statement) ? namesOf(statement) : []))
    .filter((name) => name in rxzk);
}

function namesOf({ exportClause }: ts.ExportDeclaration): readonly string[] {
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
  return exportClause.elements.map(({ name }) => name.text);
}

export const recipeNames: readonly string[] = [
  ...exported().filter((name) => !(name in noRecipes)),
  'tree$',
].sort();
