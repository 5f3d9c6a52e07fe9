/** A process that waits for a lock and works while its lease is valid; it tells on stdout what happens, a line each. */

import { lock$, zookeeper } from '../../../src/index.js';

interface Settings {
  readonly hosts: string;
  readonly path: string;
  readonly sessionTimeoutMs: number;
  readonly identifier: string;
}

function say(event: string, more: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, at: Date.now(), ...more })}\n`);
}

// What the spec passes.
const settings = JSON.parse(process.argv[2] ?? '{}') as Settings;
const { hosts, path, sessionTimeoutMs, identifier } = settings;
const zk = zookeeper(hosts, { sessionTimeoutMs });

zk.state$.subscribe(({ status }) => {
  say('state', { status });
});

lock$(zk, path, { identifier }).subscribe({
  next: (lease) => {
    say('held', { fence: String(lease.fence) });
    setInterval(() => {
      say(lease.valid() ? 'work' : 'no work');
    }, 10);
  },
  error: (error: unknown) => {
    say('lost', { error: error instanceof Error ? error.name : String(error) });
    void zk.close().then(() => {
      process.exit();
    });
  },
});
