/** The recipes that keep a znode for somebody. */

import { map } from 'rxjs';
import * as rxzk from '../../../src/index.js';
import { type World } from '../world.js';
import { ephemerals, everybody, oneOfThem, path, type Recipe } from './recipe.js';

function fenceAt(world: World, znode: string): string {
  const stat = world.server.tree()[znode]?.stat;
  return stat === undefined ? '' : `standing ${String(stat.czxid)}`;
}

function show(state: rxzk.EphemeralState): string {
  return state.status === 'standing' ? `standing ${String(state.fence)}` : state.status;
}

const ephemeral: Recipe = {
  name: 'ephemeral$',
  use: (zk, who) => rxzk.ephemeral$(zk, `${path}/one`, who).pipe(map(show)),
  atRest: oneOfThem((world) => fenceAt(world, `${path}/one`)),
};

const joins = (['party', 'shallow'] as const).map((layout): Recipe => {
  return {
    name: 'join$',
    variant: layout,
    use: (zk, identifier) => rxzk.join$(zk, path, { identifier, layout }).pipe(map(show)),
    atRest: (world, last) => {
      const standing = ephemerals(world).map((fence) => `standing ${String(fence)}`);
      expect([...last].sort()).toEqual(standing.sort());
    },
  };
});

const persistentTtl: Recipe = {
  name: 'persistentTtl$',
  use: (zk, who) =>
    rxzk
      .persistentTtl$(zk, `${path}/one`, who, { ttlMs: 3000 })
      .pipe(map(({ fence }) => `standing ${String(fence)}`)),
  atRest: everybody((world) => {
    const touched = world.server.tree()[`${path}/one/touch`];
    return touched === undefined ? 'not touched' : fenceAt(world, `${path}/one`);
  }),
  // It goes when its time is up.
  stays: /^\/every(\/here(\/one(\/touch)?)?)?$/,
};

/** Each has an entry of its own, and says so. */
const sequentialRegister: Recipe = {
  name: 'register$',
  variant: 'DYNAMIC_SEQUENTIAL',
  use: (zk, payload) =>
    rxzk
      .register$(zk, path, {
        ...{ name: 'search', id: 'one', registrationTimeUTC: 0, payload },
        serviceType: 'DYNAMIC_SEQUENTIAL',
      })
      .pipe(
        map((state) =>
          state.status === 'registered'
            ? `${state.path} says ${String(state.instance.payload)}`
            : state.status,
        ),
      ),
  atRest: (world, last) => {
    const entries = Object.entries(world.server.tree()).filter(([at]) =>
      at.startsWith(`${path}/search/`),
    );
    const says = entries.map(([at, { data }]) => {
      const { payload } = JSON.parse(Buffer.from(data ?? []).toString()) as { payload: string };
      return `${at} says ${payload}`;
    });
    expect([...last].sort()).toEqual(says.sort());
  },
};

const registers = (['DYNAMIC', 'STATIC', 'PERMANENT'] as const).map((serviceType): Recipe => {
  const isDynamic = serviceType === 'DYNAMIC';
  // One that is not dynamic is not watched: whoever removes it wants it to be gone.
  const registered = (world: World) =>
    !isDynamic || `${path}/search/one` in world.server.tree() ? 'registered' : '';
  return {
    name: 'register$',
    variant: serviceType,
    use: (zk, who) =>
      rxzk
        .register$(zk, path, { name: 'search', id: 'one', payload: who, serviceType })
        .pipe(map(({ status }) => status)),
    // Two who say the same of a static instance do not get in each other's way.
    atRest: isDynamic ? oneOfThem(registered) : everybody(registered),
    ...(serviceType === 'PERMANENT' ? { stays: /^\/every(\/here(\/search(\/one)?)?)?$/ } : {}),
  };
});

/** One row for each, or for each kind. */
export const keptRows: readonly Recipe[] = [
  ephemeral,
  ...joins,
  persistentTtl,
  ...registers,
  sequentialRegister,
];
