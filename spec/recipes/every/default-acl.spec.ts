/** All that any recipe makes has the ACL that the client has by default. */

import { acl } from '../../../src/index.js';
import { Play } from './play.js';
import { byTitle } from './recipes.js';

const defaultAcl = acl.creatorAll;
const [kept] = acl.digest('bob', 'pw');

describe.each(byTitle)('%s', (_, recipe) => {
  it('makes nothing that is open to others', () => {
    const play = new Play(recipe, {
      client: { defaultAcl, auth: [{ scheme: 'digest', credential: 'bob:pw' }] },
    });
    const made = new Set<string>();
    const open = new Set<string>();
    const look = (): void => {
      play.world.time.advanceBy(5);
      for (const [path, node] of Object.entries(play.world.server.tree())) {
        if (!path.startsWith('/every')) continue;
        made.add(path);
        const mine = node.acl.length === 1 && node.acl[0]?.id === kept?.id;
        if (!mine) open.add(path);
      }
    };
    play.join();
    play.join();
    for (let i = 0; i < 100; i++) look();
    play.stir();
    for (let i = 0; i < 100; i++) look();
    expect(made.size).toBeGreaterThan(0);
    expect([...open]).toEqual([]);
  });
});
