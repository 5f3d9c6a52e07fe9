/** `config$` and `followConfig`, on virtual time: an embedded server whose configuration anybody may set. */

import { type FollowConfigOptions } from '../../src/client/zookeeper.js';
import { HostsWorld, serverOf } from './hosts-world.js';
import { watch } from './virtual-client.js';

const line = (id: number, client = `;zk${String(id)}:2181`): string =>
  `server.${String(id)}=zk${String(id)}:2888:3888:participant${client}`;
const text = (...ids: number[]): string => [...ids.map((id) => line(id)), 'version=100'].join('\n');

class Stage extends HostsWorld {
  readonly admin = this.client('zk5');

  constructor() {
    super({ skipAcl: true });
  }

  configure(config: string): void {
    watch(this.admin.set('/zookeeper/config', config));
    this.time.advanceBy(500);
  }

  messages(): readonly string[] {
    return this.reports.map(({ message }) => message);
  }
}

describe('config$', () => {
  it.each(['', '/app', '/app/deep'])(
    'is the configuration, now and after each change, below %j',
    (chroot) => {
      const stage = new Stage();
      const config = watch(stage.client(`zk1${chroot}`).config$);
      stage.time.advanceBy(100);
      stage.configure(text(1, 2));
      stage.configure(text(2));
      expect(config.values.map((value) => value?.servers.map(({ id }) => id))).toEqual([
        [],
        [1, 2],
        [2],
      ]);
      expect(config.values.at(-1)?.version).toBe(0x100n);
      expect(config.completed).toBe(false);
    },
  );

  it('has one read and one watch for all, and lets them go', () => {
    const stage = new Stage();
    const zk = stage.client('zk1/app');
    const records = [watch(zk.config$), watch(zk.config$)];
    stage.time.advanceBy(100);
    records.push(watch(zk.config$));
    expect(records.map(({ values }) => values.length)).toEqual([1, 1, 1]);
    expect(stage.server.watchCount()).toBe(1);
    for (const { subscription } of records) subscription?.unsubscribe();
    stage.time.advanceBy(100);
    expect(stage.server.watchCount()).toBe(0);
  });

  it('completes when the client is closed', () => {
    const stage = new Stage();
    const zk = stage.client('zk1/app');
    const config = watch(zk.config$);
    stage.time.advanceBy(100);
    void zk.close();
    stage.time.advanceBy(100);
    expect(config.completed).toBe(true);
  });
});

describe('the view of a namespace', () => {
  it('has the configuration of the ensemble, and follows it', () => {
    const stage = new Stage();
    const zk = stage.client('zk1').namespace('/team');
    const followed = watch(zk.followConfig());
    const config = watch(zk.config$);
    stage.configure(text(2));
    expect([config.values.length, followed.values, serverOf(zk)]).toEqual([2, ['zk2:2181'], 'zk2']);
  });
});

describe('getConfig and reconfig', () => {
  it('answer the configuration as it reads', () => {
    const stage = new Stage();
    stage.configure(text(1, 2));
    const answer = watch(stage.client('zk1/app').getConfig());
    stage.time.advanceBy(100);
    expect(answer.values[0]).toMatchObject({
      config: { version: 0x100n, servers: [{ id: 1 }, { id: 2 }] },
      stat: { version: 1 },
    });
    expect(Buffer.from(answer.values[0]?.data ?? []).toString()).toBe(text(1, 2));
  });
});

