/** Random requests and replies, one pair for each operation of the protocol. */

import fc from 'fast-check';

import { type Operation, type OperationName, type operations } from '../../src/wire/operations.js';
import { type MultiOperation, type MultiResult } from '../../src/wire/multi.js';
import { type Acl, type Stat } from '../../src/wire/records.js';

/** Any text that UTF-8 can carry: all planes, no lone surrogates. */
export const text = fc.string({ unit: 'binary', maxLength: 80 });
export const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => new Uint8Array(array));
export const data = fc.option(bytes, { nil: null });
export const int = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
export const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const longNumber = fc.maxSafeInteger();
const watch = fc.boolean();
const texts = fc.array(text, { maxLength: 12 });

export const stat: fc.Arbitrary<Stat> = fc.record({
  czxid: long,
  mzxid: long,
  ctime: longNumber,
  mtime: longNumber,
  version: int,
  cversion: int,
  aversion: int,
  ephemeralOwner: long,
  dataLength: int,
  numChildren: int,
  pzxid: long,
});

const acl: fc.Arbitrary<Acl[]> = fc.array(fc.record({ perms: int, scheme: text, id: text }), {
  maxLength: 4,
});

const path = fc.record({ path: text });
const pathWatch = fc.record({ path: text, watch });
const pathVersion = fc.record({ path: text, version: int });
const pathStat = fc.record({ path: text, stat });
const dataStat = fc.record({ data, stat });
const create = fc.record({ path: text, data, acl, flags: int });
const createTtl = fc.record({ path: text, data, acl, flags: int, ttlMs: longNumber });
const setData = fc.record({ path: text, data, version: int });
const pathWatcher = fc.record({ path: text, watcherType: int });
const setWatchesFields = { relativeZxid: long, data: texts, exist: texts, child: texts };
const token = fc.record({ token: data });
const nothing = fc.constant(undefined);

function tagged<Type extends string, T extends object>(
  types: readonly Type[],
  record: fc.Arbitrary<T>,
) {
  return fc.tuple(fc.constantFrom(...types), record).map(([type, fields]) => ({ type, ...fields }));
}

const multi: fc.Arbitrary<MultiOperation[]> = fc.array(
  fc.oneof(
    tagged(['create', 'create2', 'createContainer'], create),
    tagged(['createTtl'], createTtl),
    tagged(['delete', 'check'], pathVersion),
    tagged(['setData'], setData),
    tagged(['getData', 'getChildren'], pathWatch),
  ),
  { maxLength: 6 },
);

const multiResults: fc.Arbitrary<MultiResult[]> = fc.array(
  fc.oneof(
    tagged(['create'], path),
    tagged(['create2'], pathStat),
    tagged(['setData'], fc.record({ stat })),
    tagged(['delete', 'check'], fc.constant({})),
    tagged(['getData'], dataStat),
    tagged(['getChildren'], fc.record({ names: texts })),
    tagged(['error'], fc.record({ error: int })),
  ),
  { maxLength: 6 },
);

type Pair<Row> =
  Row extends Operation<infer Request, infer Response>
    ? readonly [fc.Arbitrary<Request>, fc.Arbitrary<Response>]
    : never;

/** What each operation asks and answers; a row that is added to the table is missed here by the type checker. */
export const exchanges: { readonly [Name in OperationName]: Pair<(typeof operations)[Name]> } = {
  create: [create, text],
  delete: [pathVersion, nothing],
  exists: [pathWatch, stat],
  getData: [pathWatch, dataStat],
  setData: [setData, stat],
  getAcl: [path, fc.record({ acl, stat })],
  setAcl: [fc.record({ path: text, acl, version: int }), stat],
  getChildren: [pathWatch, texts],
  sync: [path, text],
  ping: [nothing, nothing],
  getChildren2: [pathWatch, fc.record({ names: texts, stat })],
  check: [pathVersion, nothing],
  multi: [multi, multiResults],
  create2: [create, pathStat],
  reconfig: [
    fc.record({
      joining: fc.option(text),
      leaving: fc.option(text),
      newMembers: fc.option(text),
      configId: long,
    }),
    dataStat,
  ],
  checkWatches: [pathWatcher, nothing],
  removeWatches: [pathWatcher, nothing],
  createContainer: [create, pathStat],
  createTtl: [createTtl, pathStat],
  multiRead: [multi, multiResults],
  auth: [fc.record({ type: int, scheme: text, credential: data }), nothing],
  setWatches: [fc.record(setWatchesFields), nothing],
  sasl: [token, token],
  getEphemerals: [fc.record({ prefix: fc.option(text) }), texts],
  getAllChildrenNumber: [path, int],
  setWatches2: [
    fc.record({ ...setWatchesFields, persistent: texts, persistentRecursive: texts }),
    nothing,
  ],
  addWatch: [fc.record({ path: text, mode: int }), int],
  whoAmI: [nothing, fc.array(fc.record({ scheme: text, user: text }), { maxLength: 4 })],
  closeSession: [nothing, nothing],
};
