/**
 * What a transport is: a byte pipe to one address. It knows nothing of what the bytes mean.
 *
 * This is the layer that touches the outside world, so real timers and Promises may live in it, and only in it. Output
 * is *pulled*: whoever has something to say calls `wantWrite()`, and the transport asks for the bytes once, at the end
 * of the turn, so that everything said in one turn goes out as one write.
 */

/** Where to connect to. IPv6 addresses are without brackets. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What the owner of a pipe gives to the transport. All are called from the event loop, never from inside a call to the pipe. */
export interface PipeHandlers {
  /** The pipe is open; called once, before anything else. */
  onOpen(): void;
  /** Bytes arrived. They are valid only during the call. */
  onData(chunk: Uint8Array): void;
  /** The bytes to send now; the transport owns them from here on. An empty array if there are none. */
  onFlush(): Uint8Array;
  /** The pipe is gone, or never came up; called once, after anything else. Not called after `close()`. */
  onClose(error?: Error): void;
}

/** One pipe, opening or open. */
export interface Pipe {
  /**
   * Whether so much waits for the peer to read it that it is better not asked for more. `onFlush` is called, unasked, when
   * that is over. A transport without bounds leaves it out.
   */
  readonly isBlocked?: boolean;
  /** Asks for an `onFlush` at the end of this turn. Cheap when called often. */
  wantWrite(): void;
  /** Closes: asks `onFlush` a last time at the end of this turn, sends that, and calls no other handler again. Idempotent. */
  close(): void;
}

/**
 * What `onClose` gets if a pipe with TLS did not come up, or broke, because of TLS. `code` is OpenSSL's or Node's, or one of
 * `TLS_BROKEN_OFF` (the peer hung up in the middle of the handshake), `TLS_UNANSWERED` (it hung up after it, before it said
 * anything), `TLS_OPTIONS` (there is no way to speak TLS with such options).
 */
export class TlsPipeError extends Error {
  constructor(
    readonly code: string,
    cause: unknown,
  ) {
    // Node's own errors are not always of this realm's class.
    const said = (cause as { readonly message?: unknown } | null | undefined)?.message;
    super(typeof said === 'string' ? said : code, { cause });
    this.name = 'TlsPipeError';
  }
}

/** Opens pipes. `connect` never throws: a pipe that cannot be opened calls `onClose` with the reason. */
export interface Transport {
  /** Whether its pipes are encrypted, so that it is of no use to a port that is not. Default: not said. */
  readonly secure?: boolean;
  connect(address: Address, handlers: PipeHandlers): Pipe;
}

/**
 * The other end: called for each pipe that somebody opened to an address that is listened on. The pipe is open already, so
 * `onOpen` of the handlers returned is not called. `remote` tells the peer's address.
 */
export type Acceptor = (pipe: Pipe, remote: Address) => Omit<PipeHandlers, 'onOpen'>;

/** `host:port`, with brackets around an IPv6 address. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
