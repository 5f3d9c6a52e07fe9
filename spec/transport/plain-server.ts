/** A server of node:net alone, so that the pipes under test meet nothing of ours. */
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface PlainServer {
  readonly port: number;
  readonly peers: readonly Socket[];
  close(): Promise<void>;
}

/** Listens on a free port; the peers stay half open until the spec ends them. */
export async function plainServer(onPeer: (peer: Socket) => void): Promise<PlainServer> {
  const peers: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (peer) => {
    peers.push(peer);
    peer.on('error', () => undefined);
    onPeer(peer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port, so this is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      for (const peer of peers) peer.destroy();
      // The error of a second close says nothing new.
      server.close(() => {
        resolve();
      });
    });
  return { port, peers, close };
}
