/** Every recipe there is. A new one joins with a row; a spec sees to it that it does. */

import { heldRows } from './held-rows.js';
import { keptRows } from './kept-rows.js';
import { listRows } from './list-rows.js';
import { onceRows } from './once-rows.js';
import { type Recipe, titleOf } from './recipe.js';

export const recipes: readonly Recipe[] = [...heldRows, ...keptRows, ...listRows, ...onceRows];

/** For `describe.each`. */
export const byTitle = recipes.map((recipe) => [titleOf(recipe), recipe] as const);
