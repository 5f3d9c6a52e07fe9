/** Every recipe, with its connection cut at every step of its life, and left and used again at each of those moments. */

import { type Cut, cutOnce, cutsOf } from '../cuts.js';
import { everywhere, Play, type User } from './play.js';
import { type Member } from '../world.js';
import { type Recipe } from './recipe.js';
import { recipes } from './recipes.js';

/** The one that is struck comes first, then another one; then there is news for them. */
function life(recipe: Recipe, strike: (play: Play, struck: Member) => void): Play {
  const play = new Play(recipe);
  const struck = play.member();
  strike(play, struck);
  play.join(struck);
  play.world.time.advanceBy(20);
  play.join();
  play.world.time.advanceBy(100);
  play.stir();
  play.world.time.advanceBy(400);
  return play;
}

/** Every place where the connection can be cut, in a life in which it is not. */
function everyCut(recipe: Recipe): readonly Cut[] {
  let chunks = 0;
  const counting = life(recipe, ({ world }, { address }) => {
    for (const direction of ['toServer', 'toClient'] as const) {
      let seen = 0;
      const matching = () => {
        chunks = Math.max(chunks, ++seen);
        return false;
      };
      world.network.at(address).resetOnce({ direction, when: 'before', matching });
    }
  });
  counting.end();
  expect(chunks).toBeGreaterThan(1);
  return cutsOf(chunks);
}

/** As it is struck there; `also` happens at that moment. */
function cutAt(recipe: Recipe, cut: Cut, also?: (play: Play, user: User) => void): Play {
  return life(recipe, (play, struck) => {
    cutOnce(play.world, struck, cut, () => {
      const [user] = play.users;
      if (user !== undefined) also?.(play, user);
    });
  });
}

// One of each: what layouts differ in is swept where they are specified.
const rows = recipes.filter(({ name }, i) => recipes.findIndex((row) => row.name === name) === i);

describe.each(rows.map((recipe) => [recipe.name, recipe] as const))('%s', (_name, recipe) => {
  let found: readonly Cut[] | undefined;
  const cuts = () => (found ??= everyCut(recipe));

  it('comes to rest wherever it is cut', () => {
    everywhere(cuts(), (cut) => {
      const play = cutAt(recipe, cut);
      play.rest();
      play.end();
    });
  });

  it('comes to rest when it is cut, left and used again at once, wherever that is', () => {
    everywhere(cuts(), (cut) => {
      const play = cutAt(recipe, cut, (now, user) => {
        now.comeAgain(user);
      });
      play.stir();
      play.rest();
      play.end();
    });
  });

  it('leaves nothing behind when it is left at any moment', () => {
    everywhere(cuts(), (cut) => {
      cutAt(recipe, cut, (_play, user) => {
        user.subscription.unsubscribe();
      }).end();
    });
  });
});
