/** A TCP relay before a server, to cut, refuse, freeze and hold back what a client and the server say to each other. */

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export class Relay {
  private readonly pairs = new Set<Pair>();
  private refusing = false;
  private readonly held = { requests: false, replies: false };

  private constructor(
    private readonly listener: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    listener.on('connection', (client) => {
      this.accept(client);
    });
  }

  /** Starts a relay to the first of these `host:port`s. */
  static async start(hosts: string): Promise<Relay> {
    const [host = '', port = ''] = (hosts.split(',')[0] ?? '').split(':');
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return new Relay(listener, { host, port: Number(port) });
  }

  /** `host:port` to connect to. */
  get hosts(): string {
    // A TCP server that listens has an address and a port.
    const { port } = this.listener.address() as AddressInfo;
    return `127.0.0.1:${String(port)}`;
  }

  /** Breaks all connections; new ones are taken. */
  cut(): void {
    for (const { client, server } of this.pairs) {
      client.destroy();
      server.destroy();
    }
    this.pairs.clear();
  }

  /** Breaks all connections and every new one, until `restore`. */
  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  /** Keeps the server's replies from the client, until `restore`. Connections stay open. */
  holdReplies(): void {
    this.held.replies = true;
    for (const { server } of this.pairs) server.pause();
  }

  /** Lets nothing through in either direction, until `restore`. Connections stay open. */
  freeze(): void {
    this.holdReplies();
    this.held.requests = true;
    for (const { client } of this.pairs) client.pause();
  }

  /** Lets everything through again, what was held included. */
  restore(): void {
    this.refusing = false;
    this.held.requests = this.held.replies = false;
    for (const { client, server } of this.pairs) {
      client.resume();
      server.resume();
    }
  }

  async close(): Promise<void> {
    this.refuse();
    await new Promise<void>((resolve) => {
      this.listener.close(() => {
        resolve();
      });
    });
  }

  private accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = connect({ ...this.target, noDelay: true });
    const pair = { client, server };
    this.pairs.add(pair);
    client.setNoDelay();
    server.on('error', () => undefined);
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => client.write(chunk));
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('close', end);
    server.on('close', end);
    if (this.held.requests) client.pause();
    if (this.held.replies) server.pause();
  }
}
