/** Every recipe on servers that do not know all operations: it works, or says clearly what it needs, and never hangs. */

import { UnimplementedError } from '../../../src/errors/server-error.js';
import { Play } from './play.js';
import { byTitle } from './recipes.js';

/** Recipes that are nothing without what a release does not know: since when. */
const needs: Readonly<Record<string, string>> = { persistentTtl$: '3.5.3' };
/** Where containers are made as what stays: also the znodes that stay then. */
const staysInstead =
  /^\/every\/here\/(?:search|lock\/all\/leases|waiting)$|^\/every\/here__waiting$/;
const isOlder = (version: string, since: string): boolean =>
  version.localeCompare(since, 'en', { numeric: true }) < 0;

describe.each(['3.4.5', '3.4.14', '3.5.9', '3.6.0'])('a server of %s', (version) => {
  it.each(byTitle)('does for %s, or says why not', (_, recipe) => {
    const { stays = /^\/every(\/here)?$/ } = recipe;
    const mayStay = isOlder(version, '3.5.1')
      ? new RegExp(`${stays.source}|${staysInstead.source}`)
      : stays;
    const play = new Play({ ...recipe, stays: mayStay }, { version });
    play.join();
    play.world.time.advanceBy(100);
    play.join();
    play.world.time.advanceBy(5000);
    play.stir();
    play.world.time.advanceBy(5000);
    const since = needs[recipe.name];
    if (since !== undefined && isOlder(version, since)) {
      const [error] = play.users.flatMap(({ errors }) => errors);
      expect(error).toBeInstanceOf(UnimplementedError);
      expect(String(error)).toMatch(
        /\(create(?:Container|Ttl) needs ZooKeeper 3\.5\.[13], and m\d:2181 does not know it\)/,
      );
      return;
    }
    play.stir();
    play.rest();
    play.end();
  });
});
