/** Prints how many tests passed and failed, from jest's JSON; what was left out or could not run counts as failed. */
import { readFileSync } from 'node:fs';

const results = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const names = (status) =>
  results.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter((test) => test.status === status).map((test) => test.fullName),
  );
const leftOut = [...names('pending'), ...names('todo')];
for (const name of leftOut) console.error(`left out: ${name}`);
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + leftOut.length;
// A run that was cut short, or that failed in a teardown, has no failed test to show for it.
const silent = failed === 0 && (!results.success || results.numPassedTests === 0) ? 1 : 0;
console.log(`${String(results.numPassedTests)} ${String(failed + silent)}`);
