/** Schema rules: what they refuse, in every request and live read that they are about, and that nothing of it is sent. */

import { type Observable } from 'rxjs';
import {
  acl,
  create,
  ephemeral$,
  InvalidOptionError,
  json,
  lock$,
  parseSchemas,
  read,
  remove,
  type Schema,
  type SchemaRule,
  SchemaViolationError,
  set,
  text,
  type ZooKeeper,
} from '../../src/index.js';
import { VirtualClient, watch } from './virtual-client.js';

const ephemeral = { mode: 'ephemeral' } as const;
const sequential = { sequential: true } as const;

const rules: readonly SchemaRule[] = [
  { name: 'services', path: /\/services\/[^/]+/, ephemeral: 'must', sequential: 'cannot' },
  {
    name: 'config',
    path: '/config',
    ephemeral: 'cannot',
    data: json<unknown>(),
    canBeDeleted: false,
  },
  { name: 'jobs', path: '/jobs/job-', sequential: 'must' },
  {
    name: 'private',
    path: '/private',
    acl: (list) => !list.some(({ scheme }) => scheme === 'world'),
  },
  { name: 'named', path: '/named', data: (bytes) => bytes.length < 3 || 'must be shorter than 3' },
  { name: 'quiet', path: '/quiet', watched: 'cannot' },
  { name: 'live', path: '/live', watched: 'must' },
  { name: 'tree', path: /\/tree(\/.*)?/g, canBeDeleted: true },
  { name: 'leaf', path: '/tree/a/b', canBeDeleted: false },
];

type Use = (zk: ZooKeeper) => Observable<unknown>;

const refused: readonly [string, string, string, Use][] = [
  ['services', 'must be ephemeral', '/services/a', (zk) => zk.create('/services/a')],
  ['services', 'must be ephemeral', '/services/a', (zk) => zk.ensurePath('/services/a')],
  [
    'services',
    'cannot be sequential',
    '/services/a',
    (zk) => zk.create('/services/a', '', { ...ephemeral, ...sequential }),
  ],
  ['config', 'cannot be ephemeral', '/config', (zk) => zk.create('/config', '{}', ephemeral)],
  ['config', 'data is not valid', '/config', (zk) => zk.create('/config', 'no json')],
  [
    'config',
    'data is not valid',
    '/config',
    (zk) => zk.create('/config', 'no json', { idempotent: true }),
  ],
  ['config', 'data is not valid', '/config', (zk) => zk.set('/config', 'no json')],
  ['config', 'data is not valid', '/config', (zk) => zk.set('/config', null)],
  ['config', 'data is not valid', '/config', (zk) => zk.set('/config', '', { idempotent: true })],
  [
    'config',
    'data is not valid',
    '/config',
    (zk) => zk.transaction([create('/x'), set('/config', 'x')]),
  ],
  ['config', 'cannot be deleted', '/config', (zk) => zk.delete('/config')],
  ['config', 'cannot be deleted', '/config', (zk) => zk.delete('/config', { guaranteed: true })],
  ['config', 'cannot be deleted', '/config', (zk) => zk.delete('/config', { recursive: true })],
  ['config', 'cannot be deleted', '/config', (zk) => zk.delete('/config', { idempotent: true })],
  ['config', 'cannot be deleted', '/config', (zk) => zk.transaction([remove('/config')])],
  ['jobs', 'must be sequential', '/jobs/job-', (zk) => zk.create('/jobs/job-')],
  ['jobs', 'must be sequential', '/jobs/job-', (zk) => zk.transaction([create('/jobs/job-')])],
  ['private', 'ACL is not valid', '/private', (zk) => zk.create('/private')],
  ['private', 'ACL is not valid', '/private', (zk) => zk.setAcl('/private', acl.readOnly)],
  ['named', 'data: must be shorter than 3', '/named', (zk) => zk.create('/named', 'abc')],
  ['quiet', 'cannot be watched', '/quiet', (zk) => zk.data$('/quiet')],
  ['quiet', 'cannot be watched', '/quiet', (zk) => zk.node$('/quiet', text())],
  ['quiet', 'cannot be watched', '/quiet', (zk) => zk.exists$('/quiet')],
  ['quiet', 'cannot be watched', '/quiet', (zk) => zk.children$('/quiet')],
  ['quiet', 'cannot be watched', '/quiet', (zk) => zk.created$('/quiet')],
  ['quiet', 'cannot be watched', '/quiet', (zk) => zk.deleted$('/quiet')],
  ['quiet', 'cannot be watched', '/quiet', (zk) => zk.tree$('/quiet')],
  ['live', 'must be watched', '/live', (zk) => zk.get('/live')],
  ['live', 'must be watched', '/live', (zk) => zk.get('/live', text())],
  ['live', 'must be watched', '/live', (zk) => zk.exists('/live')],
  ['live', 'must be watched', '/live', (zk) => zk.children('/live')],
  ['live', 'must be watched', '/live', (zk) => zk.multiRead([read.data('/live')])],
  ['services', 'cannot be sequential', '/services/lock-', (zk) => lock$(zk, '/services')],
  ['config', 'cannot be ephemeral', '/config', (zk) => ephemeral$(zk, '/config', '{}')],
];

