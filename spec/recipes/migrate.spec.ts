/** Migrations on virtual time: each once, in order, whatever is cut. */

import { type Observable } from 'rxjs';
import { check, create, remove, set } from '../../src/client/transaction-builders.js';
import { InvalidOptionError, InvalidPathError } from '../../src/errors/client-errors.js';
import { migrate } from '../../src/recipes/migrations/migrate.js';
import { migrationHash } from '../../src/recipes/migrations/migration-hash.js';
import { type Migration, type MigrationSet } from '../../src/recipes/migrations/migration-set.js';
import { semaphore$ } from '../../src/recipes/locks/semaphore.js';
import { cutOnce, cutsOf } from './cuts.js';
import { expiryMs, type Member, nothing, World } from './world.js';

const lockPath = '/migrations/locks';
const metaDataPath = '/migrations/done';
const records = `${metaDataPath}/shop`;

/** Each counts by the version of `/log` how often it was made, and tells by its data who was last. */
const first: Migration = { name: 'the log', operations: [create('/log', '1')] };
const second: Migration = { operations: [check('/log', 0), set('/log', '2')] };
const third: Migration = {
  name: 'orders',
  operations: [set('/log', '3', { version: 1 }), create('/log/order-', '', { sequential: true })],
};

function shop(...migrations: readonly Migration[]): MigrationSet {
  return { id: 'shop', lockPath, metaDataPath, migrations };
}

const whole = shop(first, second, third);

function recording<T>(values$: Observable<T>) {
  const log: unknown[] = [];
  const errors: unknown[] = [];
  const subscription = values$.subscribe({
    next: (value) => log.push(value),
    error: (error: unknown) => errors.push(error),
    complete: () => log.push('|'),
  });
  return { log, errors, subscription };
}

function migrating({ zk }: Member, what = whole) {
  return recording(migrate(zk, what));
}

/** What is recorded, in order, as hex. */
function recorded(world: World): readonly string[] {
  return (world.names(records) ?? [])
    .sort()
    .map((name) =>
      Buffer.from(world.server.tree()[`${records}/${name}`]?.data ?? []).toString('hex'),
    );
}

function hashesOf(...migrations: readonly Migration[]): readonly string[] {
  return migrations.map(({ operations }) => Buffer.from(migrationHash(operations)).toString('hex'));
}

/** All three were made, each once. */
function expectWhole(world: World): void {
  expect(recorded(world)).toEqual(hashesOf(first, second, third));
  const log = world.server.tree()['/log'];
  expect(log?.stat.version).toBe(2);
  expect(Buffer.from(log?.data ?? []).toString()).toBe('3');
  expect(world.names('/log')).toHaveLength(1);
}

