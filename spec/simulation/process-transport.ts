/**
 * A process's way to the network. The network is the operating system's and never pauses; what the process says leaves it
 * in a turn of its own time, and what arrives waits while it is paused.
 */

import {
  type Address,
  type Pipe,
  type PipeHandlers,
  type Transport,
} from '../../src/transport/transport.js';
import { type ProcessTime } from './process-time.js';

/** Sees what one connection says and hears, each when the process does it. */
export interface Tap {
  sent(bytes: Uint8Array): void;
  heard(bytes: Uint8Array): void;
  /** What was heard has been dealt with. */
  dealtWith(): void;
}

export interface ProcessTransportOptions {
  readonly network: Transport;
  readonly time: ProcessTime;
  /** Makes the tap of a new connection. */
  readonly tap: () => Tap;
}

export function processTransport(options: ProcessTransportOptions): Transport {
  return {
    connect(address, handlers) {
      return new ProcessPipe(address, handlers, options);
    },
  };
}

const noBytes = new Uint8Array(0);

class ProcessPipe implements Pipe, PipeHandlers {
  private readonly inner: Pipe;
  private readonly tap: Tap;
  private readonly outbox: Uint8Array[] = [];
  private phase: 'opening' | 'open' | 'closing' | 'over' = 'opening';
  private wanted = false;
  private planned = false;

  constructor(
    address: Address,
    private readonly handlers: PipeHandlers,
    private readonly options: ProcessTransportOptions,
  ) {
    this.tap = options.tap();
    this.inner = options.network.connect(address, this);
  }

  wantWrite(): void {
    this.wanted = true;
    if (this.phase === 'open') this.planTurn();
  }

  close(): void {
    if (this.phase === 'opening') {
      this.phase = 'over';
      this.inner.close();
    } else if (this.phase === 'open') {
      this.phase = 'closing';
      this.planTurn();
    }
  }

  onOpen(): void {
    this.options.time.deliver(() => {
      if (this.phase !== 'opening') return;
      this.phase = 'open';
      this.handlers.onOpen();
      if (this.wanted) this.planTurn();
    });
  }

  onData(chunk: Uint8Array): void {
    const bytes = chunk.slice();
    this.options.time.deliver(() => {
      if (this.phase !== 'open') return;
      this.tap.heard(bytes);
      this.handlers.onData(bytes);
      this.tap.dealtWith();
    });
  }

  onClose(error?: Error): void {
    this.options.time.deliver(() => {
      if (this.phase !== 'opening' && this.phase !== 'open') return;
      this.phase = 'over';
      this.handlers.onClose(error);
    });
  }

  onFlush(): Uint8Array {
    const [first, ...others] = this.outbox.splice(0);
    if (first === undefined) return noBytes;
    return others.length === 0 ? first : Uint8Array.from([first, ...others].flatMap((b) => [...b]));
  }

  /** The end of the process's turn: what it has to say goes to the operating system. */
  private planTurn(): void {
    if (this.planned) return;
    this.planned = true;
    this.options.time.schedule(() => {
      this.planned = false;
      if (this.phase === 'over') return;
      this.flush();
      if (this.phase !== 'closing') return;
      this.phase = 'over';
      this.inner.close();
    });
  }

  private flush(): void {
    this.wanted = false;
    const bytes = this.handlers.onFlush();
    if (bytes.length === 0) return;
    this.tap.sent(bytes);
    this.outbox.push(bytes);
    this.inner.wantWrite();
  }
}