describe('followConfig', () => {
  it('has the client follow while it is subscribed to, and stay where it was led to', () => {
    const stage = new Stage();
    const zk = stage.client('zk1', { chroot: '/app' });
    const followed = watch(zk.followConfig());
    stage.time.advanceBy(100);
    const { session } = zk;
    stage.configure(text(2));
    expect([serverOf(zk), followed.values]).toEqual(['zk2', ['zk2:2181']]);
    stage.configure(text(4));
    expect(serverOf(zk)).toBe('zk4');
    // The same servers in another order and version are no news.
    stage.configure([line(4), 'version=200'].join('\n'));
    expect(followed.values).toEqual(['zk2:2181', 'zk4:2181']);
    watch(zk.state$);
    followed.subscription?.unsubscribe();
    stage.configure(text(1));
    expect(serverOf(zk)).toBe('zk4');
    expect(zk.session).toEqual(session);
  });

  it('completes when the client is closed', () => {
    const stage = new Stage();
    const zk = stage.client('zk1');
    const followed = watch(zk.followConfig());
    stage.time.advanceBy(100);
    void zk.close();
    stage.time.advanceBy(100);
    expect(followed.log()).toEqual(['|']);
  });

  it.each([
    [';0.0.0.0:2181', 'zk2:2181'],
    [';2182', 'zk2:2182'],
    [';[::]:2181', 'zk2:2181'],
    [';[0:0:0:0:0:0:0:0]:2181', 'zk2:2181'],
    [';[fd00::2]:2181', '[fd00::2]:2181'],
    [';10.0.0.2:2181', '10.0.0.2:2181'],
  ])('takes %s for %s', (client, expected) => {
    const stage = new Stage();
    const followed = watch(stage.client('zk1').followConfig());
    stage.configure(line(2, client));
    expect(followed.values).toEqual([expected]);
  });

  it('leaves out who has no address for clients, and says so once', () => {
    const stage = new Stage();
    stage.configure([line(2), line(3, ''), line(4, '')].join('\n'));
    const zk = stage.client('zk1');
    const followed = watch(zk.followConfig());
    stage.time.advanceBy(500);
    stage.configure([line(2), line(3, ''), line(4, ''), 'version=1'].join('\n'));
    expect([serverOf(zk), followed.values]).toEqual(['zk2', ['zk2:2181']]);
    expect(stage.messages()).toEqual([
      "Hosts: the ensemble's configuration has no address for clients of server 3, 4; it is left out",
    ]);
  });

  it.each([
    ['is empty', ''],
    ['has no address for clients', line(2, '')],
    ['is garbage', 'server.1=\nversion=?'],
  ])('changes nothing when the configuration %s, and says so', (_, config) => {
    const stage = new Stage();
    const zk = stage.client('zk1');
    const followed = watch(zk.followConfig());
    stage.configure(config);
    expect([serverOf(zk), followed.log()]).toEqual(['zk1', []]);
    expect(stage.messages()).toEqual([
      "Hosts: the ensemble's configuration names no server for clients; the servers known before stay",
    ]);
  });

  it('takes the addresses that it is told', () => {
    const stage = new Stage();
    stage.configure(`${text(2, 3)}\nserver.4=zk4:1:2:observer;2181`);
    const zk = stage.client('zk1');
    const address: FollowConfigOptions['address'] = ({ role, host }) =>
      role === 'observer' ? `${host}:2181` : undefined;
    const followed = watch(zk.followConfig({ address }));
    stage.time.advanceBy(500);
    expect([serverOf(zk), followed.values]).toEqual(['zk4', ['zk4:2181']]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'an address that cannot be used',
      { address: () => 'zk2:0' },
      /InvalidOption connectString: port "0"/,
    ],
    ['an address with another chroot', { address: () => 'zk2/b' }, /chroot "\/b"/],
    ['no function', { address: 'zk2' }, /InvalidOption address: must be a function/],
    ['a misspelt option', { adress: () => 'zk2' }, /did you mean address/],
  ])('errs with %s, and the servers stay', (_, options, message) => {
    const stage = new Stage();
    stage.configure(text(2));
    const zk = stage.client('zk1');
    watch(zk.state$);
    const followed = watch(zk.followConfig(options as FollowConfigOptions));
    stage.time.advanceBy(500);
    expect(String(followed.error)).toMatch(message);
    expect(serverOf(zk)).toBe('zk1');
  });

  it('asks for the address with TLS, because the configuration has the other ports only', () => {
    const stage = new Stage();
    stage.configure(text(2));
    const transport = { ...stage.network.transport, secure: true };
    const zk = stage.client('zk1', { transport });
    const refused = watch(zk.followConfig());
    expect(String(refused.error)).toMatch(
      /InvalidOption address: must say where a server speaks TLS/,
    );
    const followed = watch(zk.followConfig({ address: ({ host }) => `${host}:2181` }));
    stage.time.advanceBy(500);
    expect(followed.values).toEqual(['zk2:2181']);
  });

  it('lets nothing of the client stay when it is left', () => {
    const stage = new Stage();
    const zk = stage.client('zk1', { idleGraceMs: 0 });
    const followed = watch(zk.followConfig());
    stage.time.advanceBy(100);
    followed.subscription?.unsubscribe();
    stage.time.advanceBy(1000);
    expect([zk.state.status, stage.server.watchCount()]).toEqual(['closed', 0]);
  });
});
