/** A process that logs in by Kerberos, and tells on stdout who it is then, or why it is nobody. */

import { gssapi, zookeeper } from '../../../src/index.js';

interface Settings {
  readonly hosts: string;
  readonly host: string;
}

function say(event: string, more: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, at: Date.now(), ...more })}\n`);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} < ${textOf(error.cause)}`;
}

// What the spec passes.
const { hosts, host } = JSON.parse(process.argv[2] ?? '{}') as Settings;
const zk = zookeeper(hosts, { sasl: gssapi({ host }), idleGraceMs: Infinity });

zk.state$.subscribe(({ status }) => {
  say('state', { status });
});

const acl = [{ perms: 31, scheme: 'auth', id: '' }];

/** Who it is, and what stands for it in an ACL. */
async function look(): Promise<void> {
  const path = await zk.create('/mine-', null, { acl, sequential: true });
  const ids = (await zk.getAcl(path)).acl.map(({ scheme, id }) => `${scheme}:${id}`);
  say('in', { who: await zk.whoAmI(), ids });
}

function complain(error: unknown): void {
  say('out', { error: textOf(error) });
}

look().catch(complain);
process.stdin.on('data', () => {
  look().catch(complain);
});
