/** A client's way to the network: the network never pauses, but what arrives waits while the client is paused. */

import { type Pipe, type PipeHandlers, type Transport } from '../transport/transport.js';
import { type ClientTime } from './client-time.js';

/** The network, as a process on this time sees it. */
export function clientTransport(network: Transport, time: ClientTime): Transport {
  return {
    connect: (address, handlers) => {
      let isClosed = false;
      const arrive = (task: () => void): void => {
        if (time.isListening) task();
        else
          time.deliver(() => {
            if (!isClosed) task();
          });
      };
      const pipe = network.connect(address, heldHandlers(handlers, { time, arrive }));
      return closable(pipe, () => {
        isClosed = true;
      });
    },
  };
}

interface Gate {
  readonly time: ClientTime;
  readonly arrive: (task: () => void) => void;
}

function heldHandlers(handlers: PipeHandlers, { time, arrive }: Gate): PipeHandlers {
  return {
    onOpen: () => {
      arrive(() => {
        handlers.onOpen();
      });
    },
    onData: (chunk) => {
      // A chunk is valid during the call only.
      const bytes = time.isListening ? chunk : chunk.slice();
      arrive(() => {
        handlers.onData(bytes);
      });
    },
    // What was said before a pause is with the operating system, and goes out.
    onFlush: () => handlers.onFlush(),
    onClose: (error) => {
      arrive(() => {
        handlers.onClose(error);
      });
    },
  };
}

function closable(pipe: Pipe, closed: () => void): Pipe {
  return {
    wantWrite: () => {
      pipe.wantWrite();
    },
    close: () => {
      closed();
      pipe.close();
    },
  };
}
