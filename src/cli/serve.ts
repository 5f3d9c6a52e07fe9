/** `rxzk serve`: an embedded server on a port until the process is asked to end. */

import { type RunningServer } from '../testing/running-server.js';
import { startServer, type StartServerOptions } from '../testing/start-server.js';

/** Serves until SIGINT or SIGTERM; resolves to the code that the process ends with. */
export async function serve(options: StartServerOptions): Promise<number> {
  const onSaveError = (error: Error): void => {
    complain(`the data could not be saved, trying again: ${error.message}`);
  };
  // First of all, so that a signal at any time ends it in good order.
  const asked = askedToEnd();
  try {
    const running = await startServer({ ...options, onSaveError });
    announce(running, options);
    await asked;
    await running.stop();
    return 0;
  } catch (error) {
    complain(explain(error, options));
    return 1;
  }
}

function announce({ hosts }: RunningServer, { dataFile }: StartServerOptions): void {
  const where = dataFile === undefined ? 'in memory' : `data in ${dataFile}`;
  process.stdout.write(
    `rxzk serves on ${hosts} (${where}): one process, for development and tests only\n`,
  );
}

/** The first signal ends in good order; a second one, while that takes too long, at once. */
function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      resolve();
    });
    process.once('SIGTERM', () => {
      resolve();
    });
  });
}

function explain(error: unknown, { host = '', port = 0 }: StartServerOptions): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${String(port)} of ${host} is taken`;
  if (code === 'EACCES' && 'syscall' in error && error.syscall === 'listen') {
    return `port ${String(port)} of ${host} is not allowed`;
  }
  return error.message;
}

function complain(text: string): void {
  process.stderr.write(`rxzk: ${text}\n`);
}
