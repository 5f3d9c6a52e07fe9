/** The packed kit in vitest; the last two tests have to fail. */
import { BadVersionError, NoNodeError } from 'rxzk';
import { zkMatchers } from 'rxzk/testing';
import { expect, test } from 'vitest';
import { elects, isSimulated, refusal } from './scenarios.mjs';

expect.extend(zkMatchers);

test('passes', () => elects('8ms'));
test('is simulated', isSimulated);
test('compares errors', () => {
  expect(refusal).toMatchZooKeeperError({ class: NoNodeError, path: '/a' });
  expect(refusal).not.toMatchZooKeeperError(BadVersionError);
});
test('fails', () => elects('9ms'));
test('fails to compare', () => {
  expect(refusal).toMatchZooKeeperError(BadVersionError);
});
