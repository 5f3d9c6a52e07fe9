/**
 * Asks a server a four-letter word over any transport: four bytes on a fresh connection, the answer, the end of the
 * connection. Nothing of a session is involved, so it works with servers that serve nobody.
 */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import {
  type Address,
  type Pipe,
  type PipeHandlers,
  type Transport,
} from '../transport/transport.js';

/** How to ask. */
export interface WordQuestion {
  readonly transport: Transport;
  readonly scheduler: SchedulerLike;
  readonly address: Address;
  /** `isro`, `srvr`, `mntr`, … */
  readonly word: string;
  /** Bound on the whole exchange. */
  readonly timeoutMs: number;
  /** A longer answer is taken for none. */
  readonly maxBytes: number;
}

/** What came: the answer, or as much of it as there was, and why it is not whole. */
export interface WordAnswer {
  readonly text: string;
  readonly error: Error | undefined;
}

/** Asks; `done` is called once with what came, unless the function returned is called before. */
export function askWord(question: WordQuestion, done: (answer: WordAnswer) => void): () => void {
  const exchange = new WordExchange(question, done);
  return () => {
    exchange.stop();
  };
}

const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

class WordExchange implements PipeHandlers {
  private readonly pipe: Pipe;
  private readonly limit: Alarm;
  private readonly decoder = new TextDecoder();
  private text = '';
  private size = 0;
  private toSend = noBytes;
  private over = false;

  constructor(
    private readonly question: WordQuestion,
    private readonly done: (answer: WordAnswer) => void,
  ) {
    const { transport, scheduler, address, timeoutMs } = question;
    this.limit = new Alarm(scheduler, () => {
      this.fail(`no whole answer within ${String(Math.round(timeoutMs))} ms`);
    });
    this.limit.set(timeoutMs);
    this.pipe = transport.connect(address, this);
  }

  onOpen(): void {
    this.toSend = encoder.encode(this.question.word);
    this.pipe.wantWrite();
  }

  onFlush(): Uint8Array {
    const bytes = this.toSend;
    this.toSend = noBytes;
    return bytes;
  }

  onData(chunk: Uint8Array): void {
    if (this.over) return;
    this.size += chunk.length;
    if (this.size > this.question.maxBytes) {
      this.fail(`the answer is longer than ${String(this.question.maxBytes)} bytes`);
      return;
    }
    this.text += this.decoder.decode(chunk, { stream: true });
  }

  onClose(error?: Error): void {
    if (this.over) return;
    this.end();
    this.done({ text: this.text + this.decoder.decode(), error });
  }

  stop(): void {
    if (this.over) return;
    this.end();
    this.pipe.close();
  }

  private fail(message: string): void {
    this.stop();
    this.done({ text: this.text, error: new Error(message) });
  }

  private end(): void {
    this.over = true;
    this.limit.clear();
  }
}
