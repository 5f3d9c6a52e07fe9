/** The snippets of the guides that start a real ZooKeeper run. */

import { describeLive } from '../support/live.js';
import { runSnippet, snippets, writeSnippets } from './snippets.js';

describeLive('the guides, with a real server', () => {
  const live = snippets.filter((snippet) => snippet.live);
  const { files, remove } = writeSnippets(live);
  afterAll(remove);

  it.each(live.map(({ place }, index) => [place, files[index] ?? ''] as const))(
    'run: %s',
    async (_place, file) => {
      expect((await runSnippet(file, '')).length).toBeGreaterThan(0);
    },
    180_000,
  );
});
