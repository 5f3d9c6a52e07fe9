/** TCP, for Node: pipes to `host:port`. How names are resolved and addresses tried is said in `socket-dialler.ts`. */
import { connect } from 'node:net';
import { type Dialler, type DialOptions, dialPipe } from './socket-dialler.js';
import { type Transport } from './transport.js';

/** How names are resolved and sockets closed. */
export type TcpOptions = DialOptions;

const plain: Dialler = { opened: 'connect', dial: (options) => connect(options) };

/** Opens TCP connections. */
export function tcpTransport(options: TcpOptions = {}): Transport {
  return {
    connect: (address, handlers) =>
      dialPipe(address, handlers, { ...options, dialler: () => plain }),
  };
}
