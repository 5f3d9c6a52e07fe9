/**
 * Opens a Node socket to `host:port`, plain or with TLS: names, addresses, and the pipe that comes of it.
 *
 * A name is resolved anew for each attempt, because a server that moved keeps its name and not its address. If it has
 * several addresses they are tried in random order, so clients spread over them, and a name with an IPv4 and an IPv6
 * address (`localhost`) connects though the server listens on one of them only. An attempt has no timeout of its own:
 * whoever finds that it takes too long closes the pipe.
 */
import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP, type OnReadOpts, type Socket } from 'node:net';
import { realPlatform } from '../platform.js';
import { SocketPipe } from './socket-pipe.js';
import { type Address, type Pipe, type PipeHandlers } from './transport.js';

/** One buffer of this size is read into, again and again, for each connection. */
const READ_BUFFER_BYTES = 64 * 1024;
const KEEP_ALIVE_DELAY_MS = 30_000;
const CLOSE_GRACE_MS = 1_000;

/** How names are resolved and sockets closed. */
export interface DialOptions {
  /** A number in [0, 1), for the order in which the addresses of a name are tried. Default: real chance. */
  readonly random?: () => number;
  /** Resolves a name to its IP addresses. Default: what the operating system says. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** How long the peer may take to close its side after `close()`, before the socket is destroyed. Default: 1000. */
  readonly closeGraceMs?: number;
}

/** What every socket is made with. */
export interface SocketOptions {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
  readonly allowHalfOpen: boolean;
  readonly onread: OnReadOpts;
}

/** Makes the sockets of one attempt. */
export interface Dialler {
  /** The event of a socket that can be used. */
  readonly opened: 'connect' | 'secureConnect';
  dial(options: SocketOptions): Socket;
}

/** How one pipe comes up. */
export interface DialSettings extends DialOptions {
  /** Asked once for each attempt; the attempt waits for it. */
  readonly dialler: (address: Address) => Dialler | Promise<Dialler>;
}

/** Starts to connect. Nothing is told before this has returned. */
export function dialPipe(address: Address, handlers: PipeHandlers, settings: DialSettings): Pipe {
  const pipe = new DialledPipe(handlers, {
    random: settings.random ?? (() => realPlatform.random()),
    lookup: settings.lookup ?? lookupAll,
    closeGraceMs: settings.closeGraceMs ?? CLOSE_GRACE_MS,
    dialler: settings.dialler,
  });
  void pipe.open(address);
  return pipe;
}

interface Attempt {
  readonly dialler: Dialler;
  readonly port: number;
  /** Addresses still to try. */
  readonly hosts: readonly string[];
  /** What to tell if nothing comes of it: the failure that got furthest. */
  readonly failure?: { readonly error: Error; readonly reached: boolean } | undefined;
}

class DialledPipe implements Pipe {
  private attempt: Socket | undefined;
  private pipe: SocketPipe | undefined;
  private wanted = false;
  private over = false;

  constructor(
    private readonly handlers: PipeHandlers,
    private readonly settings: Required<DialSettings>,
  ) {}

  async open(address: Address): Promise<void> {
    try {
      const [hosts, dialler] = await Promise.all([
        isIP(address.host) === 0 ? this.resolve(address.host) : [address.host],
        this.settings.dialler(address),
      ]);
      // Even what fails at once, such as a port that cannot be, is told after `connect` has returned.
      await Promise.resolve();
      this.tryNext({ dialler, port: address.port, hosts });
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
    if (found.length === 0) {
      const error = new Error(`the name has no address: lookup ${host}`);
      throw Object.assign(error, { code: 'ENODATA' });
    }
    return shuffled(found, this.settings.random);
  }

  private tryNext({ dialler, port, hosts, failure }: Attempt): void {
    const [host, ...others] = hosts;
    if (this.over || host === undefined) return;
    const socket = this.dial(dialler, { host, port });
    let reached = false;
    const failed = (error: Error): void => {
      socket.destroy();
      // Of a certificate that is wrong nobody must hear that the name's other address refused the connection.
      const worst = failure?.reached === true && !reached ? failure : { error, reached };
      if (others.length === 0) this.fail(worst.error);
      else this.tryNext({ dialler, port, hosts: others, failure: worst });
    };
    socket.once('connect', () => {
      reached = true;
    });
    socket.once('error', failed);
    socket.once(dialler.opened, () => {
      socket.off('error', failed);
      this.opened(socket);
    });
    this.attempt = socket;
  }

  private dial(dialler: Dialler, to: Address): Socket {
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    const callback = (count: number): boolean => {
      this.pipe?.received(buffer.subarray(0, count));
      return true;
    };
    return dialler.dial({
      ...to,
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
