/** The contract of create and ensurePath: modes, data, answers, refusals. */

import {
  type CreateOptions,
  InvalidAclError,
  LimitExceededError,
  NoChildrenForEphemeralsError,
  NodeExistsError,
  NoNodeError,
  UnimplementedError,
} from '../../../src/index.js';
import { expectFailure, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeCreating(target: ContractTarget): void {
  describe('create', () => {
    describeModes(target);
    describeNumbers(target);
    describeData(target);
    describeRefusals(target);
  });
  describeParents(target);
  describeEnsurePath(target);
}

const modes: readonly (CreateOptions & { readonly path: string; readonly owned: boolean })[] = [
  { mode: 'persistent', path: '/p', owned: false },
  { mode: 'persistent', sequential: true, path: '/ps-', owned: false },
  { mode: 'ephemeral', path: '/e', owned: true },
  { mode: 'ephemeral', sequential: true, path: '/es-', owned: true },
  { mode: 'container', path: '/c', owned: false },
  { mode: 'ttl', ttlMs: 60_000, path: '/t', owned: false },
  { mode: 'ttl', ttlMs: 60_000, sequential: true, path: '/ts-', owned: false },
];

function describeModes(target: ContractTarget): void {
  const available = modes.filter(({ mode }) => mode !== 'ttl' || target.settings.ttl);
  it.each(available)(
    'makes a znode of mode $mode at $path',
    async ({ path, owned, ...options }) => {
      const zk = await target.client();
      const created = await zk.create(path, 'data', options);
      const full = options.sequential === true ? `${path}0000000000` : path;
      expect(created).toBe(full);
      const { data, stat } = await zk.get(created);
      expect(data).toEqual(new TextEncoder().encode('data'));
      expect(stat.ephemeralOwner).toBe(owned ? zk.session?.id : 0n);
      const second = await zk.create(`${path}2`, 'data', { ...options, withStat: true });
      expect(second.path).toBe(options.sequential === true ? `${path}20000000001` : `${path}2`);
      expect(second.stat).toEqual(await zk.exists(second.path));
    },
  );

  it('removes a container with its last child', async () => {
    const zk = await target.client();
    await zk.create('/box', null, { mode: 'container' });
    await zk.create('/box/item');
    await zk.delete('/box/item');
    await until('the container to go', async () => (await zk.exists('/box')) === null);
  });

  const itWithTtl = target.settings.ttl ? it : it.skip;
  itWithTtl(
    'removes a TTL znode when its time has passed, but not while it has children',
    async () => {
      const zk = await target.client();
      await zk.create('/t', null, { mode: 'ttl', ttlMs: 50 });
      await zk.create('/full', null, { mode: 'ttl', ttlMs: 1 });
      await zk.create('/full/child');
      await until('the znode to go', async () => (await zk.exists('/t')) === null);
      expect(await zk.children('/')).toEqual(['full']);
    },
  );
}

function describeNumbers(target: ContractTarget): void {
  it('numbers by how many children were ever made, of any kind', async () => {
    const zk = await target.client();
    await zk.create('/q');
    await zk.create('/q/plain');
    await zk.delete('/q/plain');
    expect(await zk.create('/q/n-', null, { sequential: true })).toBe('/q/n-0000000001');
    expect(await zk.create('/q/', null, { sequential: true })).toBe('/q/0000000002');
    expect(await zk.create('/q/other-', null, { sequential: true })).toBe('/q/other-0000000003');
    await expectFailure(zk.create('/q/n-0000000001'), NodeExistsError, /NodeExists: create/);
    expect(await zk.create('/q/n-', null, { sequential: true })).toBe('/q/n-0000000004');
  });

  it('gives numbers below the root of the client', async () => {
    const zk = await target.client();
    expect(await zk.create('/', null, { sequential: true })).toBe('/0000000000');
    expect(await zk.children('/')).toEqual(['0000000000']);
  });
}

function describeData(target: ContractTarget): void {
  const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
  it.each([
    ['no data', null, null],
    ['no bytes', new Uint8Array(0), new Uint8Array(0)],
    ['no bytes if left out', undefined, new Uint8Array(0)],
    ['every byte', everyByte, everyByte],
    ['text in UTF-8', 'Grüße, 世界', new TextEncoder().encode('Grüße, 世界')],
  ])('keeps %s', async (_, given, kept) => {
    const zk = await target.client();
    await zk.create('/a', given);
    const { data, stat } = await zk.get('/a');
    expect(data === null ? null : Uint8Array.from(data)).toEqual(kept);
    expect(stat.dataLength).toBe(kept?.length ?? 0);
  });

  it('takes up to a frame of the server, and refuses more without sending it', async () => {
    const zk = await target.client();
    // Header, path, length of the data, the ACL world:anyone, flags.
    const overhead = 8 + (4 + zk.chroot.length + '/big'.length) + 4 + 27 + 4;
    const largest = new Uint8Array(1_048_575 - overhead).fill(7);
    await zk.create('/big', largest);
    const { data } = await zk.get('/big');
    expect(Buffer.from(data ?? []).equals(Buffer.from(largest))).toBe(true);
    const { session } = zk;
    await expectFailure(
      zk.create('/huge', new Uint8Array(largest.length)),
      LimitExceededError,
      'LimitExceeded (request bytes: 1048576, limit 1048575): create /huge',
    );
    expect(await zk.exists('/huge')).toBeNull();
    expect(zk.session).toEqual(session);
  });
}

function describeRefusals(target: ContractTarget): void {
  it('is refused where there is a znode, or no parent, or an ephemeral one', async () => {
    const zk = await target.client();
    await zk.create('/e', null, { mode: 'ephemeral' });
    await expectFailure(zk.create('/e'), NodeExistsError, 'NodeExists: create /e');
    await expectFailure(zk.create('/x/y'), NoNodeError, 'NoNode: create /x/y');
    const message = 'NoChildrenForEphemerals: create /e/child';
    await expectFailure(zk.create('/e/child'), NoChildrenForEphemeralsError, message);
    expect((await expectFailure(zk.create('/e'), NodeExistsError, /./)).path).toBe('/e');
  });

  it('is refused with an ACL that means nothing', async () => {
    const zk = await target.client();
    const create = (scheme: string, id: string) =>
      zk.create('/a', null, { acl: [{ perms: 31, scheme, id }] });
    await expectFailure(create('world', 'nobody'), InvalidAclError, 'InvalidACL: create /a');
    await expectFailure(create('unheard-of', 'x'), InvalidAclError, 'InvalidACL: create /a');
    await expectFailure(create('auth', ''), InvalidAclError, 'InvalidACL: create /a');
    expect(await zk.children('/')).toEqual([]);
  });

  it('is refused for a TTL where those are switched off', async () => {
    const zk = await target.client();
    const created = zk.create('/t', null, { mode: 'ttl', ttlMs: 5 });
    if (target.settings.ttl) expect(await created).toBe('/t');
    else await expectFailure(created, UnimplementedError, 'Unimplemented: create /t');
  });
}

function describeParents(target: ContractTarget): void {
  describe('create with parents', () => {
    it('makes those that are missing, of the mode that is asked for', async () => {
      const zk = await target.client();
      await zk.create('/a', 'kept');
      expect(await zk.create('/a/b/c', 'x', { parents: 'persistent' })).toBe('/a/b/c');
      expect(
        await zk.create('/a/b/c', 'x', { parents: 'persistent' }).then(undefined, String),
      ).toBe('NodeExistsError: NodeExists: create /a/b/c');
      expect((await zk.get('/a')).data).toHaveLength(4);
      const box = '/box/in';
      await zk.create(`${box}/item`, '', { parents: 'container', mode: 'ephemeral' });
      await zk.delete(`${box}/item`);
      await until('the containers to go', async () => (await zk.exists('/box')) === null);
    });

    it('numbers a child of what was not there', async () => {
      const zk = await target.client();
      const options = { parents: 'persistent', sequential: true } as const;
      expect(await zk.create('/q/', '', options)).toBe('/q/0000000000');
      expect(await zk.create('/r/x-', '', options)).toBe('/r/x-0000000000');
    });

    it('makes the chroot, too, which is no container', async () => {
      const base = await target.newChroot();
      const zk = target.clientAt(`${base}/deep/down`);
      const { stat } = await zk.create('/a/b', '', { parents: 'container', withStat: true });
      expect(stat.version).toBe(0);
      await zk.delete('/a', { recursive: true });
      await until('the container to go', async () => (await zk.exists('/a')) === null);
      expect(await target.clientAt(base).exists('/deep/down')).not.toBeNull();
    });

    it('is refused below an ephemeral', async () => {
      const zk = await target.client();
      await zk.create('/e', null, { mode: 'ephemeral' });
      await expectFailure(
        zk.create('/e/a/b', '', { parents: 'persistent' }),
        NoChildrenForEphemeralsError,
        'NoChildrenForEphemerals: create /e/a',
      );
    });
  });
}

function describeEnsurePath(target: ContractTarget): void {
  describe('ensurePath', () => {
    it('makes what is missing, and leaves what is there', async () => {
      const zk = await target.client();
      await zk.create('/a', 'kept');
      await zk.ensurePath('/a/b/c/d');
      await zk.ensurePath('/a/b/c/d');
      await zk.ensurePath('/');
      expect(String(Buffer.from((await zk.get('/a')).data ?? []))).toBe('kept');
      expect((await zk.get('/a/b')).data).toHaveLength(0);
      expect((await zk.exists('/a/b/c/d'))?.ephemeralOwner).toBe(0n);
    });

    it('makes containers if it is told to', async () => {
      const zk = await target.client();
      await zk.ensurePath('/box/in/box', { mode: 'container' });
      await zk.create('/box/in/box/item');
      await zk.delete('/box/in/box/item');
      await until('the containers to go', async () => (await zk.exists('/box')) === null);
    });

    it('is of one mind with others who do the same', async () => {
      const chroot = await target.newChroot();
      const clients = [1, 2, 3].map(() => target.clientAt(chroot));
      await Promise.all(
        clients.flatMap((zk) => [zk.ensurePath('/x/y/z'), zk.ensurePath('/x/y/w')]),
      );
      expect(new Set(await clients[0]?.children('/x/y'))).toEqual(new Set(['w', 'z']));
    });

    it('makes the chroot, too', async () => {
      const base = await target.newChroot();
      const zk = target.clientAt(`${base}/deep/down`);
      await expectFailure(zk.create('/a'), NoNodeError, 'NoNode: create /a');
      await zk.ensurePath('/a');
      expect(await target.clientAt(base).children('/deep/down')).toEqual(['a']);
    });

    it('is refused below an ephemeral', async () => {
      const zk = await target.client();
      await zk.create('/e', null, { mode: 'ephemeral' });
      const refused = zk.ensurePath('/e/a');
      await expectFailure(
        refused,
        NoChildrenForEphemeralsError,
        /^NoChildrenForEphemerals: ensurePath \/e/,
      );
    });
  });
}
