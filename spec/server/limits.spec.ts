/** What one client can take from the others: connections, time, memory. And the options that loosen or tighten rules. */

import { type Acceptor } from '../../src/transport/transport.js';
import { open, type Speaker, startWorld } from './world.js';

const from = (host: string) => ({ remote: { host, port: 1 } });

function knock(acceptor: Acceptor) {
  let closed = false;
  const pipe = {
    wantWrite: () => undefined,
    close: () => {
      closed = true;
    },
  };
  const handlers = acceptor(pipe, { host: '10.0.0.9', port: 5 });
  return { handlers, isClosed: () => closed };
}

describe('maxClientCnxns', () => {
  it('bounds the connections of one host, and of that host only', () => {
    const { server, connect } = startWorld({ maxClientCnxns: 2 });
    const [first] = [connect(from('1.1.1.1')), connect(from('1.1.1.1'))];
    expect(connect(from('1.1.1.1')).connected).toBeUndefined();
    expect(connect(from('2.2.2.2')).connected).toBeDefined();
    first.cut();
    expect(connect(from('1.1.1.1')).connected).toBeDefined();
    expect(server.connectionCount()).toBe(3);
  });

  it('is without a bound by default', () => {
    const { connect } = startWorld();
    expect(Array.from({ length: 100 }, () => connect().closed)).not.toContain(true);
  });
});

describe('handshakeTimeoutMs', () => {
  it('ends a connection that does not say who it is, however slowly it says something', () => {
    const { server, time } = startWorld({ handshakeTimeoutMs: 500 });
    const slow = knock(server.acceptor);
    for (let i = 1; i < 5; i++) {
      time.advanceTo(i * 100);
      slow.handlers.onData(Uint8Array.of(i === 4 ? 45 : 0));
    }
    expect(slow.isClosed()).toBe(false);
    time.advanceTo(500);
    expect([slow.isClosed(), time.pending]).toEqual([true, 0]);
  });

  it('counts for each connection from its own beginning, and not after the handshake', () => {
    const { server, time, connect } = startWorld({ handshakeTimeoutMs: 500 });
    const client = connect();
    const first = knock(server.acceptor);
    time.advanceTo(300);
    const second = knock(server.acceptor);
    time.advanceTo(600);
    expect([first.isClosed(), second.isClosed(), client.closed]).toEqual([true, false, false]);
    time.advanceTo(800);
    expect(second.isClosed()).toBe(true);
  });

  it('is the longest session timeout by default', () => {
    const { server, time } = startWorld({ tickMs: 100 });
    const silent = knock(server.acceptor);
    time.advanceTo(1999);
    expect(silent.isClosed()).toBe(false);
    time.advanceTo(2000);
    expect(silent.isClosed()).toBe(true);
  });
});

describe('a flood of bad frames', () => {
  it('hurts only those who send it', () => {
    const { server, connect } = startWorld();
    const good = connect();
    for (let i = 0; i < 1000; i++) {
      const { handlers } = knock(server.acceptor);
      handlers.onData(new Uint8Array(64).fill(i));
      handlers.onClose();
    }
    expect([good.create('/a'), server.connectionCount()]).toEqual(['/a', 1]);
  });
});

describe('skipAcl', () => {
  it('checks nothing against ACLs', () => {
    const acl = [{ perms: 1, scheme: 'ip', id: '9.9.9.9' }];
    const lax = startWorld({ skipAcl: true }).connect();
    const strict = startWorld().connect();
    for (const client of [lax, strict]) client.create('/a', { acl });
    expect([lax.setData('/a'), strict.setData('/a')]).toEqual(['ok', 'NoAuth']);
  });
});

describe('the scheme ensemble', () => {
  it('is accepted and proves nobody', () => {
    const client = startWorld().connect();
    expect(client.auth('any-name', 'ensemble')).toBe('ok');
    expect(client.call('whoAmI', undefined).body).toEqual([{ scheme: 'ip', user: '10.0.0.1' }]);
  });
});

describe('containerMaxUnusedMs', () => {
  const container = (client: Speaker) =>
    client.call('createContainer', { path: '/c', data: null, acl: open, flags: 4 }).error;

  it('ends containers that never had a child', () => {
    const { server, time, connect } = startWorld({ containerMaxUnusedMs: 5000 });
    const client = connect({ timeoutMs: 40_000 });
    container(client);
    time.advanceTo(5000);
    expect(server.tree()['/c']).toBeDefined();
    time.advanceTo(7000);
    expect(server.tree()['/c']).toBeUndefined();
  });

  it('leaves them for ever by default', () => {
    const { server, time, connect } = startWorld();
    container(connect());
    time.advanceTo(10_000_000);
    expect(server.tree()['/c']).toBeDefined();
  });
});

describe('a connection that is asked for more than it can say', () => {
  it('answers all of it, in order, and a piece at a time', () => {
    const { connect } = startWorld();
    const client = connect();
    client.call('create', { path: '/big', data: new Uint8Array(600_000), acl: open, flags: 0 });
    const reads = Array.from({ length: 20 }, (_, i) =>
      client.frame('getData', { path: '/big', watch: false }, 100 + i),
    );
    client.sendBytes(Uint8Array.from(reads.flatMap((frame) => [...frame])));
    expect(client.log.filter(({ kind }) => kind === 'reply').length).toBeLessThan(5);
    while (client.replyCount < 20) client.events();
    client.send('ping', undefined, -2);
    expect(client.log.slice(1).map((frame) => (frame.kind === 'reply' ? frame.xid : 0))).toEqual([
      ...reads.map((_, i) => 100 + i),
      -2,
    ]);
  });
});
