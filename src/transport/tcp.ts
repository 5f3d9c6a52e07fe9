/**
 * TCP, for Node: pipes to `host:port`.
 *
 * A name is resolved anew for each attempt, because a server that moved keeps its name and not its address. If it has
 * several addresses they are tried in random order, so clients spread over them, and a name with an IPv4 and an IPv6
 * address (`localhost`) connects though the server listens on one of them only. An attempt has no timeout of its own:
 * whoever finds that it takes too long closes the pipe.
 */
import { lookup as dnsLookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { realPlatform } from '../platform.js';
import { SocketPipe } from './socket-pipe.js';
import { type Address, type Pipe, type PipeHandlers, type Transport } from './transport.js';

/** One buffer of this size is read into, again and again, for each connection. */
const READ_BUFFER_BYTES = 64 * 1024;
const KEEP_ALIVE_DELAY_MS = 30_000;
const CLOSE_GRACE_MS = 1_000;

export interface TcpOptions {
  /** A number in [0, 1), for the order in which the addresses of a name are tried. Default: real chance. */
  readonly random?: () => number;
  /** Resolves a name to its IP addresses. Default: what the operating system says. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** How long the peer may take to close its side after `close()`, before the socket is destroyed. Default: 1000. */
  readonly closeGraceMs?: number;
}

/** Opens TCP connections. */
export function tcpTransport(options: TcpOptions = {}): Transport {
  const settings = {
    random: options.random ?? (() => realPlatform.random()),
    lookup: options.lookup ?? lookupAll,
    closeGraceMs: options.closeGraceMs ?? CLOSE_GRACE_MS,
  };
  return {
    connect: (address, handlers) => {
      const pipe = new TcpPipe(handlers, settings);
      void pipe.open(address);
      return pipe;
    },
  };
}

class TcpPipe implements Pipe {
  private attempt: Socket | undefined;
  private pipe: SocketPipe | undefined;
  private wanted = false;
  private over = false;

  constructor(
    private readonly handlers: PipeHandlers,
    private readonly settings: Required<TcpOptions>,
  ) {}

  async open(address: Address): Promise<void> {
    try {
      const hosts = isIP(address.host) === 0 ? await this.resolve(address.host) : [address.host];
      // Even what fails at once, such as a port that cannot be, is told after `connect` has returned.
      await Promise.resolve();
      this.tryNext(address.port, hosts);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error), { cause: error }));
    }
  }

  wantWrite(): void {
    if (this.pipe === undefined) this.wanted = true;
    else this.pipe.wantWrite();
  }

  close(): void {
    this.over = true;
    if (this.pipe === undefined) this.attempt?.destroy();
    else this.pipe.close();
  }

  private async resolve(host: string): Promise<readonly string[]> {
    const found = await this.settings.lookup(host);
    if (found.length === 0) throw new Error(`the name has no address: lookup ${host}`);
    return shuffled(found, this.settings.random);
  }

  private tryNext(port: number, [host, ...others]: readonly string[]): void {
    if (this.over || host === undefined) return;
    const socket = this.dial({ host, port });
    const failed = (error: Error): void => {
      if (others.length === 0) this.fail(error);
      else this.tryNext(port, others);
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      this.opened(socket);
    });
    this.attempt = socket;
  }

  private dial({ host, port }: Address): Socket {
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    const callback = (count: number): boolean => {
      this.pipe?.received(buffer.subarray(0, count));
      return true;
    };
    return connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
      allowHalfOpen: true,
      onread: { buffer, callback },
    });
  }

  private opened(socket: Socket): void {
    const { closeGraceMs } = this.settings;
    this.pipe = new SocketPipe(socket, { closeGraceMs, whenBlocked: () => 'hold' });
    this.pipe.attach(this.handlers);
    this.handlers.onOpen();
    if (this.wanted) this.pipe.wantWrite();
  }

  private fail(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.handlers.onClose(error);
  }
}

async function lookupAll(host: string): Promise<readonly string[]> {
  const found = await dnsLookup(host, { all: true });
  return found.map(({ address }) => address);
}

/** A copy in random order (Fisher and Yates). */
function shuffled(items: readonly string[], random: () => number): readonly string[] {
  const rest = [...items];
  const order: string[] = [];
  while (rest.length > 0) order.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return order;
}
