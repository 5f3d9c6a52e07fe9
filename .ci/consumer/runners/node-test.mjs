/** The packed kit in Node's own test runner; the last test has to fail. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoNodeError } from 'rxzk';
import { sameError } from 'rxzk/testing';
import { elects, isSimulated, refusal } from './scenarios.mjs';

test('passes', () => elects('8ms'));
test('is simulated', isSimulated);
test('compares errors', () => {
  assert(sameError(refusal, { class: NoNodeError, path: '/a' }));
});
test('fails', () => elects('9ms'));
