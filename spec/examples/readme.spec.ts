/** Every TypeScript snippet of the README and of the recipes' guide compiles and runs, on an embedded server. */

import { startServer } from '../../src/testing/index.js';
import { complaints, runSnippet, snippets, writeSnippets } from './snippets.js';

describe('the guides', () => {
  const { files, remove } = writeSnippets(snippets);
  afterAll(remove);

  it('have snippets, and they compile', () => {
    expect(snippets.length).toBeGreaterThanOrEqual(5);
    expect(complaints(files)).toEqual([]);
  });

  // Those with a real server are run by readme.live.spec.ts.
  const runnable = snippets.flatMap(({ place, live }, index) =>
    live ? [] : [[place, files[index] ?? ''] as const],
  );
  it.each(runnable)('run: %s', async (_place, file) => {
    await using server = await startServer({ tickMs: 500 });
    expect((await runSnippet(file, server.hosts)).length).toBeGreaterThan(0);
  });
});
