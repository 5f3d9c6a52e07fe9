/** A real server's secure port: who may connect, and certificates that are wrong in each way. */

import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type ManagedTlsOptions } from '../../../src/testing/real/options.js';
import { RawConnection } from '../../../src/testing/real/raw-connection.js';
import { startEnsemble, startZooKeeper } from '../../../src/testing/real/start.js';
import { describeLive } from '../../support/live.js';

const limitMs = 120_000;
const hourMs = 3_600_000;

interface Outcome {
  /** The negotiated timeout, if the handshake of ZooKeeper was answered. */
  readonly timeoutMs: number | undefined;
  /** The code of what TLS had against it. */
  readonly error: string | undefined;
}

/** A TLS connection, and then a session over it. */
async function openSession(hosts: string, options: ConnectionOptions): Promise<Outcome> {
  const port = Number(hosts.split(',')[0]?.split(':')[1]);
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, ...options });
  let error: string | undefined;
  socket.on('error', (problem: NodeJS.ErrnoException) => (error ??= problem.code));
  const connection = new RawConnection(socket, 20_000);
  connection.shakeHands({ timeoutMs: 4000 });
  const answer = await connection.connected();
  connection.close();
  return { timeoutMs: answer?.timeoutMs, error };
}

const accepted = { timeoutMs: 4000, error: undefined };

function withTls(tls: ManagedTlsOptions) {
  return startZooKeeper({ tls });
}

describeLive('a real server with TLS', () => {
  it(
    'takes clients with a certificate of its authority, and no others',
    async () => {
      await using server = await startZooKeeper({ tls: true });
      const { tls, certificates, secureHosts } = server;
      const { cert, key } = await (await certificates.stranger()).issue({ commonName: 'client' });
      expect(await openSession(secureHosts, tls)).toEqual(accepted);
      expect((await openSession(secureHosts, { ca: tls.ca })).timeoutMs).toBeUndefined();
      expect((await openSession(secureHosts, { ca: tls.ca, cert, key })).timeoutMs).toBeUndefined();
      const expired = await certificates.issue({
        commonName: 'client',
        notAfter: new Date(Date.now() - hourMs),
      });
      expect((await openSession(secureHosts, expired)).timeoutMs).toBeUndefined();
      expect(await server.status()).toBeDefined();
    },
    limitMs,
  );

  it(
    'takes clients without a certificate where none is needed',
    async () => {
      await using server = await withTls({ clientAuth: 'none' });
      expect(await openSession(server.secureHosts, { ca: server.tls.ca })).toEqual(accepted);
    },
    limitMs,
  );

  it(
    'shows a certificate that is wrong, if it shall',
    async () => {
      await using expired = await withTls({
        certificate: { notAfter: new Date(Date.now() - hourMs) },
      });
      await using elsewhere = await withTls({ certificate: { hosts: ['elsewhere.test'] } });
      const stranger = await expired.certificates.stranger();
      const answers = [
        await openSession(expired.secureHosts, expired.tls),
        await openSession(elsewhere.secureHosts, elsewhere.tls),
        await openSession(elsewhere.secureHosts, { ...elsewhere.tls, ca: stranger.ca }),
      ];
      expect(answers.map(({ error }) => error)).toEqual([
        'CERT_HAS_EXPIRED',
        'ERR_TLS_CERT_ALTNAME_INVALID',
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      ]);
      const named = { ...elsewhere.tls, servername: 'elsewhere.test' };
      expect(await openSession(elsewhere.secureHosts, named)).toEqual(accepted);
    },
    limitMs,
  );

  it(
    'goes through the relay, and is the same in an ensemble',
    async () => {
      await using ensemble = await startEnsemble(2, { tls: true, relay: true });
      const [first, second] = ensemble.servers;
      expect(ensemble.secureHosts.split(',')).toHaveLength(2);
      expect(await openSession(second?.secureHosts ?? '', ensemble.tls)).toEqual(accepted);
      first?.relay.refuse();
      expect((await openSession(first?.secureHosts ?? '', ensemble.tls)).timeoutMs).toBeUndefined();
      first?.relay.restore();
      expect(await openSession(first?.secureHosts ?? '', ensemble.tls)).toEqual(accepted);
    },
    limitMs,
  );

  it(
    'is missed by name where it was not asked for',
    async () => {
      await using server = await startZooKeeper();
      expect(() => server.secureHosts).toThrow('option tls');
      expect(() => server.tls).toThrow('option tls');
      expect(() => server.certificates).toThrow('option tls');
      expect(() => server.relay).toThrow('option relay');
      expect(() => {
        server.dropConnections();
      }).toThrow('option relay');
    },
    limitMs,
  );

  it('names the command that is missing', async () => {
    const { PATH } = process.env;
    await using server = await startZooKeeper({ tls: true });
    process.env['PATH'] = '/nowhere';
    try {
      await expect(server.certificates.issue({ commonName: 'x' })).rejects.toThrow(
        'no openssl on the PATH',
      );
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});

describeLive('certificates', () => {
  it(
    'say what they were asked to say',
    async () => {
      await using server = await startZooKeeper({ tls: { clientAuth: 'need' } });
      const notAfter = new Date('2031-02-03T04:05:06Z');
      const names = ['a/b+c=d, e', 'ß'];
      const issued = await Promise.all(
        names.map((commonName) =>
          server.certificates.issue({ commonName, hosts: ['*.a.test', '10.0.0.1'], notAfter }),
        ),
      );
      const { X509Certificate } = await import('node:crypto');
      const parsed = issued.map(({ cert }) => new X509Certificate(cert));
      expect(parsed.map(({ subject }) => subject)).toEqual(['CN=a/b\\+c=d\\, e', 'CN=ß']);
      expect(parsed[0]?.subjectAltName).toBe('DNS:*.a.test, IP Address:10.0.0.1');
      expect(new Date(parsed[0]?.validTo ?? 0)).toEqual(notAfter);
      expect(parsed[0]?.verify(new X509Certificate(server.certificates.ca).publicKey)).toBe(true);
      await expect(server.certificates.issue({ commonName: 'x', hosts: ['a\nb'] })).rejects.toThrow(
        /InvalidOption hosts/,
      );
    },
    limitMs,
  );
});
