/** The contract of locks between processes: one that is killed or paused makes way, and knows it when it wakes. */

import { join } from 'node:path';
import { type ZooKeeper } from '../../../src/index.js';
import { Program, type ProgramEvent } from '../support/program.js';
import { until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const programs = join(__dirname, '..', 'programs');
// What a busy machine may add to any time.
const slackMs = 2000;

export function describeTwoProcesses(target: ContractTarget): void {
  describe('lock between two processes', () => {
    const running: Program[] = [];
    afterEach(async () => {
      await Promise.all(running.splice(0).map((program) => program.end()));
    });

    const start = (chroot: string, identifier: string): Program => {
      const { shortSessionMs: sessionTimeoutMs } = target.settings;
      const settings = {
        hosts: target.hosts + chroot,
        path: '/lock',
        sessionTimeoutMs,
        identifier,
      };
      const program = new Program(process.execPath, [
        ...['-r', join(programs, 'typescript.cjs')],
        ...[join(programs, 'holder.ts'), JSON.stringify(settings)],
      ]);
      running.push(program);
      return program;
    };

    /** One process that holds the lock and one that waits for it. */
    const holderAndWaiter = async () => {
      const chroot = await target.newChroot();
      const zk = target.clientAt(chroot);
      const holder = start(chroot, 'holder');
      const held = await holder.event('held');
      const waiter = start(chroot, 'waiter');
      await contenders(zk, 2);
      await holder.event('work');
      return { zk, holder, waiter, fence: fenceOf(held) };
    };

    it('goes to the next one when its holder is killed, after the session timeout', async () => {
      const { shortSessionMs, tickMs } = target.settings;
      const { zk, holder, waiter, fence } = await holderAndWaiter();
      const killedAt = Date.now();
      holder.signal('SIGKILL');
      const held = await waiter.event('held');
      const waitedMs = (held.at ?? 0) - killedAt;
      // The server last heard the holder at most a ping interval (a third of the timeout) before its end.
      expect(waitedMs).toBeGreaterThan((shortSessionMs * 2) / 3 - 100);
      expect(waitedMs).toBeLessThan(shortSessionMs + tickMs + slackMs);
      expect(fenceOf(held)).toBeGreaterThan(fence);
      await contenders(zk, 1);
    }, 60_000);

    it('goes to the next one when its holder is paused, who knows it when it wakes', async () => {
      const { zk, holder, waiter, fence } = await holderAndWaiter();
      holder.signal('SIGSTOP');
      const held = await waiter.event('held');
      expect(fenceOf(held)).toBeGreaterThan(fence);
      const asleep = holder.events.length;
      holder.signal('SIGCONT');
      await holder.event('lost', asleep);
      const sinceWaking = holder.events.slice(asleep);
      expect(sinceWaking.map(({ event }) => event)).not.toContain('work');
      expect(sinceWaking.find(({ event }) => event === 'lost')).toMatchObject({
        error: 'LockLostError',
      });
      // The loss comes before anything that the connection has to say.
      const first = sinceWaking.find(({ event }) => event !== 'no work');
      expect(first?.event).toBe('lost');
      await waiter.event('work');
      await contenders(zk, 1);
    }, 60_000);
  });
}

function contenders(zk: ZooKeeper, count: number): Promise<void> {
  return until(
    `${String(count)} contenders`,
    async () => (await zk.children('/lock')).length === count,
    30_000,
  );
}

function fenceOf(event: ProgramEvent): bigint {
  return BigInt(String(event['fence']));
}
