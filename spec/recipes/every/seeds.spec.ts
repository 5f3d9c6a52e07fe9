/** Every recipe, used by three clients whose links break, whose clocks jump and whose ground is removed, as a seed decides. */

import { Play, type User } from './play.js';
import { type Recipe } from './recipe.js';
import { byTitle } from './recipes.js';
import { dice } from '../../support/dice.js';

// More by hand: SEEDS=400 npx jest spec/recipes/every/seeds --selectProjects unit -i
const seeds = Number(process.env['SEEDS'] ?? 4);
const from = Number(process.env['SEED'] ?? 1);

function run(recipe: Recipe, seed: number): void {
  const random = dice(seed);
  const play = new Play(recipe);
  const members = [play.member(), play.member()];
  for (const member of members) play.join(member);
  // Two of one client.
  play.join(members[0]);
  for (let step = 0; step < 25; step++) {
    const user = play.users[Math.floor(random() * play.users.length)];
    if (user !== undefined) strike(play, user, random);
    play.world.time.advanceBy(Math.floor(random() * 1500));
  }
  for (const { address } of members) play.world.network.at(address).heal();
  play.world.time.advanceBy(10_000);
  play.stir();
  play.rest();
  play.end();
}

function strike(play: Play, user: User, random: () => number): void {
  const { world } = play;
  const faults = world.network.at(user.member.address);
  const roll = random();
  if (roll < 0.2) faults.reset();
  else if (roll < 0.35) faults.partition();
  else if (roll < 0.6) faults.heal();
  else if (roll < 0.7) user.member.pausedMs += Math.floor(random() * 8000);
  else if (roll < 0.8) play.comeAgain(user);
  else if (roll < 0.93) play.stir();
  else play.act((zk) => zk.delete('/every', { recursive: true }));
}

describe.each(byTitle)('%s', (_title, recipe) => {
  it.each(Array.from({ length: seeds }, (_, i) => from + i))(
    'comes to rest, whatever happens (seed %i)',
    (seed) => {
      run(recipe, seed);
    },
  );
});
