/** Every example runs, and says what it should. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { startServer } from '../../src/testing/index.js';
import { runDemo } from '../../examples/demo/run.js';

type Main = (hosts: string, print: (line: string) => void) => Promise<void>;

const expected: Record<string, (lines: readonly string[]) => void> = {
  'stream-configuration': (lines) => {
    expect(lines[0]).toBe('no configuration yet');
    expect(lines.at(-1)).toBe('hello, 4 workers');
  },
  'cache-a-tree': (lines) => {
    expect(lines[0]).toBe('2 znodes: /examples/shop /examples/shop/books');
    const changes = lines.slice(1);
    expect(changes.sort()).toEqual([
      'added /examples/shop/books/rxjs = 42 in stock',
      'changed /examples/shop/books/rxjs = 41 in stock',
      'removed /examples/shop/books/rxjs',
    ]);
  },
  'run-while-leading': (lines) => {
    expect(lines).toHaveLength(6);
    // One leads after the other, whoever comes first.
    const names = lines.map((line) => line.split(' ')[0]);
    expect(new Set(names.slice(0, 3)).size).toBe(1);
    expect(new Set(names.slice(3)).size).toBe(1);
    expect(names[0]).not.toBe(names[5]);
  },
  'run-under-a-lock': (lines) => {
    expect([...lines].sort()).toEqual([
      'first has the lock',
      'held with a fence, still valid: true, positive: true',
      'second has the lock',
    ]);
    expect(lines[2]).toContain('fence');
  },
  'read-together-write-alone': (lines) => {
    expect(lines).toEqual([
      'readers at once: 2',
      'writers at once: 1, beside readers: 0',
      'the writer has the greatest fence: true',
    ]);
  },
  namespaces: (lines) => {
    expect(lines).toEqual([
      '/config: 4 workers, at /examples/teams/red/config',
      '/config: 4 workers, at /examples/teams/blue/config',
      'teams: blue, red',
      'sessions: 1',
    ]);
  },
  'limit-concurrency': (lines) => {
    expect(lines.at(-1)).toBe('5 uploads done, at most 2 at a time');
    expect(lines.slice(0, -1).every((line) => /^\d upload\(s\) under way$/.test(line))).toBe(true);
  },
  'transfer-between-accounts': (lines) => {
    expect(lines).toEqual(['a: 0, b: 200', 'held 2 locks', 'b is free, a is taken: Timeout']);
  },
  'hand-over-a-session': (lines) => {
    expect(lines).toEqual([
      'the next process is connected, and the worker is there',
      'after the end of the session it is gone',
    ]);
  },
  'protect-znodes': (lines) => {
    expect(lines).toEqual([
      'a guest reads 42',
      'a guest may not write: true',
      expect.stringMatching(/^not sent: SchemaViolation \(rule "prices": data is not valid/),
    ]);
  },
  'measure-requests': (lines) => {
    const slowest = 'the slowest within a minute: true';
    expect(lines).toEqual(
      expect.arrayContaining([`getData answered: 10, ${slowest}`, `getData failed: 1, ${slowest}`]),
    );
  },
  'ask-a-server': (lines) => {
    expect(lines).toEqual([
      'standalone with 1 connection(s)',
      'localhost:1 is refused',
      'recursive watches: yes',
      'read-only: false',
      'waiting requests: 0',
    ]);
  },
  'give-back-when-asked': (lines) => {
    expect(lines).toEqual([
      'in line: indexer',
      'indexer is asked: true',
      'indexer gives the lock back',
      'urgent job has the lock',
    ]);
  },
  'find-a-service': (lines) => {
    expect(lines).toEqual([
      'nobody there yet',
      'asked: http://10.0.0.1:8080/search, http://10.0.0.2:8080/search',
      'after two errors of one: http://10.0.0.2:8080/search, http://10.0.0.2:8080/search',
      'registered: search',
    ]);
  },
  'change-znodes-once': (lines) => {
    expect(lines).toEqual([
      'made by one of two: 0 + 2',
      'the next release makes 1',
      'MigrationError: migration 2 ("a region")',
    ]);
  },
  'watch-who-leads': (lines) => {
    expect(lines).toEqual(['nobody leads', 'first leads', 'second leads', 'nobody leads']);
  },
  'share-work-in-a-queue': (lines) => {
    expect(lines).toEqual([
      '4 jobs',
      'done: resize a.jpg, resize b.jpg, resize c.jpg, resize now.jpg',
      'failed on the way: Error: out of memory',
      'taken: ping',
    ]);
  },
  'start-and-end-together': (lines) => {
    expect(lines.slice(0, 3).sort()).toEqual(['a begins', 'b begins', 'c begins']);
    expect(lines.slice(3)).toEqual([
      'c ends',
      'b ends',
      'a ends',
      'all have ended',
      'the gate is open',
    ]);
  },
  'count-together': (lines) => {
    expect(lines.slice(0, 2)).toEqual(['30 increments, 30 counted', 'order 1, order 2, order 3']);
    expect(lines[2]).toBe('limit: 40 per second, version 1');
  },
  'divide-work': (lines) => {
    expect(lines).toEqual([
      'alone: s1,s2,s3',
      'together: s1,s3 and s2',
      'first cleans up',
      'second has nothing to do',
    ]);
  },
  'keep-a-registration': (lines) => {
    expect(lines).toEqual([
      'the registration is absent',
      'the registration is standing',
      'seen: {"load":0.1}',
      'seen: {"load":0.9}',
      'seen: it is gone',
      'in the party: ann and bob',
      'in the party: bob',
    ]);
  },
  'change-together': (lines) => {
    expect(lines).toEqual([
      '/examples/accounts/a is at version 1',
      'TransactionError: operation 2 refused, BadVersion',
      'a is still 90',
    ]);
  },
  'test-with-marbles': (lines) => {
    expect(lines).toEqual([
      'leaderFailsOver passes',
      'lockIsLost passes',
      'configComesBack passes',
    ]);
  },
  'follow-the-servers': (lines) => {
    expect(lines).toEqual([
      "Hosts: the ensemble's configuration names no server for clients; the servers known before stay",
      'Hosts: a connect string cannot be used; the 1 known before stay',
      'the same session: true',
    ]);
  },
  'watch-the-connection': (lines) => {
    expect(lines).toEqual(['connecting', 'connected, session timeout 6000 ms', 'closed']);
  },
};

const folder = join(__dirname, '../../examples');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'demo.ts')
  .map((file) => file.slice(0, -3));

describe('examples', () => {
  it('all have an expectation here', () => {
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(names)('%s runs and leaves no session behind', async (name) => {
    await using server = await startServer({ tickMs: 500 });
    const lines: string[] = [];
    // An example is known by its name only.
    const { main } = jest.requireActual<{ main: Main }>(join(folder, name));
    await main(server.hosts, (line) => lines.push(line));
    expected[name]?.(lines);
    expect(server.server.sessions()).toHaveLength(0);
  });
});

describe('the demo', () => {
  it('plays all its acts without a terminal and leaves nothing behind', async () => {
    await using server = await startServer({ tickMs: 500 });
    const out = new PassThrough();
    let shown = '';
    out.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    // Where there is no terminal, only `write` and `isTTY` are asked for.
    const clean = await runDemo({
      hosts: server.hosts,
      out: out as unknown as NodeJS.WriteStream,
      pauseMs: 20,
    });
    expect(clean).toBe(true);
    expect(shown).toMatch(/configuration v3|config v3 orange/);
    expect(shown).toMatch(/leads with fence \d+, higher than \d+/);
    expect(shown.match(/lock HOLDS fence/g)).toHaveLength(3);
    expect(server.server.sessions()).toHaveLength(0);
  }, 30_000);
});
