/**
 * Asks a server a four-letter word over any transport: four bytes on a fresh connection, the answer, the end of the
 * connection. Nothing of a session is involved, so it works with servers that serve nobody.
 *
 * The answer has no length and no end but that of the connection, so it is bounded by time and by size. What it means that it
 * is not whole is up to who asks: a session goes on to the next server, `src/tools` explains it to a person.
 */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { isTlsAlert } from './connect-failure.js';
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
  /** No more of the answer is taken. */
  readonly maxBytes: number;
}

/** How the exchange came to its end: the first is the good one. */
export type WordEnd = 'hung-up' | 'too-late' | 'too-large' | 'tls-only';

/** What came: the answer, or as much of it as there was. */
export interface WordAnswer {
  readonly text: string;
  /** Bytes of it. */
  readonly size: number;
  readonly end: WordEnd;
  /** Whether the connection was open, so that the question could be asked. */
  readonly isOpen: boolean;
  /** What broke the connection, if it was broken. */
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
  private isOpen = false;
  private toSend = noBytes;
  private over = false;

  constructor(
    private readonly question: WordQuestion,
    private readonly done: (answer: WordAnswer) => void,
  ) {
    const { transport, scheduler, address, timeoutMs } = question;
    this.limit = new Alarm(scheduler, () => {
      this.giveUp('too-late');
    });
    this.limit.set(timeoutMs);
    this.pipe = transport.connect(address, this);
  }

  onOpen(): void {
    this.isOpen = true;
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
    const isAlert = this.size === 0 && isTlsAlert(chunk);
    this.size += chunk.length;
    if (isAlert) this.giveUp('tls-only');
    else if (this.size > this.question.maxBytes) this.giveUp('too-large');
    else this.text += this.decoder.decode(chunk, { stream: true });
  }

  onClose(error?: Error): void {
    if (!this.over) this.finish('hung-up', error);
  }

  stop(): void {
    if (this.over) return;
    this.end();
    this.pipe.close();
  }

  private giveUp(end: WordEnd): void {
    this.finish(end, undefined);
    this.pipe.close();
  }

  private finish(end: WordEnd, error: Error | undefined): void {
    this.end();
    const { size, isOpen } = this;
    this.done({ text: this.text + this.decoder.decode(), size, end, isOpen, error });
  }

  private end(): void {
    this.over = true;
    this.limit.clear();
  }
}
