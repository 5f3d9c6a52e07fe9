/**
 * A TLS server of node:tls, alone or before a plain port: a server with any certificate, or a man in the middle.
 *
 * It counts what it could read, which must be nothing where its certificate is wrong.
 */

import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer, type TlsOptions, type TLSSocket } from 'node:tls';

export interface TlsFront {
  readonly port: number;
  /** `localhost:port`. */
  readonly hosts: string;
  /** Connections so far, whatever became of their handshakes. */
  readonly connections: number;
  /** Bytes that clients have said to it, decrypted. */
  readonly heardBytes: number;
  /** Subjects of the certificates that clients have shown. */
  readonly shown: readonly (string | undefined)[];
  /** Names that clients have asked for. */
  readonly names: readonly (string | false | null)[];
  /** From now on it shows this. */
  show(certificate: { readonly cert: string; readonly key: string }): void;
  /** Ends all connections. */
  cut(): void;
  close(): Promise<void>;
}

export interface FrontOptions extends TlsOptions {
  /** The plain port to relay to; without, `onPeer` talks. */
  readonly target?: number;
  readonly onPeer?: (peer: TLSSocket) => void;
}

/** Listens on a free port of loopback. */
export async function tlsFront(options: FrontOptions): Promise<TlsFront> {
  const { target, onPeer, ...tls } = options;
  const front = { connections: 0, heardBytes: 0 };
  const shown: (string | undefined)[] = [];
  const names: (string | false | null)[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, ...tls }, (peer) => {
    keep(peer);
    // Without a certificate this is an empty object.
    shown.push((peer.getPeerCertificate() as { subject?: { CN: string } }).subject?.CN);
    names.push(peer.servername);
    peer.on('data', (chunk: Uint8Array) => (front.heardBytes += chunk.length));
    onPeer?.(peer);
    if (target === undefined) return;
    const behind = connect(target, '127.0.0.1');
    keep(behind);
    peer.pipe(behind).pipe(peer);
    behind.on('close', () => peer.destroy());
    peer.on('close', () => behind.destroy());
  });
  server.on('connection', (socket: Socket) => {
    front.connections++;
    keep(socket);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port, so this is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      cut();
    });
  return {
    ...{ port, hosts: `localhost:${String(port)}`, shown, names, cut, close },
    get connections() {
      return front.connections;
    },
    get heardBytes() {
      return front.heardBytes;
    },
    show: ({ cert, key }) => {
      server.setSecureContext({ ...tls, cert, key });
    },
  };
}
