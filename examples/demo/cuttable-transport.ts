/** A TCP transport whose cable can be pulled: connections break, and none can be made until it is plugged in again. */

import { type Address, type Pipe, type PipeHandlers, tcpTransport, type Transport } from 'rxzk';

export interface CuttableTransport extends Transport {
  cut(): void;
  heal(): void;
}

export function cuttableTransport(): CuttableTransport {
  const tcp = tcpTransport();
  const open = new Map<Pipe, PipeHandlers>();
  let isCut = false;
  return {
    connect(address: Address, handlers: PipeHandlers): Pipe {
      if (isCut) {
        setImmediate(() => {
          handlers.onClose(new Error('the cable is out'));
        });
        return { wantWrite: () => undefined, close: () => undefined };
      }
      const pipe = tcp.connect(address, {
        onOpen: () => {
          handlers.onOpen();
        },
        onData: (chunk) => {
          handlers.onData(chunk);
        },
        onFlush: () => handlers.onFlush(),
        onClose: (error) => {
          open.delete(pipe);
          handlers.onClose(error);
        },
      });
      open.set(pipe, handlers);
      return pipe;
    },
    cut() {
      isCut = true;
      for (const [pipe, handlers] of open) {
        pipe.close();
        handlers.onClose(new Error('the cable was pulled'));
      }
      open.clear();
    },
    heal() {
      isCut = false;
    },
  };
}
