/**
 * A process that has a session with an ephemeral and tells what becomes of them. The session is its own, or, if it is told to
 * wait, one that another process has left and that comes as a line on stdin. The next line ends it.
 */

import { createInterface } from 'node:readline';
import { zookeeper, type ZooKeeperOptions } from '../../../src/index.js';

interface Settings {
  readonly hosts: string;
  readonly path: string;
  readonly sessionTimeoutMs: number;
  readonly waits: boolean;
}

function say(event: string, more: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, at: Date.now(), ...more })}\n`);
}

// What the spec passes.
const settings = JSON.parse(process.argv[2] ?? '{}') as Settings;
const lines = createInterface({ input: process.stdin });

function keep(options: ZooKeeperOptions): void {
  const { hosts, path, sessionTimeoutMs } = settings;
  const zk = zookeeper(hosts, { sessionTimeoutMs, idleGraceMs: Infinity, ...options });
  zk.state$.subscribe(({ status }) => {
    say('state', { status });
  });
  const made = options.session === undefined ? zk.create(path, 'x', { mode: 'ephemeral' }) : path;
  void Promise.resolve(made).then(async () => {
    const stat = await zk.exists(path);
    const isMine = stat?.ephemeralOwner === zk.session?.id;
    say('keeps', { isMine, session: zk.session?.serialize() });
  });
  lines.once('line', () => {
    void zk.close();
    // It would keep the process alive.
    process.stdin.destroy();
  });
}

if (settings.waits) {
  lines.once('line', (session) => {
    keep({ session });
  });
} else keep({});
say('runs');
