/** Our counters, codecs and kept znodes and Curator's, on the same znodes of a real server. */

import * as zlib from 'node:zlib';
import { concatMap, lastValueFrom, map, range } from 'rxjs';
import {
  childrenData$,
  counter$,
  ephemeral$,
  gzip,
  increment,
  persistentTtl$,
  text,
} from '../../../src/index.js';
import { record, until } from '../../contract/support/recording.js';
import { describeCurator } from './world.js';

describeCurator('values of Curator', (world) => {
  describe('a counter', () => {
    it('is added to by both without losing anything: DistributedAtomicLong', async () => {
      const { zk, make } = world();
      const theirs = await Promise.all([1, 2].map(() => make('long', '/long')));
      const options = { encoding: 'int64' } as const;
      const add = () =>
        lastValueFrom(range(25).pipe(concatMap(() => increment(zk, '/long', -3n, options))));
      await Promise.all([add(), add(), ...theirs.map((handle) => handle('add', '10', 25))]);
      expect(await theirs[0]?.('get')).toBe('350');
      const value = record(counter$(zk, '/long', options));
      await value.settles('the sum', (sum) => sum === 350n);
    });

    it('is seen by both: SharedCount', async () => {
      const { zk, make } = world();
      const theirs = await make('count', '/count', 7);
      expect(await theirs('start')).toBe(7);
      const options = { encoding: 'int32' } as const;
      const ours = record(counter$(zk, '/count', options));
      await ours.settles('theirs', (value) => value === 7);
      await theirs('set', -8);
      await ours.settles('theirs', (value) => value === -8);
      expect(await increment(zk, '/count', 10, options)).toMatchObject({ before: -8, after: 2 });
      await until('ours to be seen', async () => (await theirs('get')) === 2);
      expect(await theirs('trySet', 3)).toBe(true);
      await theirs('close');
    });
  });

  describe('compressed data', () => {
    const codec = gzip(text(), { zlib });
    const long = 'é'.repeat(1000);

    it('are read by both, whoever has written them', async () => {
      const { zk, make } = world();
      const [theirs, ours] = [
        await make('compressed', '/theirs'),
        await make('compressed', '/ours'),
      ];
      await theirs('create', long);
      expect((await zk.get('/theirs', codec)).data).toBe(long);
      expect((await zk.get('/theirs')).data?.length).toBeLessThan(100);
      await zk.create('/ours', codec.encode(long));
      expect((await zk.get('/ours')).data?.length).toBeLessThan(100);
      expect(await ours('read')).toBe(long);
    });
  });

  describe('a znode that is kept alive', () => {
    it('is looked after by either, and goes when nobody does: PersistentTtlNode, persistentTtl$', async () => {
      const { zk, make } = world();
      const ttlMs = 1200;
      const touchedAt = async () => (await zk.exists('/kept/node/touch'))?.mzxid ?? 0n;
      const touchedAfter = (when: bigint) =>
        until('a touch', async () => (await touchedAt()) > when);
      const theirs = await make('ttl', '/kept/node', ttlMs, 'from Java');
      expect(await theirs('start')).toBe(true);
      const data = record(zk.data$('/kept/node', text()));
      await data.settles('theirs', (value) => value === 'from Java');
      await touchedAfter(0n);

      const ours = record(persistentTtl$(zk, '/kept/node', 'from us', { ttlMs }));
      await ours.count(1);
      await data.settles('ours', (value) => value === 'from us');
      expect(await theirs('read')).toBe('from us');
      await theirs('close');
      await touchedAfter(await touchedAt());

      ours.unsubscribe();
      const again = await make('ttl', '/kept/node', ttlMs, 'from Java again');
      await again('start');
      await data.settles('theirs', (value) => value === 'from Java again');
      await touchedAfter(await touchedAt());
      const below = record(zk.children$('/kept/node'));
      await below.settles('one touch', (names) => names?.join() === 'touch');
      await again('close');
      await data.settles('none', (value) => value === null);
    });

    it('is seen as a member by all: GroupMember, ephemeral$', async () => {
      const { zk, make } = world();
      const theirs = await make('member', '/group', 'java', 'of Java');
      const ours = record(ephemeral$(zk, '/group/rxzk', 'of ours', { parents: 'container' }));
      await theirs('start');
      const seen = record(
        childrenData$(zk, '/group', { codec: text() }).pipe(
          map((members) => Object.fromEntries(members ?? [])),
        ),
      );
      const both = { java: 'of Java', rxzk: 'of ours' };
      await seen.settles('both', (members) => Object.keys(members).length === 2);
      expect(seen.last).toEqual(both);
      const members = async () => (await theirs('members')) as Record<string, string>;
      await until('Java to see ours', async () => 'rxzk' in (await members()));
      expect(await members()).toEqual(both);
      ours.unsubscribe();
      await until('Java to see it go', async () => !('rxzk' in (await members())));
      await theirs('close');
      await seen.settles('none', (all) => Object.keys(all).length === 0);
    });
  });
});
