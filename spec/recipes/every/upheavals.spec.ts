/** Every recipe, with the ground taken from under it: its znodes removed, its counters restarted, its numbers at their end, its clocks jumping. */

import { concat, EMPTY } from 'rxjs';
import { expiryMs } from '../world.js';
import { everywhere, Play } from './play.js';
import { path, put, type Recipe } from './recipe.js';
import { byTitle } from './recipes.js';

const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** One uses it, and another one a little later. */
function two(recipe: Recipe) {
  const play = new Play(recipe);
  play.join();
  play.world.time.advanceBy(300);
  const second = play.join();
  return { play, users: play.users, second };
}

/** Removes everything, and makes the place again at once if it is to be there. */
function remove(play: Play, madeAgain: boolean): void {
  play.act((zk) =>
    concat(zk.delete('/every', { recursive: true }), madeAgain ? put(zk, path) : EMPTY),
  );
}

function comesToRest(play: Play): void {
  play.world.time.advanceBy(1000);
  play.stir();
  play.rest();
  play.end();
}

describe.each(byTitle)('%s', (_title, recipe) => {
  it('comes to rest when nothing happens', () => {
    comesToRest(two(recipe).play);
  });

  it('goes on when all its znodes are removed, whenever that is', () => {
    const places = ten.map((ms) => ({ ms, madeAgain: ms % 2 === 0 }));
    everywhere(places, ({ ms, madeAgain }) => {
      const { play } = two(recipe);
      play.world.time.advanceBy(ms);
      remove(play, madeAgain);
      comesToRest(play);
    });
  });

  it('goes on when they are removed while it has no connection, or no session', () => {
    const places = [true, false].flatMap((madeAgain) =>
      [100, 2500, 2 * expiryMs].map((ms) => ({ ms, madeAgain })),
    );
    everywhere(places, ({ ms, madeAgain }) => {
      const { play, second } = two(recipe);
      play.world.time.advanceBy(50);
      const link = play.world.network.at(second.member.address);
      link.partition();
      remove(play, madeAgain);
      play.stir();
      play.world.time.advanceBy(ms);
      link.heal();
      comesToRest(play);
    });
  });

  it('comes and goes, its containers and their counters with it', () => {
    everywhere(
      ten.map((i) => 150 * i),
      (ms) => {
        const play = new Play(recipe);
        for (let round = 0; round < 3; round++) {
          const { subscription } = play.join();
          play.world.time.advanceBy(300);
          subscription.unsubscribe();
          play.users.length = 0;
          play.world.time.advanceBy(ms);
        }
        play.join();
        comesToRest(play);
      },
    );
  });

  it('goes on past the last of the numbers', () => {
    const places = ['3.5.9', '3.9.3'].flatMap((version) =>
      [0, 1, 2].map((before) => ({ version, before })),
    );
    everywhere(recipe.counted === undefined ? [] : places, ({ version, before }) => {
      const play = new Play(recipe, { version, counter: 2 ** 31 - 1 - before });
      for (let i = 0; i < 3; i++) {
        play.join();
        play.world.time.advanceBy(300);
        play.stir();
      }
      comesToRest(play);
    });
  });

  it('goes on when the process was paused, or somebody has set its clock', () => {
    const day = 86_400_000;
    const places = [
      { pausedMs: 60_000, wallMs: 0 },
      { pausedMs: 0, wallMs: day },
      { pausedMs: 0, wallMs: -day },
      { pausedMs: day, wallMs: day },
    ].flatMap((jump) => [0, 3, 100].map((ms) => ({ ms, ...jump })));
    everywhere(places, ({ ms, pausedMs, wallMs }) => {
      const { play, users } = two(recipe);
      play.world.time.advanceBy(ms);
      for (const { member } of users) {
        member.pausedMs += pausedMs;
        member.wallMs += wallMs;
        play.stir();
      }
      comesToRest(play);
    });
  });
});
