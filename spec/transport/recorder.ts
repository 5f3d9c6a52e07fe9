/** Handlers for the specs of the transports: they note what happens, and send what `say` was given. */
import { type Pipe, type PipeHandlers } from '../../src/transport/transport.js';

export class Recorder implements PipeHandlers {
  /** One entry per handler call: `open`, `data:…`, `flush`, `close:…`. */
  readonly log: string[] = [];
  readonly chunks: Uint8Array[] = [];
  pipe: Pipe | undefined;
  private outgoing: Uint8Array[] = [];

  /** `now` puts a time before each entry of the log. */
  constructor(private readonly now?: () => number) {}

  say(text: string | Uint8Array): void {
    this.outgoing.push(typeof text === 'string' ? Buffer.from(text) : text);
    this.pipe?.wantWrite();
  }

  get received(): string {
    return Buffer.concat(this.chunks).toString();
  }

  onOpen(): void {
    this.note('open');
  }

  onData(chunk: Uint8Array): void {
    const copy = Buffer.from(chunk);
    this.chunks.push(copy);
    this.note(`data:${copy.length > 40 ? String(copy.length) : copy.toString()}`);
  }

  onFlush(): Uint8Array {
    const bytes = Buffer.concat(this.outgoing);
    this.outgoing = [];
    return bytes;
  }

  onClose(error?: Error): void {
    this.note(`close:${error === undefined ? '' : codeOf(error)}`);
  }

  private note(what: string): void {
    this.log.push(this.now === undefined ? what : `${String(this.now())} ${what}`);
  }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}

/** Waits for a condition in real time; the test's own time limit is its limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
