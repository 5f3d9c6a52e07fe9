/** A TCP relay before a server, to cut, refuse, freeze and hold back what a client and the server say to each other. */

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What can be done to the connections between clients and one server. Sessions live on in the meantime. */
export interface ServerRelay {
  /** Breaks all connections; new ones are taken. */
  cut(): void;
  /** Breaks all connections and every new one, until `restore`. */
  refuse(): void;
  /** Keeps the server's replies from the clients, until `restore`. Connections stay open. */
  holdReplies(): void;
  /** Lets nothing through in either direction, until `restore`. Connections stay open. */
  freeze(): void;
  /** Lets everything through again, what was held included. */
  restore(): void;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export class Relay implements ServerRelay {
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
    const listener = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return new Relay(listener, { host, port: Number(port) });
  }

  /** `host:port` to connect to. */
  get hosts(): string {
    // A TCP server that listens has an address and a port.
    const { port } = this.listener.address() as AddressInfo;
    return `127.0.0.1:${String(port)}`;
  }

  cut(): void {
    for (const { client, server } of this.pairs) {
      client.destroy();
      server.destroy();
    }
    this.pairs.clear();
  }

  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  holdReplies(): void {
    this.held.replies = true;
    for (const { server } of this.pairs) server.pause();
  }

  freeze(): void {
    this.holdReplies();
    this.held.requests = true;
    for (const { client } of this.pairs) client.pause();
  }

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
    if (this.refusing) {
      client.on('error', () => undefined);
      client.destroy();
      return;
    }
    const server = connect({ ...this.target, noDelay: true, allowHalfOpen: true });
    const pair = { client, server };
    this.pairs.add(pair);
    client.setNoDelay();
    this.forward({ from: client, to: server, held: () => this.held.requests });
    this.forward({ from: server, to: client, held: () => this.held.replies });
    for (const socket of [client, server]) socket.on('close', () => this.pairs.delete(pair));
    if (this.held.requests) client.pause();
    if (this.held.replies) server.pause();
  }

  /** One direction: no more is read than the other side takes, and its end is handed on behind the last byte. */
  private forward({ from, to, held }: { from: Socket; to: Socket; held: () => boolean }): void {
    from.on('data', (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => {
      if (!held()) from.resume();
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      if (!from.readableEnded) to.destroy();
    });
  }
}
