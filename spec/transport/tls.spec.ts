/** TLS pipes against a server of node:tls: who is trusted, what is said before, and what goes wrong in which way. */

import { createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { type Certificate } from '../../src/testing/real/certificates.js';
import { type DialOptions } from '../../src/transport/socket-dialler.js';
import { tlsTransport } from '../../src/transport/tls.js';
import { type TlsOptions, type TlsOptionsFactory } from '../../src/transport/tls-options.js';
import { TlsPipeError } from '../../src/transport/transport.js';
import { anHourAgo, describeWithOpenssl } from '../support/openssl.js';
import { type FrontOptions, type TlsFront, tlsFront } from '../support/tls-front.js';
import { plainServer } from './plain-server.js';
import { Recorder, until } from './recorder.js';

describeWithOpenssl('tlsTransport', (authority) => {
  const fronts: TlsFront[] = [];
  let good: Certificate;

  beforeAll(async () => {
    good = await authority().issue({ commonName: 'server' });
  });

  afterEach(async () => {
    await Promise.all(fronts.splice(0).map((front) => front.close()));
  });

  async function listen(options: FrontOptions = good): Promise<TlsFront> {
    const front = await tlsFront(options);
    fronts.push(front);
    return front;
  }

  interface To extends DialOptions {
    readonly port: number;
    readonly host?: string;
  }

  function connect(tls: TlsOptions | TlsOptionsFactory, { port, host, ...dial }: To): Recorder {
    const recorder = new Recorder();
    const transport = tlsTransport(tls, dial);
    recorder.pipe = transport.connect({ host: host ?? 'localhost', port }, recorder);
    return recorder;
  }

  async function outcome(tls: TlsOptions | TlsOptionsFactory, to: To): Promise<readonly string[]> {
    const client = connect(tls, to);
    client.say('secret');
    await until(() => client.log.length > 0);
    client.pipe?.close();
    return client.log;
  }

  it('opens, sends and receives, in pieces of any size, and hears the end', async () => {
    const bytes = Buffer.alloc(3_000_000, 'rxzk!');
    let sent = 0;
    const front = await listen({
      ...good,
      onPeer: (peer) => {
        peer.on('data', (chunk: Uint8Array) => {
          peer.write(chunk);
          sent += chunk.length;
          if (sent === bytes.length) peer.end();
        });
      },
    });
    const client = connect({ ca: good.ca }, front);
    client.say(bytes);
    await until(() => client.log.at(-1)?.startsWith('close') === true);
    expect(client.log[0]).toBe('open');
    expect(client.log.at(-1)).toBe('close:');
    expect(Buffer.concat(client.chunks).equals(bytes)).toBe(true);
  });

  it('says its last words when it is closed', async () => {
    let heard = '';
    const front = await listen({
      ...good,
      onPeer: (peer) => {
        peer.on('data', (chunk: Uint8Array) => (heard += Buffer.from(chunk).toString()));
        peer.on('end', () => {
          heard += '|';
          peer.end();
        });
      },
    });
    const client = connect({ ca: good.ca }, front);
    await until(() => client.log.length === 1);
    client.say('farewell');
    client.pipe?.close();
    await until(() => heard.endsWith('|'));
    expect([heard, client.log]).toEqual(['farewell|', ['open']]);
  });

  it('asks for the name of the host, and for none where the host is an address', async () => {
    const front = await listen();
    const lookup = () => Promise.resolve(['127.0.0.1']);
    const named = await authority().issue({ commonName: 'x', hosts: ['zk1.test'] });
    expect(await outcome({ ca: good.ca }, { port: front.port, host: '127.0.0.1' })).toEqual([
      'open',
    ]);
    front.show(named);
    const byName = { port: front.port, host: 'zk1.test', lookup };
    expect(await outcome({ ca: good.ca }, byName)).toEqual(['open']);
    const other = { ...byName, host: 'zk2.test' };
    expect(await outcome({ ca: good.ca }, other)).toEqual(['close:ERR_TLS_CERT_ALTNAME_INVALID']);
    expect(await outcome({ ca: good.ca, servername: 'zk1.test' }, other)).toEqual(['open']);
    await until(() => front.names.length === 3);
    expect(front.names).toEqual([false, 'zk1.test', 'zk1.test']);
  });

  it.each(['expired', 'early', 'elsewhere', 'strange'] as const)(
    'refuses a certificate that is %s, and says nothing to it',
    async (what) => {
      const stranger = await authority().stranger();
      const wrong = {
        expired: { notAfter: anHourAgo() },
        early: { notBefore: new Date(Date.now() + 3_600_000) },
        elsewhere: { hosts: ['elsewhere.test'] },
        strange: {},
      }[what];
      const signer = what === 'strange' ? stranger : authority();
      const front = await listen(await signer.issue({ commonName: 'localhost', ...wrong }));
      const code = {
        expired: 'CERT_HAS_EXPIRED',
        early: 'CERT_NOT_YET_VALID',
        elsewhere: 'ERR_TLS_CERT_ALTNAME_INVALID',
        strange: 'SELF_SIGNED_CERT_IN_CHAIN',
      }[what];
      expect(await outcome({ ca: good.ca }, front)).toEqual([`close:${code}`]);
      expect(front.heardBytes).toBe(0);
    },
  );

  it('trusts only those whom Node knows unless told otherwise, whatever the environment says', async () => {
    const front = await listen();
    // NODE_TLS_REJECT_UNAUTHORIZED decides only where this is left open; the environment here is jest's copy, which Node does not see.
    const dialled = jest.spyOn(tls, 'connect');
    try {
      expect(await outcome({}, front)).toEqual(['close:SELF_SIGNED_CERT_IN_CHAIN']);
      expect(dialled.mock.calls).toMatchObject([[{ rejectUnauthorized: true }]]);
    } finally {
      dialled.mockRestore();
    }
    expect(front.heardBytes).toBe(0);
  });

  it('lets its owner decide who the server is, also if that throws', async () => {
    const front = await listen();
    const asked: string[] = [];
    const check = (verdict: () => Error | undefined) => ({
      ca: good.ca,
      checkServerIdentity: (host: string, { fingerprint256 }: { fingerprint256: string }) => {
        asked.push(`${host} ${String(fingerprint256.length)}`);
        return verdict();
      },
    });
    const refuse = (): Error => {
      throw new Error('not this one');
    };
    expect(
      await outcome(
        check(() => undefined),
        front,
      ),
    ).toEqual(['open']);
    expect(
      await outcome(
        check(() => new Error('no')),
        front,
      ),
    ).toEqual(['close:ERR_TLS_CERT_ALTNAME_INVALID']);
    expect(await outcome(check(refuse), front)).toEqual(['close:ERR_TLS_CERT_ALTNAME_INVALID']);
    expect(asked).toEqual(['localhost 95', 'localhost 95', 'localhost 95']);
  });

  it('tells of the wrong certificate, and not of another address where nobody listens', async () => {
    const front = await listen(await authority().issue({ commonName: 'x', hosts: ['elsewhere'] }));
    // 0 takes the addresses as they come, 0.99 from behind.
    for (const random of [() => 0, () => 0.99]) {
      const lookup = () => Promise.resolve(['127.0.0.1', '::1']);
      expect(await outcome({ ca: good.ca }, { port: front.port, lookup, random })).toEqual([
        'close:ERR_TLS_CERT_ALTNAME_INVALID',
      ]);
    }
  });

  it('asks a function anew for each connection, with the address', async () => {
    const front = await listen({ ...good, requestCert: true, rejectUnauthorized: false });
    const clients = await Promise.all(
      ['first', 'second'].map((commonName) => authority().issue({ commonName })),
    );
    const asked: string[] = [];
    const transport = tlsTransport(({ host }) => {
      asked.push(host);
      // There are two, and two are asked for.
      return Promise.resolve(clients[asked.length - 1] as Certificate);
    });
    for (let attempt = 1; attempt <= 2; attempt++) {
      const client = new Recorder();
      client.pipe = transport.connect({ host: 'localhost', port: front.port }, client);
      await until(() => client.log.includes('open') && front.shown.length === attempt);
      client.pipe.close();
    }
    expect([asked, front.shown]).toEqual([
      ['localhost', 'localhost'],
      ['first', 'second'],
    ]);
  });

  it.each<readonly [string, () => TlsOptions | Promise<TlsOptions>]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['returns what is no options', () => null as unknown as TlsOptions],
    ['returns an option that there is not', () => ({ rejectUnauthorized: false }) as TlsOptions],
    ['returns what is no certificate', () => ({ ca: 'x', cert: 'y', key: 'z' })],
  ])('does not connect when the function %s', async (_what, ask) => {
    const front = await listen();
    expect(await outcome(ask, front)).toEqual(['close:TLS_OPTIONS']);
    expect(front.connections).toBe(0);
  });

  it('throws for options that cannot be used', async () => {
    const other = await authority().issue({ commonName: 'other' });
    for (const options of [
      { cert: good.cert },
      { cert: good.cert, key: other.key },
      { ciphers: 'NO-SUCH-CIPHER' },
      { passphrase: 'x' },
    ]) {
      expect(() => tlsTransport(options)).toThrow(TlsPipeError);
    }
  });

  it('calls no handler after close, wherever the attempt is', async () => {
    const front = await listen();
    let answer = (): void => undefined;
    const asking = connect(
      () =>
        new Promise(
          (resolve) =>
            (answer = () => {
              resolve({ ca: good.ca });
            }),
        ),
      front,
    );
    asking.pipe?.close();
    answer();
    const mute = await plainServer((peer) => peer.on('end', () => peer.end()).resume());
    const shaking = connect({ ca: good.ca }, mute);
    await until(() => mute.peers.length > 0);
    shaking.pipe?.close();
    await until(() => mute.peers.every(({ destroyed }) => destroyed));
    await mute.close();
    const last = connect({ ca: good.ca }, front);
    await until(() => last.log.length > 0);
    last.pipe?.close();
    expect([asking.log, shaking.log, last.log]).toEqual([[], [], ['open']]);
  });

  describe('and a server', () => {
    async function closedBy(onPeer: (peer: Socket) => void) {
      const server = await plainServer(onPeer);
      try {
        return await outcome({ ca: good.ca }, { port: server.port, host: '127.0.0.1' });
      } finally {
        await server.close();
      }
    }

    it.each<readonly [string, string, (peer: Socket) => void]>([
      [
        'hangs up on the handshake',
        'TLS_BROKEN_OFF',
        (peer) => peer.once('data', () => peer.end()),
      ],
      ['resets it', 'TLS_BROKEN_OFF', (peer) => peer.once('data', () => peer.resetAndDestroy())],
      [
        'answers something else',
        'ERR_SSL_WRONG_VERSION_NUMBER',
        (peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      ],
    ])('that %s', async (_what, code, onPeer) => {
      expect(await closedBy(onPeer)).toEqual([`close:${code}`]);
    });

    it('that has no version in common', async () => {
      const front = await listen({ ...good, maxVersion: 'TLSv1.2' });
      const options: TlsOptions = { ca: good.ca, minVersion: 'TLSv1.3' };
      expect(await outcome(options, front)).toEqual([
        expect.stringMatching(/^close:ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION$/),
      ]);
    });

    it('that does not take the certificate', async () => {
      const front = await listen({ ...good, requestCert: true, rejectUnauthorized: true });
      const client = connect({ ca: good.ca }, front);
      await until(() => client.log.some((entry) => entry.startsWith('close')));
      // Of this TLS 1.3 tells behind the handshake.
      expect(client.log.at(-1)).toMatch(/^close:(?:ERR_SSL_.*ALERT_.*|TLS_UNANSWERED)$/);
    });

    it('where nobody listens', async () => {
      const server: Server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      await new Promise((resolve) => server.close(resolve));
      expect(await outcome({ ca: good.ca }, { port, host: '127.0.0.1' })).toEqual([
        'close:ECONNREFUSED',
      ]);
    });
  });
});
