/** The recipes that look at what is there. */

import { concat, map } from 'rxjs';
import * as rxzk from '../../../src/index.js';
import { encodeInstance } from '../../../src/recipes/services/service-instance.js';
import { dataAt } from '../counts.js';
import { type World } from '../world.js';
import { below, dataBelow, everybody, path, put, type Recipe } from './recipe.js';

const stays = /./;
/** Ids as in the names of contenders: only that they are different matters. */
const id = (text: string) => Buffer.from(text).toString('hex').padEnd(32, '0').slice(0, 32);

/** Puts a child under the place, whose name and data hold the text. */
function child(marker: string, sequential = true): NonNullable<Recipe['stir']> {
  return (zk, text) =>
    concat(put(zk, path), zk.create(`${path}/${id(text)}${marker}`, text, { sequential }));
}

/** A row whose ground is one child, and whose stir is another. */
function looksAt(row: Omit<Recipe, 'ground' | 'stir' | 'stays'>, marker: string): Recipe {
  const sequential = row.counted !== undefined;
  const stir = child(marker, sequential);
  return { ...row, ground: (zk) => stir(zk, 'first'), stir, stays };
}

const contenders: Recipe = looksAt(
  {
    name: 'contenders$',
    use: (zk) =>
      rxzk
        .contenders$(zk, path)
        .pipe(map((queue) => queue.map(({ identifier }) => identifier).join(' '))),
    atRest: everybody((world) => dataBelow(world).join(' ')),
    counted: [path],
  },
  '__lock__',
);

const leader: Recipe = looksAt(
  {
    name: 'leader$',
    use: (zk) => rxzk.leader$(zk, path).pipe(map((who) => who ?? 'null')),
    atRest: everybody((world) => dataBelow(world)[0] ?? 'null'),
    counted: [path],
  },
  '__lock__',
);

const leaseHolders: Recipe = looksAt(
  {
    name: 'leaseHolders$',
    use: (zk) =>
      rxzk.leaseHolders$(zk, path).pipe(
        map((holders) =>
          holders
            .map(({ identifier }) => identifier)
            .sort()
            .join(' '),
        ),
      ),
    atRest: everybody((world) => [...dataBelow(world)].sort().join(' ')),
  },
  '',
);

const members = (['party', 'shallow'] as const).map((layout): Recipe => {
  const isParty = layout === 'party';
  const row: Recipe = looksAt(
    {
      name: 'members$',
      variant: layout,
      use: (zk) =>
        rxzk
          .members$(zk, path, { layout })
          .pipe(map((all) => all.map(({ identifier }) => identifier).join(' '))),
      atRest: everybody((world) => [...dataBelow(world)].sort().join(' ')),
    },
    '__party__',
  );
  if (isParty) return row;
  const stir: Recipe['stir'] = (zk, text) =>
    concat(put(zk, path), zk.create(`${path}/${id(text)}-${text}`, text));
  return { ...row, ground: (zk) => stir(zk, 'first'), stir };
});

const childrenData: Recipe = looksAt(
  {
    name: 'childrenData$',
    use: (zk) =>
      rxzk.childrenData$(zk, path, { codec: rxzk.text() }).pipe(
        map((all) => {
          if (all === null) return 'null';
          return [...all]
            .map(([name, data]) => `${name}=${data}`)
            .sort()
            .join(' ');
        }),
      ),
    atRest: everybody((world) =>
      world.names(path) === undefined ? 'null' : [...below(world)].sort().join(' '),
    ),
  },
  '',
);

const settledChildren: Recipe = looksAt(
  {
    name: 'settledChildren$',
    use: (zk) =>
      rxzk
        .settledChildren$(zk, path, 50)
        .pipe(map((names) => (names === null ? 'null' : [...names].sort().join(' ')))),
    atRest: everybody((world) => world.names(path)?.sort().join(' ') ?? 'null'),
  },
  '',
);

const tree: Recipe = looksAt(
  {
    name: 'tree$',
    use: (zk) =>
      zk.tree$(path).pipe(
        map((update) =>
          [...update.tree.toMap()]
            .map(([znode, { data }]) => `${znode}=${Buffer.from(data ?? []).toString()}`)
            .sort()
            .join(' '),
        ),
      ),
    atRest: everybody((world) =>
      Object.keys(world.server.tree())
        .filter((znode) => znode.startsWith(path))
        .map((znode) => `${znode}=${dataAt(world.server, znode) ?? ''}`)
        .sort()
        .join(' '),
    ),
  },
  '',
);

const services: Recipe = looksAt(
  {
    name: 'services$',
    use: (zk) => rxzk.services$(zk, path).pipe(map((names) => names.join(' '))),
    atRest: everybody((world) => world.names(path)?.sort().join(' ') ?? ''),
  },
  '',
);

const register: NonNullable<Recipe['stir']> = (zk, text) => {
  const instance = {
    name: 'search',
    id: text,
    address: null,
    port: null,
    sslPort: null,
    payload: null,
    registrationTimeUTC: 0,
    serviceType: 'PERMANENT',
    uriSpec: null,
    enabled: true,
  } as const;
  const service = `${path}/search`;
  return concat(put(zk, service), zk.create(`${service}/${text}`, encodeInstance(instance)));
};

const instances: Recipe = {
  name: 'instances$',
  ground: (zk) => register(zk, 'first'),
  use: (zk) =>
    rxzk.instances$(zk, path, 'search').pipe(map((all) => all.map((one) => one.id).join(' '))),
  stir: register,
  atRest: everybody((world) => world.names(`${path}/search`)?.sort().join(' ') ?? ''),
  stays,
};

/** A row about the data of the place itself. */
function value(name: string, use: Recipe['use'], missing: string): Recipe {
  return {
    name,
    ground: (zk) => put(zk, path, '1'),
    use,
    stir: (zk, text) => put(zk, path, String(text.length)),
    atRest: everybody((world: World) => dataAt(world.server, path) ?? missing),
    stays,
  };
}

const counter: Recipe = value(
  'counter$',
  (zk) => rxzk.counter$(zk, path).pipe(map((count) => String(count))),
  '0',
);

const sharedValue: Recipe = value(
  'sharedValue$',
  (zk) =>
    rxzk
      .sharedValue$(zk, path, { codec: rxzk.text(), initial: 'none' })
      .pipe(map((one) => one.value)),
  'none',
);

/** One row for each. */
export const listRows: readonly Recipe[] = [
  contenders,
  leader,
  leaseHolders,
  ...members,
  childrenData,
  settledChildren,
  tree,
  services,
  instances,
  counter,
  sharedValue,
];
