/** No secret can be seen in what a program logs: the client, its requests, subscriptions, states, leases and errors. */

import { type Observable } from 'rxjs';
import {
  acl,
  create,
  lock$,
  remove,
  zookeeper,
  type ZooKeeper,
  type ZooKeeperOptions,
} from '../../src/index.js';
import { digestOf, shown, spellings } from '../support/secrets.js';
import { VirtualClient, watch } from './virtual-client.js';

const secrets = ['hush-hush', 'open-sesame', 'swordfish'] as const;
const encoder = new TextEncoder();

const needles = (bytes: readonly Uint8Array[]): readonly string[] =>
  [...secrets, digestOf(`bob:${secrets[0]}`), ...bytes].flatMap(spellings);

interface Stage {
  readonly zk: ZooKeeper;
  readonly things: Map<string, unknown>;
  readonly password: Uint8Array;
}

/** A client with all the secrets there are, everything that it hands out, and its session's password. */
function stage(): Stage {
  const client: ZooKeeperOptions = {
    defaultAcl: [...acl.open, ...acl.digest('bob', secrets[0])],
    auth: [
      { scheme: 'digest', credential: `bob:${secrets[0]}` },
      { scheme: 'digest', credential: encoder.encode(`eve:${secrets[1]}`) },
    ],
    waitForConnectionMs: 10_000,
  };
  const world = new VirtualClient({ client });
  const { zk, network, time } = world;
  const things = new Map<string, unknown>([['the client before it is opened', zk]]);
  const keep = <T>(name: string, source$: Observable<T>): void => {
    const record = watch(source$);
    things.set(name, source$);
    things.set(`${name}: what came of it`, [record.values, record.error]);
    things.set(`${name}: its subscription`, record.subscription);
  };
  const closed = acl.digest('bob', secrets[0]);
  keep('a state', zk.state$);
  keep('ended requests', zk.requests$);
  keep('addAuth', zk.addAuth('digest', `joe:${secrets[2]}`));
  // What a caller without types may pass.
  keep('bad addAuth', zk.addAuth('digest', { secret: secrets[2] } as unknown as string));
  keep('bad scheme', zk.addAuth('', secrets[2]));
  time.advanceBy(500);
  keep('create', zk.create('/a', 'x', { acl: closed }));
  keep('create twice', zk.create('/a', 'x', { acl: closed }));
  keep('setAcl', zk.setAcl('/a', closed));
  keep('get', zk.get('/a'));
  keep('none', zk.get('/none'));
  keep('several', zk.transaction([create('/x', 'x', { acl: closed }), remove('/none')]));
  keep('several steps', zk.ensurePath('/b/c', { timeoutMs: 20_000, acl: closed }));
  keep('with parents', zk.create('/d/e', 'x', { acl: closed, parents: 'container' }));
  keep('a view', zk.namespace('/v', { defaultAcl: closed, parentsAcl: closed }).create('/w'));
  keep('a live read', zk.data$('/a'));
  keep('children', zk.children$('/'));
  keep('a tree', zk.tree$('/'));
  keep('a lock', lock$(zk, '/lock'));
  keep('idempotent', zk.create('/i', 'x', { acl: closed, idempotent: true }));
  keep('guaranteed', zk.delete('/i', { guaranteed: true }));
  time.advanceBy(1000);
  const password = zk.session?.password ?? new Uint8Array(0);
  network.partition();
  keep('under way', zk.set('/a', 'y'));
  keep('late', zk.get('/a', { timeoutMs: 100 }));
  time.advanceBy(500);
  network.reset();
  keep('waiting', zk.set('/a', 'z'));
  time.advanceBy(500);
  things.set('the client while it is suspended', zk);
  things.set('its state', zk.state);
  return { zk, things, password };
}

describe('secrets', () => {
  const { zk, things, password } = stage();

  it('are there to be found', () => {
    expect(password).toHaveLength(16);
    expect(zk.session?.password).toEqual(password);
    expect(things.size).toBeGreaterThan(50);
    const open = [secrets[1], encoder.encode(`eve:${secrets[1]}`), { a: { b: [password] } }];
    for (const thing of open) {
      const text = shown(thing);
      expect(needles([password]).some((needle) => text.includes(needle))).toBe(true);
    }
  });

  it('are in nothing that a client hands out', () => {
    const found: string[] = [];
    for (const [name, thing] of things) {
      const text = shown(thing);
      for (const needle of needles([password])) {
        if (text.includes(needle)) found.push(`${name} shows ${needle}`);
      }
    }
    expect(found).toEqual([]);
  });

  it('are not shown of the session either, and can be had by name', () => {
    const text = shown(zk.session);
    expect(needles([password]).filter((needle) => text.includes(needle))).toEqual([]);
    expect(text).toContain('id');
  });

  it.each<[string, unknown]>([
    ['a list that is none', { auth: `digest:bob:${secrets[0]}` }],
    ['credentials that are none', { auth: [{ scheme: 'digest', credential: [secrets[0]] }] }],
    ['a misspelt option', { auth: [{ scheme: 'digest', credentials: secrets[0] }] }],
    ['an odd scheme', { auth: [{ scheme: [secrets[0]], credential: 'x' }] }],
  ])('are in no error about options: %s', (_, options) => {
    let error: unknown;
    try {
      // What a caller without types may pass.
      zookeeper('zk1', options as ZooKeeperOptions);
    } catch (thrown) {
      error = thrown;
    }
    const text = shown(error);
    expect(text).toContain('InvalidOption');
    expect(text).not.toContain(secrets[0]);
  });

  it('are in no error about a connect string', () => {
    const make = (): unknown => zookeeper(`bob:${secrets[0]}@zk1:2181`);
    expect(make).toThrow('InvalidOption');
  });
});
