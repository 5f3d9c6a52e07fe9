/** Every recipe, used by many at once on one client: bounded requests, everybody served, nothing left behind. */

import { Play } from './play.js';
import { type Recipe } from './recipe.js';
import { byTitle } from './recipes.js';

const size = 100;

/** So many uses of one client; what they have asked of the server, until they have come to rest. */
function crowd(recipe: Recipe): { readonly play: Play; readonly requests: number } {
  const play = new Play(recipe);
  const member = play.member();
  const before = count(play);
  for (let i = 0; i < size; i++) play.join(member);
  play.world.time.advanceBy(2000);
  const requests = count(play) - before;
  play.stir();
  return { play, requests };
}

function count({ world }: Play): number {
  return Object.entries(world.server.requestCounts()).reduce(
    (sum, [operation, requests]) => (operation === 'ping' ? sum : sum + requests),
    0,
  );
}

describe.each(byTitle)('a hundred uses of one client: %s', (_title, recipe) => {
  it('come to rest, at the price of a few requests each', () => {
    const { play, requests } = crowd(recipe);
    expect(requests).toBeLessThan(30 * size);
    play.rest();
    play.end();
  });

  it('leave nothing behind when they all go at once, in the middle', () => {
    for (const ms of [0, 3, 7, 20]) {
      const play = new Play(recipe);
      const member = play.member();
      for (let i = 0; i < size; i++) play.join(member);
      play.world.time.advanceBy(ms);
      play.end();
    }
  });
});
