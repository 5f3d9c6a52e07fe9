/** Random requests: every operation of the protocol, in sense and nonsense. */

import fc from 'fast-check';
import { type OperationName } from '../../src/wire/operations.js';
import { acls, credentials, data, flags, paths, ttls, versions, zxids } from './alphabet.js';
import { type Ask } from './script.js';

const path = paths;
const watch = fc.boolean();
const create = fc.record({ path, data, acl: acls, flags });
const createTtl = fc.record({
  path,
  data,
  acl: acls,
  flags: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(5, 6) }, { weight: 1, arbitrary: flags }),
  ttlMs: ttls,
});
const pathVersion = fc.record({ path, version: versions });
const setData = fc.record({ path, data, version: versions });
const pathWatch = fc.record({ path, watch });
const pathOnly = fc.record({ path });
const watcher = fc.record({ path, watcherType: fc.constantFrom(1, 2, 3, 3, 0, 9) });
const list = fc.array(path, { maxLength: 3 });
const setWatches = { relativeZxid: zxids, data: list, exist: list, child: list };

const typed = <T extends string, R extends object>(type: T, record: fc.Arbitrary<R>) =>
  record.map((body) => ({ type, ...body }));

const multiWrite = fc.oneof(
  { weight: 4, arbitrary: typed('create', create) },
  { weight: 1, arbitrary: typed('create2', create) },
  { weight: 1, arbitrary: typed('createContainer', create) },
  { weight: 1, arbitrary: typed('createTtl', createTtl) },
  { weight: 3, arbitrary: typed('delete', pathVersion) },
  { weight: 3, arbitrary: typed('setData', setData) },
  { weight: 2, arbitrary: typed('check', pathVersion) },
);
const multiRead = fc.oneof(typed('getData', pathWatch), typed('getChildren', pathWatch));

// Weight, operation, body.
const rows: readonly (readonly [number, OperationName, fc.Arbitrary<unknown>])[] = [
  [20, 'create', create],
  [5, 'create2', create],
  [2, 'createContainer', create],
  [2, 'createTtl', createTtl],
  [10, 'delete', pathVersion],
  [10, 'setData', setData],
  [7, 'exists', pathWatch],
  [7, 'getData', pathWatch],
  [7, 'getChildren', pathWatch],
  [5, 'getChildren2', pathWatch],
  [3, 'getAcl', pathOnly],
  [5, 'setAcl', fc.record({ path, acl: acls, version: versions })],
  [2, 'sync', pathOnly],
  [1, 'ping', fc.constant(undefined)],
  [9, 'multi', fc.array(multiWrite, { maxLength: 5 })],
  [1, 'multi', fc.array(fc.oneof(multiWrite, multiRead), { maxLength: 3 })],
  [2, 'multiRead', fc.array(multiRead, { maxLength: 4 })],
  [1, 'multiRead', fc.array(fc.oneof(multiRead, multiWrite), { maxLength: 3 })],
  [
    2,
    'getEphemerals',
    fc.record({ prefix: fc.option(fc.oneof(path, fc.constant('~/')), { nil: null }) }),
  ],
  [2, 'getAllChildrenNumber', pathOnly],
  [2, 'whoAmI', fc.constant(undefined)],
  [8, 'addWatch', fc.record({ path, mode: fc.constantFrom(0, 1, 7) })],
  [1, 'checkWatches', watcher],
  [
    2,
    'checkWatches',
    fc.record({
      path: fc.constantFrom('~/d/e', '~/a/b/c', '~/s0000000000'),
      watcherType: fc.constantFrom(1, 2, 3),
    }),
  ],
  [4, 'removeWatches', watcher],
  [3, 'setWatches', fc.record(setWatches)],
  [3, 'setWatches2', fc.record({ ...setWatches, persistent: list, persistentRecursive: list })],
  [1, 'reconfig', fc.constant({ joining: null, leaving: '1', newMembers: null, configId: -1n })],
];

/** A request that may stand among others. */
export const requests: fc.Arbitrary<Ask> = fc.oneof(
  ...rows.map(([weight, op, body]) => ({
    weight: weight * 12,
    arbitrary: body.map((one): Ask => ({ op, body: one })),
  })),
  // One in about a hundred cannot be read.
  {
    weight: 16,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...rows.filter(([, op]) => op !== 'ping')),
        fc.integer({ min: 1, max: 6 }),
      )
      .chain(([[, op, body], short]) => body.map((one): Ask => ({ op, body: one, short }))),
  },
);

/** A request that stands alone in its step. */
export const loneRequests: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 6, arbitrary: credentials.map((body): Ask => ({ op: 'auth', body })) },
  { weight: 3, arbitrary: fc.constant<Ask>({ op: 'closeSession', body: undefined }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Ask>(
      { op: 'sasl', body: { token: null } },
      { op: 'sasl', body: { token: new Uint8Array(0) } },
      { op: 'sasl', body: { token: new Uint8Array(3) } },
    ),
  },
);

/** What makes a quota: the limits, and the place for the figures. */
export const quotaRequests: fc.Arbitrary<readonly Ask[]> = fc
  .tuple(data, fc.boolean(), fc.constantFrom('', '/a'))
  .map(([limits, withStats, below]) => {
    const make = (path: string, content: Uint8Array | null): Ask => ({
      op: 'create',
      body: { path: `/zookeeper/quota~${path}`, data: content, acl: openAcl, flags: 0 },
    });
    return [
      make('', null),
      ...(below === '' ? [] : [make(below, null)]),
      make(`${below}/zookeeper_limits`, limits),
      ...(withStats ? [make(`${below}/zookeeper_stats`, noFigures)] : []),
    ];
  });

const openAcl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const noFigures = new TextEncoder().encode('count=0,bytes=0');