function worldWith(schema: Schema, chroot = ''): VirtualClient {
  return new VirtualClient({ client: { schema }, chroot });
}

describe('a schema', () => {
  it.each(refused)('rule %s says "%s" of %s (%#)', (rule, reason, path, use) => {
    const { zk, time, server } = worldWith({ rules });
    const record = watch(use(zk));
    time.advanceBy(1000);
    const { error } = record;
    expect(error).toBeInstanceOf(SchemaViolationError);
    // A recipe's own znodes have names with ids.
    const isRecipe = path.endsWith('lock-');
    expect(error).toMatchObject({ rule, reason, ...(isRecipe ? {} : { path }) });
    expect((error as Error).message).toContain(`SchemaViolation (rule "${rule}": ${reason}): `);
    expect(server.tree()).not.toHaveProperty([path]);
  });

  it('lets through what it allows', () => {
    const world = worldWith({ rules });
    const { zk } = world;
    world.run(zk.create('/services'));
    world.run(zk.create('/services/a', '', ephemeral));
    world.run(zk.create('/config', '{}'));
    world.run(zk.set('/config', '[1]'));
    world.run(zk.create('/jobs'));
    expect(world.run(zk.create('/jobs/job-', '', sequential))).toBe('/jobs/job-0000000000');
    world.run(zk.delete('/jobs/job-0000000000'));
    world.run(zk.create('/elsewhere'));
    expect(watch(zk.data$('/live')).error).toBeUndefined();
  });

  it('finds what may not be deleted before anything is', () => {
    const world = worldWith({ rules });
    world.run(world.zk.ensurePath('/tree/a/b'));
    world.run(world.zk.ensurePath('/tree/a/c/d'));
    const error = world.fail(world.zk.delete('/tree', { recursive: true }));
    expect(error).toMatchObject({ rule: 'leaf', path: '/tree/a/b', operation: 'delete' });
    expect(world.server.tree()).toHaveProperty(['/tree/a/c/d']);
  });

  it('refuses what no rule is for, if it says so', () => {
    const world = worldWith({ rules, otherwise: 'deny' });
    const { zk } = world;
    const uses = [
      zk.create('/x'),
      zk.get('/x'),
      zk.set('/x', ''),
      zk.delete('/x'),
      zk.exists$('/x'),
    ];
    for (const use of [...uses, zk.create('/', '', sequential), zk.transaction([create('/x')])]) {
      expect(world.fail(use)).toMatchObject({ name: 'SchemaViolationError', rule: undefined });
    }
    world.run(zk.create('/config', '{}'));
    expect(world.run(zk.children('/'))).toContain('config');
  });

  it('holds below the chroot, and through every view besides the rules of the view', () => {
    const world = worldWith({ rules: [{ path: '/team/a', ephemeral: 'must' }] }, '/app');
    world.run(world.zk.ensurePath('/'));
    const team = world.zk.namespace('/team', {
      schema: {
        rules: [{ name: 'b', path: '/b', data: () => false }, { path: '/a' }],
        otherwise: 'deny',
      },
    });
    expect(world.fail(team.create('/a'))).toMatchObject({ rule: '/team/a', path: '/a' });
    expect(world.fail(team.namespace('/b').create('/'))).toMatchObject({ rule: 'b', path: '/' });
    expect(world.fail(team.create('/c'))).toMatchObject({ rule: undefined, path: '/c' });
    // The namespace itself is made for what is allowed.
    expect(world.run(team.create('/a', '', ephemeral))).toBe('/a');
    // A view does not bind the client.
    world.run(world.zk.create('/team/c'));
  });

  it('does not say what the data are', () => {
    const world = worldWith({ rules });
    const error = world.fail(world.zk.set('/config', 'secret words')) as Error;
    expect(error.message).not.toContain('secret');
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });

  it('is not confused by patterns that remember where they stopped', () => {
    const world = worldWith({ rules: [{ path: /\/a+/gy, canBeDeleted: false }] });
    for (const path of ['/a', '/aa', '/aa']) {
      expect(world.fail(world.zk.delete(path))).toBeInstanceOf(SchemaViolationError);
    }
    expect(world.fail(world.zk.delete('/ab'))).not.toBeInstanceOf(SchemaViolationError);
  });

  it.each<[string, unknown]>([
    ['schema.rules', {}],
    ['schema.rule', { rule: [] }],
    ['schema.otherwise', { rules: [], otherwise: 'maybe' }],
    ['schema.rules[0].path', { rules: [{ path: 'a' }] }],
    ['schema.rules[0].path', { rules: [{}] }],
    ['schema.rules[0].ephemeral', { rules: [{ path: '/a', ephemeral: true }] }],
    ['schema.rules[0].canBeDeleted', { rules: [{ path: '/a', canBeDeleted: 'no' }] }],
    ['schema.rules[0].data', { rules: [{ path: '/a', data: {} }] }],
    ['schema.rules[0].acl', { rules: [{ path: '/a', acl: [] }] }],
    ['schema.rules[0].watch', { rules: [{ path: '/a', watch: 'can' }] }],
  ])('is refused at once: %s of %j', (option, schema) => {
    const wrong = { schema } as { schema: Schema };
    expect(() => worldWith(wrong.schema)).toThrow(`InvalidOption ${option}:`);
    const { zk } = new VirtualClient();
    expect(() => zk.namespace('/a', wrong)).toThrow(`InvalidOption ${option}:`);
  });
});

