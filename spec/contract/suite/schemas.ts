/** The contract of schema rules: what they refuse never reaches the server, and what they allow is done there. */

import {
  acl,
  create,
  json,
  lock$,
  type Schema,
  SchemaViolationError,
  text,
} from '../../../src/index.js';
import { expectFailure, record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const schema: Schema = {
  rules: [
    { name: 'config', path: '/config', ephemeral: 'cannot', data: json(), canBeDeleted: false },
    { name: 'jobs', path: '/jobs/job-', sequential: 'must' },
    { name: 'services', path: /\/services\/[^/]+/, ephemeral: 'must' },
    {
      name: 'private',
      path: '/private',
      acl: (list) => list.every(({ scheme }) => scheme !== 'world'),
    },
    { name: 'parents', path: /\/(jobs|services|team)?/ },
  ],
  otherwise: 'deny',
};
const ephemeral = { mode: 'ephemeral' } as const;

export function describeSchemas(target: ContractTarget): void {
  describe('schema', () => {
    it('lets the server do what its rules allow', async () => {
      const zk = await target.client({
        schema,
        auth: [{ scheme: 'digest', credential: 'bob:pw' }],
      });
      await zk.create('/config', '{"a":1}');
      await zk.set('/config', '{"a":2}');
      await zk.create('/jobs');
      expect(await zk.create('/jobs/job-', 'x', { sequential: true })).toBe('/jobs/job-0000000000');
      await zk.transaction([create('/services'), create('/services/a', 'x', ephemeral)]);
      await zk.create('/private', 'x', { acl: acl.creatorAll });
      const config = record(zk.data$('/config', text()));
      await config.settles('the data', (data) => data === '{"a":2}');
      expect((await zk.children('/')).slice().sort()).toEqual([
        'config',
        'jobs',
        'private',
        'services',
      ]);
    });

    it('keeps from the server what its rules do not allow, and the session goes on', async () => {
      const zk = await target.client({ schema });
      const states = record(zk.state$);
      await zk.create('/config', '{}');
      const before = (await zk.exists('/'))?.pzxid;
      for (const [request, message] of [
        [zk.set('/config', 'no json'), 'rule "config": data is not valid'],
        [zk.delete('/config'), 'rule "config": cannot be deleted'],
        [zk.create('/jobs/job-'), 'rule "jobs": must be sequential'],
        [zk.create('/private'), 'rule "private": ACL is not valid'],
        [zk.create('/elsewhere'), 'no rule allows it'],
        [zk.transaction([create('/services'), create('/services/a')]), 'rule "services": must be'],
        [zk.create('/services/a', '', { parents: 'persistent' }), 'rule "services": must be'],
      ] as const) {
        const escaped = message.replace(/[()]/g, '\\$&');
        await expectFailure(request, SchemaViolationError, new RegExp(escaped));
      }
      const lock = record(lock$(zk, '/config'));
      expect(await lock.failure()).toBeInstanceOf(SchemaViolationError);
      // Not a single znode was made or taken away.
      expect((await zk.exists('/'))?.pzxid).toBe(before);
      expect((await zk.get('/config', text())).data).toBe('{}');
      expect(states.values.map(({ status }) => status)).toEqual(['connecting', 'connected']);
    });

    it('of a view holds besides that of the client, and binds nobody else', async () => {
      const zk = await target.client({ schema });
      const anybody = target.clientAt(zk.chroot);
      const rules = [{ name: 'small', path: '/a', data: (data: Uint8Array) => data.length < 3 }];
      const team = anybody.namespace('/team', { schema: { rules } });
      await expectFailure(team.create('/a', 'long'), SchemaViolationError, /rule "small"/);
      expect(await team.create('/a', 'x')).toBe('/a');
      await anybody.set('/team/a', 'long');
      await expectFailure(zk.namespace('/team').create('/b'), SchemaViolationError, /create \/b/);
    });
  });
}
