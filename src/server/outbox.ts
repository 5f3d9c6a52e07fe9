/** What a connection has to say: collected in one borrowed writer until the pipe takes it away. */

import { type Pipe } from '../transport/transport.js';
import { type JuteWriter } from '../wire/writer.js';
import { type WriterPool } from './writer-pool.js';

const noBytes = new Uint8Array(0);
const enoughBytes = 1024 * 1024;

export class Outbox {
  private writer: JuteWriter | undefined;

  constructor(
    private readonly writers: WriterPool,
    private readonly pipe: Pipe,
  ) {}

  /** Whether so much waits here or in the pipe that nothing more should be asked for. */
  get isFull(): boolean {
    if (this.pipe.isBlocked === true) return true;
    return this.writer !== undefined && this.writer.length > enoughBytes;
  }

  /** The writer to write to; the pipe is told that there will be something. */
  open(): JuteWriter {
    if (this.writer === undefined) {
      this.writer = this.writers.borrow();
      this.pipe.wantWrite();
    }
    return this.writer;
  }

  /** Everything so far; empty if there is nothing. */
  take(): Uint8Array {
    const { writer } = this;
    if (writer === undefined) return noBytes;
    this.writer = undefined;
    const bytes = writer.take();
    this.writers.giveBack(writer);
    return bytes;
  }
}
