/** The kit needs no jest: it runs in Node's own test runner, in a process that has never heard of any other. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const loader = join(__dirname, '../contract/programs/typescript.cjs');
const program = join(__dirname, 'programs/node-test.ts');

describe('the kit without jest', () => {
  it('passes and fails in node:test', () => {
    const args = ['-r', loader, '--test-reporter=tap', program];
    const { NODE_TEST_CONTEXT: _inherited, ...env } = process.env;
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect(stdout).toMatch(/^ok 1 - passes$/m);
    expect(stdout).toMatch(/^ok 2 - is simulated$/m);
    expect(stdout).toMatch(/^not ok 3 - fails$/m);
    expect(stdout).toContain(`expected  { '0ms': "follower", '9ms': "leader" }`);
    expect(stdout).toContain(`got       { '0ms': "follower", '8ms': "leader" }`);
    expect(status).toBe(1);
  });
});