describe('parseSchemas', () => {
  const full = {
    ...{ name: 'n', path: '/a/.*', isRegex: true, schemaValidator: 'v', documentation: 'd' },
    ...{ ephemeral: 'MUST', sequential: 'can', watched: 'cannot', canBeDeleted: false },
    metadata: { owner: 'bob' },
  };

  it("reads Curator's JSON", () => {
    const data = json();
    const [first, second] = parseSchemas(JSON.stringify([full, { name: 'm', path: '/b' }]), {
      validators: { v: data },
    });
    expect(first).toEqual({
      ...{ name: 'n', path: /\/a\/.*/, data, documentation: 'd', ephemeral: 'must' },
      ...{ sequential: 'can', watched: 'cannot', canBeDeleted: false, metadata: { owner: 'bob' } },
    });
    expect(second).toMatchObject({ name: 'm', path: '/b', ephemeral: 'can', canBeDeleted: true });
  });

  it.each([
    ['no JSON', '['],
    ['no list', '{}'],
    ['no object', '[1]'],
    ['no name', '[{"path":"/a"}]'],
    ['no path', '[{"name":"a"}]'],
    ['a malformed path', '[{"name":"a","path":"a"}]'],
    ['a malformed pattern', '[{"name":"a","path":"(","isRegex":true}]'],
    ['no such validator', '[{"name":"a","path":"/a","schemaValidator":"toString"}]'],
    ['no such allowance', '[{"name":"a","path":"/a","watched":"may"}]'],
  ])('refuses %s', (_, text) => {
    expect(() => parseSchemas(text)).toThrow(InvalidOptionError);
  });
});
