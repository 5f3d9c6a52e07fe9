/**
 * The shell of the C client, `cli_mt`: its commands, and what each is answered.
 *
 * Its option to take up a session (`-m`) does not work against any server: it misreads its own file.
 */

import { existsSync } from 'node:fs';
import { type Found } from '../needs.js';
import { ForeignProcess } from './foreign-process.js';
import { type Tour } from './transcript.js';

const debianFile = '/usr/lib/zookeeper/bin/cli_mt';

export function findCShell(): Found<string> {
  return existsSync(debianFile)
    ? { found: debianFile }
    : { missing: 'no cli_mt (install zookeeper-bin)' };
}

const result = /rc = -?\d+$/m;
const created = /^\tname = .*$/m;
const stat = /^\tephemeralOwner = .*$/m;
const refused = /^Error -\d+ for .*$/m;

const silent = /^/;
const isConnected = /^Watcher SESSION_EVENT state = CONNECTED_STATE/m;

// The shell does not wait for answers, so each command has the last line of what comes of it. It reads with watches.
const script: readonly (readonly [command: string, answer: RegExp])[] = [
  ['create /c', created],
  ['create2 /c/two', stat],
  ['create +e /c/ephemeral', created],
  ['create +s /c/sequence-', created],
  ['create +es /c/ephemeral-', created],
  ['create +c /c/container', created],
  ['create +t=600000 /c/ttl', created],
  ['create2 +s /c/two-', stat],
  ['create /c', result],
  ['create /none/child', result],
  ['create /c/ephemeral/child', result],
  ['set /c hello', stat],
  ['get /c', stat],
  ['exists /c/ephemeral', silent],
  ['exists /c/none', refused],
  ['wexists /c/later', refused],
  ['create /c/later', created],
  ['wexists /c/later', silent],
  ['set /c/later changed', stat],
  ['wexists /c/later', silent],
  ['delete /c/later', result],
  ['wexists /c/none', refused],
  ['ls /c/none', result],
  ['ls2 /c/container', stat],
  ['get /c', stat],
  ['aget /c', stat],
  ['aset /c again', stat],
  ['async /c', result],
  ['sync /c', result],
  ['delete /c', result],
  ['delete /c/none', result],
  ['get /c/none', result],
  ['addauth digest user:password', silent],
  ['get /c', stat],
  ['config', stat],
  ['reconfig -remove 3', result],
  ['myid', silent],
  ['adelete /c/two', result],
  ['nonsense', silent],
  ...['sequence-0000000002', 'container', 'ttl', 'two-0000000006'].map(
    (name) => [`delete /c/${name}`, result] as const,
  ),
  ['delete /c/ephemeral', result],
  ['delete /c/ephemeral-0000000003', result],
  ['ls /c', result],
  ['delete /c', result],
];

export function cShellTour(file: string): Tour {
  return async ({ hosts }) => {
    const shell = new ForeignProcess({ file, args: ['-h', hosts], joined: true });
    await shell.hear(isConnected);
    for (const [command, answer] of script) {
      await shell.ask(command, answer);
    }
    shell.tell('quit');
    return shell.end();
  };
}