describe('migrate', () => {
  it('makes all in order, records them in the layout of Curator, and gives the lock back', () => {
    const world = new World();
    const { log, errors } = migrating(world.join());
    world.time.advanceBy(200);
    expect([log, errors]).toEqual([[3, '|'], []]);
    expectWhole(world);
    expect(world.names(records)?.sort()).toEqual(
      ['0000000000', '0000000001', '0000000002'].map((number) => `meta-${number}`),
    );
    expect(world.server.tree()[records]?.kind).toBe('container');
    const locks = world.names(`${lockPath}/shop`);
    expect(locks?.sort()).toEqual(['leases', 'locks']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('makes only what is new, and nothing twice', () => {
    const world = new World();
    const member = world.join();
    const results = [shop(), shop(first), shop(first), whole, whole].map((what) => {
      const { log } = migrating(member, what);
      world.time.advanceBy(200);
      return log;
    });
    expect(results).toEqual([0, 1, 0, 2, 0].map((made) => [made, '|']));
    expectWhole(world);
  });

  it('is done by one of those who begin at the same time', () => {
    const world = new World();
    const all = Array.from({ length: 5 }, () => migrating(world.join()));
    world.time.advanceBy(1000);
    expect(all.map(({ log }) => log[0]).sort()).toEqual([0, 0, 0, 0, 3]);
    expectWhole(world);
    expect(world.leftovers()).toEqual(nothing);
  });

  /** A client about to send its first transaction: that is on the way from 20 to 40 ms after this. */
  function aboutToMake() {
    const world = new World();
    const slow = world.join();
    world.network.at(slow.address).latencyMs = 20;
    const run = migrating(slow);
    while (world.server.tree()[records] === undefined) world.time.advanceBy(1);
    return { world, slow, ...run };
  }

  it('makes nothing any more when it has lost the lock without knowing', () => {
    const { world, slow, log, errors } = aboutToMake();
    world.network.at(slow.address).partition('toServer');
    world.time.advanceBy(expiryMs);
    const other = migrating(world.join());
    world.time.advanceBy(expiryMs);
    expect(other.log).toEqual([3, '|']);
    world.network.at(slow.address).heal();
    world.time.advanceBy(expiryMs);
    expect([log, errors]).toEqual([[3, '|'], []]);
    expectWhole(world);
  });

  it('makes nothing when the lock is taken from it while the transaction is on its way', () => {
    const { world, log, errors } = aboutToMake();
    const other = world.join();
    other.zk.exists('/').subscribe();
    world.time.advanceBy(30);
    const [lease = ''] = world.names(`${lockPath}/shop/leases`) ?? [];
    other.zk.delete(`${lockPath}/shop/leases/${lease}`).subscribe();
    world.time.advanceBy(19);
    // It has arrived, and was refused.
    expect(recorded(world)).toEqual([]);
    world.time.advanceBy(expiryMs);
    expect([log, errors]).toEqual([[3, '|'], []]);
    expectWhole(world);
  });

  it('says which migration was changed after it was made', () => {
    const world = new World();
    const member = world.join();
    migrating(member, shop(first, second));
    world.time.advanceBy(200);
    const changed = { name: 'renamed', operations: [set('/log', 'other')] };
    const { log, errors } = migrating(member, shop(first, changed, third));
    world.time.advanceBy(200);
    expect(log).toEqual([]);
    expect(errors).toEqual([
      expect.objectContaining({
        ...{ name: 'MigrationError', id: 'shop', index: 1, operation: 'migrate', path: records },
        message: `Migration (set "shop": migration 2 ("renamed") is not what was recorded: it was changed, or another one was put before it): migrate ${records}`,
      }),
    ]);
    expect(recorded(world)).toHaveLength(2);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('says so when more is recorded than it knows', () => {
    const world = new World();
    const member = world.join();
    migrating(member);
    world.time.advanceBy(200);
    const { errors } = migrating(member, shop(first));
    world.time.advanceBy(200);
    expect(errors).toEqual([expect.objectContaining({ name: 'MigrationError', index: 1 })]);
    expect((errors[0] as Error).message).toContain(
      '3 migrations are recorded, but only 1 are known',
    );
  });

  it('says which operation was refused, keeps what was made before, and goes on from there', () => {
    const world = new World();
    const member = world.join();
    const wrong = { name: 'wrong', operations: [create('/x'), remove('/none')] };
    const { errors } = migrating(member, shop(first, wrong));
    world.time.advanceBy(200);
    expect(errors).toEqual([
      expect.objectContaining({
        ...{ name: 'MigrationError', index: 1 },
        reason: 'operation 2 of migration 2 ("wrong") was refused, NoNode: remove /none',
        cause: expect.objectContaining({ name: 'TransactionError' }) as unknown,
      }),
    ]);
    expect(world.server.tree()['/x']).toBeUndefined();
    expect(recorded(world)).toEqual(hashesOf(first));
    const again = migrating(member);
    world.time.advanceBy(200);
    expect(again.log).toEqual([2, '|']);
    expectWhole(world);
  });

  it('reads records in the order of their numbers, over the wrap of the counter', () => {
    const world = new World();
    const { zk } = world.join();
    zk.ensurePath(records).subscribe();
    world.time.advanceBy(50);
    for (const [name, { operations }] of [
      ['meta-2147483647', first],
      ['meta--2147483648', second],
      ['meta--2147483647', third],
    ] as const) {
      zk.create(`${records}/${name}`, migrationHash(operations)).subscribe();
    }
    zk.create(`${records}/a-note`, 'not a record').subscribe();
    world.time.advanceBy(50);
    const { log, errors } = migrating(world.join());
    world.time.advanceBy(200);
    expect([log, errors]).toEqual([[0, '|'], []]);
  });

  it('waits for the lock no longer than it may, and ends with the signal and the client', () => {
    const world = new World();
    const how = { layout: 'curator', maxLeases: 1 } as const;
    semaphore$(world.join().zk, `${lockPath}/shop`, how).subscribe();
    world.time.advanceBy(100);
    const waiting = recording(migrate(world.join().zk, whole, { waitMs: 500 }));
    const once = recording(migrate(world.join().zk, whole, { waitMs: 0 }));
    const controller = new AbortController();
    const aborted = recording(migrate(world.join().zk, whole, { signal: controller.signal }));
    const closing = world.join();
    const closed = migrating(closing);
    world.time.advanceBy(100);
    controller.abort('enough');
    void closing.zk.close();
    world.time.advanceBy(500);
    expect([waiting, once, aborted, closed].map(({ errors }) => errors)).toEqual([
      [expect.objectContaining({ name: 'TimeoutError', timeoutMs: 500 })],
      [expect.objectContaining({ name: 'TimeoutError', timeoutMs: 0 })],
      ['enough'],
      [expect.objectContaining({ name: 'SessionClosedError' })],
    ]);
    expect(recorded(world)).toEqual([]);
  });

  it('is lazy, and migrates for each subscription', () => {
    const world = new World();
    const request = migrate(world.join().zk, shop(first));
    world.time.advanceBy(200);
    expect(world.names(metaDataPath)).toBeUndefined();
    const one = recording(request);
    const two = recording(request);
    world.time.advanceBy(500);
    expect([one.log[0], two.log[0]].sort()).toEqual([0, 1]);
  });

  it.each([
    ['id', { ...whole, id: 'a/b' }],
    ['migrations', { ...whole, migrations: {} }],
    ['migrations[0]', shop('x' as unknown as Migration)],
    ['migrations[1].operations', shop(first, { operations: [] })],
    ['migrations[0].operations', shop({ operations: [{ type: 'get' } as never] })],
    ['migrations[0].nam', shop({ ...first, nam: 'x' } as Migration)],
    ['migrations[0].name', shop({ ...first, name: 1 } as unknown as Migration)],
    ['metadataPath', { ...whole, metadataPath: '/x' }],
  ])('refuses a wrong %s', (option, what) => {
    // As a caller without types may do.
    const { errors } = migrating(new World().join(), what as MigrationSet);
    expect(errors).toEqual([expect.any(InvalidOptionError)]);
    expect(errors[0]).toMatchObject({ option, operation: 'migrate' });
  });

  it('refuses wrong paths and options', () => {
    const { zk } = new World().join();
    const errorOf = (what: object, options: object = {}) =>
      recording(migrate(zk, { ...whole, ...what }, options)).errors;
    expect(errorOf({ lockPath: 'x' })).toEqual([expect.any(InvalidPathError)]);
    expect(errorOf({ metaDataPath: '/x/' })).toEqual([expect.any(InvalidPathError)]);
    for (const options of [{ waitMs: -1 }, { identifier: 1 }, { timeoutMs: 1 }]) {
      expect(errorOf({}, options)).toEqual([expect.any(InvalidOptionError)]);
    }
  });
});

const chunks = 24;

describe('migrate with the connection cut', () => {
  it.each(cutsOf(chunks))('$when chunk $chunk $direction: each is made once', (cut) => {
    const world = new World();
    const struck = world.join();
    cutOnce(world, struck, cut);
    const { log, errors } = migrating(struck);
    world.time.advanceBy(expiryMs);
    expect([log, errors]).toEqual([[3, '|'], []]);
    expectWhole(world);
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it.each(cutsOf(chunks))('$when chunk $chunk $direction, with another one waiting', (cut) => {
    const world = new World();
    const struck = world.join();
    cutOnce(world, struck, cut);
    const both = [migrating(struck), migrating(world.join())];
    world.time.advanceBy(2 * expiryMs);
    expect(both.map(({ errors }) => errors)).toEqual([[], []]);
    expect(both.map(({ log }) => log.at(-1))).toEqual(['|', '|']);
    expectWhole(world);
  });

  it.each(cutsOf(chunks))('$when chunk $chunk $direction: left right then', (cut) => {
    const world = new World();
    const struck = world.join();
    const { subscription } = migrating(struck);
    cutOnce(world, struck, cut, () => {
      subscription.unsubscribe();
    });
    world.time.advanceBy(expiryMs);
    subscription.unsubscribe();
    expect(world.leftovers(expiryMs)).toEqual(nothing);
    const next = migrating(world.join());
    world.time.advanceBy(expiryMs);
    expect(next.errors).toEqual([]);
    expectWhole(world);
  });
});
