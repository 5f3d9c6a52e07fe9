/** Writers that are handed round, so that ten thousand idle connections do not hold ten thousand buffers. */

import { JuteWriter } from '../wire/writer.js';

const mostIdle = 64;

export class WriterPool {
  private readonly idle: JuteWriter[] = [];

  borrow(): JuteWriter {
    return this.idle.pop() ?? new JuteWriter();
  }

  /** Takes an empty writer back; what was taken from it before stays untouched. */
  giveBack(writer: JuteWriter): void {
    if (this.idle.length < mostIdle) this.idle.push(writer);
  }
}
