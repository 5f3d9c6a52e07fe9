/** Who may do what (ACLs and credentials), and what this program itself must not do (a schema). */

import { acl, json, NoAuthError, SchemaViolationError, zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  // Whatever this client creates belongs to whoever knows the password; others may read.
  const owner = zookeeper(hosts, {
    auth: [{ scheme: 'digest', credential: 'shop:secret' }],
    defaultAcl: [...acl.creatorAll, ...acl.readOnly],
    schema: {
      rules: [
        { name: 'prices', path: /\/examples\/prices\/[^/]+/, ephemeral: 'cannot', data: json() },
      ],
    },
  });
  await owner.create('/examples/prices/rxjs', '42', { parents: 'persistent' });

  const guest = zookeeper(hosts);
  print(`a guest reads ${String((await guest.get('/examples/prices/rxjs', json<number>())).data)}`);
  await guest.set('/examples/prices/rxjs', '1').catch((error: unknown) => {
    print(`a guest may not write: ${String(error instanceof NoAuthError)}`);
  });
  await guest.close();

  await owner.create('/examples/prices/odd', 'not a price').catch((error: unknown) => {
    if (error instanceof SchemaViolationError) print(`not sent: ${error.message}`);
  });
  await owner.close();
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
