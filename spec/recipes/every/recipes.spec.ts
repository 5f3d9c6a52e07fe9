/**
 * What each recipe must have, by its name: a row in the table that the sweeps are run over, a contract suite that uses it, a place
 * in the guide with a snippet that is run, and a picture of how it goes.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { parse, readSources, root, walk } from '../../house/sources.js';
import { noRecipes, recipeNames } from './names.js';
import { recipes } from './recipes.js';

const missing = (has: (name: string) => boolean) => recipeNames.filter((name) => !has(name));

/** Every word in the contract suites. */
function usedInContract(): ReadonlySet<string> {
  return new Set(
    readSources('spec/contract/suite').flatMap(({ text }) => text.match(/\w+\$?/g) ?? []),
  );
}

/** The sections of the guide. */
function sections(): readonly string[] {
  return readFileSync(join(root, 'src/recipes/README.md'), 'utf8').split(/^## /m).slice(1);
}

/** Doc comments by the name of the function or method that they belong to. */
function docs(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const sources = [...readSources('src/recipes'), ...readSources('src/client')].filter(
    ({ path }) => path.startsWith('src/recipes') || path === 'src/client/zookeeper.ts',
  );
  for (const source of sources) {
    walk(parse(source), (node) => {
      if (!ts.isFunctionDeclaration(node) && !ts.isMethodSignature(node)) return;
      const name = node.name?.getText() ?? '';
      const text = ts.getJSDocCommentsAndTags(node).map((doc) => doc.getText());
      found.set(name, `${found.get(name) ?? ''}${text.join('\n')}`);
    });
  }
  return found;
}

describe('every recipe', () => {
  it('is known by its export', () => {
    expect(recipeNames).toEqual(expect.arrayContaining(['lock$', 'enqueue', 'tree$', 'migrate']));
    expect(recipeNames).not.toEqual(expect.arrayContaining(Object.keys(noRecipes)));
    expect(recipeNames.length).toBeGreaterThan(40);
  });

  it('has a row in the table that is cut, upheaved and seeded', () => {
    const rows = new Set(recipes.map(({ name }) => name));
    expect(missing((name) => rows.has(name))).toEqual([]);
    expect([...rows].filter((name) => !recipeNames.includes(name))).toEqual([]);
  });

  it('is used in a contract suite, which runs on the embedded server and on real ones', () => {
    const used = usedInContract();
    expect(missing((name) => used.has(name))).toEqual([]);
  });

  it('is in a section of the guide that has a picture and a snippet which is run', () => {
    const whole = sections().filter((text) => /^```\n/m.test(text) && text.includes('```ts\n'));
    const names = whole.flatMap((text) => text.match(/\w+\$?/g) ?? []);
    const told = new Set(names);
    expect(missing((name) => told.has(name))).toEqual([]);
  });

  it('has a picture and an example where it is documented', () => {
    const texts = docs();
    const lacking = recipeNames.flatMap((name) => {
      const text = texts.get(name) ?? '';
      const picture = text.includes(' * ```\n') ? [] : ['picture'];
      return [...picture, ...(text.includes('@example') ? [] : ['example'])].map(
        (what) => `${name} has no ${what}`,
      );
    });
    expect(lacking).toEqual([]);
  });
});
