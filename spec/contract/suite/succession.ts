/** The contract of sessions between processes: one that is killed leaves its session to another, with its ephemerals. */

import { join } from 'node:path';
import { Program } from '../support/program.js';
import { until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const programs = join(__dirname, '..', 'programs');

export function describeSuccession(target: ContractTarget): void {
  describe('session of a process that is killed', () => {
    const running: Program[] = [];
    afterEach(async () => {
      await Promise.all(running.splice(0).map((program) => program.end()));
    });

    const start = (settings: object): Program => {
      const program = new Program(process.execPath, [
        ...['-r', join(programs, 'typescript.cjs')],
        ...[join(programs, 'keeper.ts'), JSON.stringify(settings)],
      ]);
      running.push(program);
      return program;
    };

    it('is taken over by another, with its ephemeral, which goes when that one closes it', async () => {
      const { tickMs } = target.settings;
      const chroot = await target.newChroot();
      const zk = target.clientAt(chroot);
      // Long enough for a slow machine; a server takes no more than 20 ticks.
      const sessionTimeoutMs = 16 * tickMs;
      const settings = { hosts: target.hosts + chroot, path: '/kept', sessionTimeoutMs };
      const first = start({ ...settings, waits: false });
      const second = start({ ...settings, waits: true });
      const { session } = await first.event('keeps');
      await second.event('runs');
      const before = await zk.exists('/kept');
      first.signal('SIGKILL');
      const killedAt = performance.now();
      second.tell(String(session));
      expect(await second.event('keeps')).toMatchObject({ isMine: true });
      await until(
        'the time at which the first would have lost it',
        () => performance.now() - killedAt > sessionTimeoutMs + 2 * tickMs,
        60_000,
      );
      expect(before?.ephemeralOwner).toBe(idOf(session));
      expect(await zk.exists('/kept')).toEqual(before);
      second.tell('close');
      expect(await second.exit()).toBe(0);
      await zk.sync('/');
      expect(await zk.exists('/kept')).toBeNull();
      const states = second.events.filter(({ event }) => event === 'state');
      expect(states.map(({ status }) => status)).toEqual(['connecting', 'connected', 'closed']);
    }, 90_000);
  });
}

function idOf(session: unknown): bigint {
  // What `serialize` gives.
  const { id } = JSON.parse(String(session)) as { readonly id: string };
  return BigInt.asIntN(64, BigInt(id));
}
