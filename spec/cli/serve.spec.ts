/** The command `rxzk` as a process: what it prints, how it ends, and what it keeps. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { zookeeper } from '../../src/index.js';
import { fourLetterWord } from '../../src/testing/real/four-letter-word.js';
import { waitFor } from '../../src/testing/real/wait-until.js';
import { compileCommand, portOf, run, type Run } from './program.js';

const command = compileCommand();
const runs: Run[] = [];

function start(...args: readonly string[]): Run {
  const started = run(command.file, ...args);
  runs.push(started);
  return started;
}

afterAll(async () => {
  for (const { child } of runs) child.kill('SIGKILL');
  await Promise.all(runs.map(({ ended }) => ended));
  command.remove();
});

function occupy(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

describe('rxzk', () => {
  it('tells its usage and its version', async () => {
    const [help, version] = [start('--help'), start('--version')];
    expect([await help.ended, await version.ended]).toEqual([0, 0]);
    expect([help.out(), version.out()]).toEqual([
      expect.stringContaining('usage: rxzk serve'),
      '1.2.3\n',
    ]);
  });

  it('says what is wrong with its arguments, and ends with 2', async () => {
    const wrong = start('serve', '--port', 'many');
    expect(await wrong.ended).toBe(2);
    expect(wrong.out()).toBe('');
    expect(wrong.err()).toMatch(/^rxzk: --port must be .*\n\nusage: rxzk serve/);
  });
});

describe('rxzk serve', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'serves, says where and what for, and ends on %s',
    async (signal) => {
      const server = start('serve', '--port', '0');
      const port = await portOf(server);
      expect(server.out()).toMatch(/^rxzk serves on .*for development and tests only\n$/);
      expect(await fourLetterWord('ruok', { port })).toBe('imok');
      server.child.kill(signal);
      expect(await server.ended).toBe(0);
      expect(server.err()).toBe('');
    },
  );

  it('keeps znodes in a file, over its end and a new start', async () => {
    const file = join(dirname(command.file), 'zk.data');
    const first = start('serve', '--port', '0', '--data', file, '--tick-ms', '100');
    const writer = zookeeper(`127.0.0.1:${String(await portOf(first))}`);
    await writer.create('/kept', 'value');
    await writer.close();
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(readdirSync(dirname(file)).filter((name) => name.startsWith('zk.data'))).toEqual([
      'zk.data',
    ]);
    const second = start('serve', '--port', '0', '--data', file);
    const reader = zookeeper(`127.0.0.1:${String(await portOf(second))}`);
    const { data } = await reader.get('/kept');
    await reader.close();
    expect(new TextDecoder().decode(data ?? undefined)).toBe('value');
  });

  it('has what it was told a second before it is killed', async () => {
    const file = join(dirname(command.file), 'killed.data');
    const first = start('serve', '--port', '0', '--data', file);
    const writer = zookeeper(`127.0.0.1:${String(await portOf(first))}`);
    await writer.create('/kept', 'value');
    await waitFor('the save', {
      probe: () =>
        Promise.resolve(
          existsSync(file) && readFileSync(file).includes('/kept') ? true : undefined,
        ),
      timeoutMs: 10_000,
    });
    first.child.kill('SIGKILL');
    await first.ended;
    await writer.close();
    expect(readFileSync(file).subarray(0, 12).toString()).toBe('rxzkSnapshot');
  });

  it('says that its port is taken, touches no file, and ends with 1', async () => {
    const other = await occupy();
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const file = join(dirname(command.file), 'never.data');
    const late = start('serve', '--port', port, '--data', file);
    expect(await late.ended).toBe(1);
    expect(late.err()).toBe(`rxzk: port ${port} of 127.0.0.1 is taken\n`);
    expect(existsSync(file)).toBe(false);
    other.close();
  });

  it('says that its file cannot be written, and ends with 1', async () => {
    const file = join(dirname(command.file), 'no-folder', 'zk.data');
    const server = start('serve', '--port', '0', '--data', file);
    expect(await server.ended).toBe(1);
    expect(server.err()).toMatch(/^rxzk: ENOENT: .*no-folder/);
  });

  it('ends in good order when it is told to before it serves', async () => {
    const file = join(dirname(command.file), 'early.data');
    const server = start('serve', '--port', '0', '--data', file);
    // The file is there a moment before the announcement.
    await waitFor('the file', {
      probe: () => Promise.resolve(existsSync(file) ? true : undefined),
      timeoutMs: 10_000,
      intervalMs: 1,
    });
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });

  it('leaves a file alone that is none of its own, and ends with 1', async () => {
    const file = join(dirname(command.file), 'foreign.data');
    writeFileSync(file, 'precious');
    const server = start('serve', '--port', '0', '--data', file);
    expect(await server.ended).toBe(1);
    expect(server.err()).toMatch(/not a snapshot of this server \(.*foreign\.data\)/);
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });
});
