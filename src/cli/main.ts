/** The command `rxzk`: reads its arguments, runs, and ends the process with a code that says how it went. */

import { readCommand, usage } from './arguments.js';
import { serve } from './serve.js';

/** Runs the command with the arguments of this process. `version` is that of the package. */
export async function main(version: string): Promise<void> {
  const command = readCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage);
      break;
    case 'version':
      process.stdout.write(`${version}\n`);
      break;
    case 'wrong':
      process.stderr.write(`rxzk: ${command.why}\n\n${usage}`);
      process.exitCode = 2;
      break;
    case 'serve':
      process.exitCode = await serve(command.options);
      break;
  }
}
