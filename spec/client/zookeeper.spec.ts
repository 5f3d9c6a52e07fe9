/** The client as a whole, through the wire: its session, its facts, its end. */

import { zookeeper } from '../../src/index.js';
import { InvalidOptionError } from '../../src/errors/client-errors.js';
import { VirtualClient, watch } from './virtual-client.js';

describe('zookeeper', () => {
  it('opens nothing', () => {
    const { zk, server, time } = new VirtualClient({ chroot: '/app' });
    expect([zk.state, zk.session, zk.chroot]).toEqual([{ status: 'closed' }, undefined, '/app']);
    expect(zk.scheduler).toBe(time);
    time.advanceBy(1000);
    expect(server.connectionCount()).toBe(0);
  });

  it('throws for what cannot be used, naming it', () => {
    expect(() => zookeeper('')).toThrow(InvalidOptionError);
    expect(() => zookeeper('zk1', { idleGraceMs: -1 })).toThrow('InvalidOption idleGraceMs');
  });

  it('makes random ids: version 4 UUIDs, from the injected chance', () => {
    const { zk } = new VirtualClient();
    const ids = Array.from({ length: 50 }, () => zk.randomId());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
    expect(new Set(ids).size).toBe(50);
    expect(new VirtualClient().zk.randomId()).toBe(ids[0]);
  });

  it('has one session for everything, and knows it', () => {
    const { zk, server, time } = new VirtualClient();
    const states = watch(zk.state$);
    watch(zk.state$);
    watch(zk.exists('/'));
    time.advanceBy(100);
    expect(states.values.map(({ status }) => status)).toEqual(['connecting', 'connected']);
    expect(server.sessions()).toHaveLength(1);
    expect(zk.session?.id).toBe(server.sessions()[0]?.id);
    expect(zk.state).toBe(states.values.at(-1));
  });

  it('ends the session when nothing is subscribed to any more, and opens another for the next', () => {
    const { zk, server, time } = new VirtualClient();
    const first = watch(zk.state$);
    time.advanceBy(100);
    first.subscription?.unsubscribe();
    time.advanceBy(900);
    expect(server.sessions()).toHaveLength(1);
    time.advanceBy(200);
    expect(server.sessions()).toHaveLength(0);
    expect(zk.session).toBeUndefined();
    const second = watch(zk.state$);
    time.advanceBy(100);
    expect(second.values.map(({ status }) => status)).toEqual(['connecting', 'connected']);
    expect(server.sessions()).toHaveLength(1);
  });

  it('ends everything on close, once, and leaves nothing behind', async () => {
    const { zk, server, time } = new VirtualClient();
    const states = watch(zk.state$);
    const data = watch(zk.data$('/'));
    time.advanceBy(100);
    const closing = zk.close();
    expect(zk.close()).toBe(closing);
    time.advanceBy(100);
    await closing;
    await zk[Symbol.asyncDispose]();
    expect(states.values.at(-1)).toEqual({ status: 'closed' });
    expect([states.completed, data.completed]).toEqual([true, true]);
    expect([server.sessions(), server.connectionCount(), server.watchCount()]).toEqual([[], 0, 0]);
    expect([zk.state, zk.session]).toEqual([{ status: 'closed' }, undefined]);
    expect(time.pending).toBe(0);
  });

  it('closes when it was never opened', async () => {
    const { zk } = new VirtualClient();
    await zk.close();
    expect(watch(zk.state$).log()).toEqual(["{ status: 'closed' }", '|']);
  });

  it('shows all states in order to all, also when one of them closes the client', () => {
    const { zk, time } = new VirtualClient();
    const last: string[] = [];
    zk.state$.subscribe(({ status }) => {
      if (status === 'connected') void zk.close();
    });
    zk.state$.subscribe(({ status }) => last.push(status));
    time.advanceBy(500);
    expect(last).toEqual(['connecting', 'connected', 'closed']);
  });
});
