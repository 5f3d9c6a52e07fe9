/** Logging in by Kerberos at a real server, with a throw-away KDC and the package `kerberos`. */

import { join } from 'node:path';
import { startZooKeeper } from '../../src/testing/real/start.js';
import { Program } from '../contract/support/program.js';
import { describeNeeding } from '../interop/needs.js';
import { findKerberos, Kdc, realm } from '../support/kdc.js';

const limitMs = 180_000;
const programs = join(__dirname, '../contract/programs');

const jaasFor = (keytab: string) => `Server {
  com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true useTicketCache=false
  keyTab="${keytab}" principal="zookeeper/localhost@${realm}";
};`;

describeNeeding('a real server with Kerberos', findKerberos(), (modules) => {
  /** A client in a process of its own: the library reads the environment, and Jest's is a copy. */
  const client = (env: Readonly<Record<string, string>>, settings: object): Program => {
    const variables = Object.entries({ ...env, NODE_PATH: modules });
    return new Program('env', [
      ...variables.map(([name, value]) => `${name}=${value}`),
      ...[process.execPath, '-r', join(programs, 'typescript.cjs')],
      ...[join(programs, 'kerberos-login.ts'), JSON.stringify(settings)],
    ]);
  };

  const serverOf = (kdc: Kdc) =>
    startZooKeeper({
      jaas: jaasFor(kdc.keytab('zookeeper/localhost')),
      requireSasl: true,
      relay: true,
      systemProperties: { 'java.security.krb5.conf': kdc.config },
    });

  it(
    'lets in who has a ticket, again after a cut, and knows his name',
    async () => {
      await using kdc = await Kdc.start();
      await using server = await serverOf(kdc);
      const bob = client(kdc.ticketOf('bob'), { hosts: server.hosts, host: 'localhost' });
      try {
        const ids = [`sasl:bob@${realm}`];
        expect(await bob.event('in')).toMatchObject({ ids });
        const before = bob.events.length;
        server.dropConnections();
        await bob.event('state', before);
        bob.tell('again');
        expect(await bob.event('in', before)).toMatchObject({ ids });
      } finally {
        await bob.end();
      }
    },
    limitMs,
  );

  it(
    'is out of reach without a ticket, and for another service',
    async () => {
      await using kdc = await Kdc.start();
      await using server = await serverOf(kdc);
      const nobody = client(kdc.env, { hosts: server.hosts, host: 'localhost' });
      const wrong = client(kdc.ticketOf('bob'), { hosts: server.hosts, host: 'elsewhere' });
      try {
        for (const program of [nobody, wrong]) {
          const { error } = await program.event('out');
          expect(error).toMatch(/^AuthFailed \(sasl\): create \/mine- < .*\w{4}/);
        }
        expect(wrong.events.map(({ status }) => status)).toContain('authFailed');
      } finally {
        await Promise.all([nobody.end(), wrong.end()]);
      }
    },
    limitMs,
  );
});
