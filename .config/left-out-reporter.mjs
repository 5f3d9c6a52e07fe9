/** A reporter for jest that says in one line, at the end of a run, which specs it left out and how to get them. */

export default class LeftOutReporter {
  onRunComplete(_contexts, { testResults }) {
    const leftOut = testResults
      .filter(({ testFilePath }) => testFilePath.endsWith('.live.spec.ts'))
      .flatMap(({ testResults: specs }) => specs)
      .filter(({ status, title }) => status === 'pending' && title !== '');
    // `-t` and `.only` leave specs out on purpose; describeLive marks its own.
    const unavailable = leftOut.filter(({ ancestorTitles }) =>
      ancestorTitles.some((title) => title.includes('(needs ')),
    );
    if (unavailable.length === 0) return;
    const [reason] = /\(needs .*\)/.exec(unavailable[0].ancestorTitles.join(' ')) ?? [''];
    const count = String(unavailable.length);
    process.stderr.write(
      `\nLeft out: ${count} specs against a real ZooKeeper ${reason}. "npm run test:live" runs them.\n`,
    );
  }
}
