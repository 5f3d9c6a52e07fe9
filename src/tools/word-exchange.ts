/**
 * One four-letter word and its answer: a fresh connection, four bytes out, everything in until the server hangs up.
 *
 * The answer has no length and no end but that of the connection, so it is bounded by time and by size.
 */

import { Observable, type Subscriber } from 'rxjs';
import { type ConnectError } from '../errors/connect-error.js';
import {
  FourLetterWordError,
  type FourLetterWordFailure,
} from '../errors/four-letter-word-error.js';
import { Alarm } from '../rx/alarm.js';
import { connectFailure, isTlsAlert, tlsOnly } from '../session/connect-failure.js';
import { formatAddress, type Pipe, type PipeHandlers } from '../transport/transport.js';
import { type Question } from './word-options.js';

const noBytes = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Asks once for each subscription, emits the whole answer and completes. Errs with `FourLetterWordError`. */
export function exchangeWord(question: Question): Observable<string> {
  return new Observable((subscriber) => {
    const exchange = new Exchange(question, subscriber);
    return () => {
      exchange.stop();
    };
  });
}

class Exchange implements PipeHandlers {
  private readonly pipe: Pipe;
  private readonly limit: Alarm;
  private readonly chunks: Uint8Array[] = [];
  private size = 0;
  private isOpen = false;
  private said = false;

  constructor(
    private readonly question: Question,
    private readonly subscriber: Subscriber<string>,
  ) {
    this.limit = new Alarm(question.scheduler, () => {
      this.fail('timeout', this.tooLate());
    });
    this.limit.set(question.timeoutMs);
    this.pipe = question.transport.connect(question.address, this);
  }

  stop(): void {
    this.limit.clear();
    this.pipe.close();
  }

  onOpen(): void {
    this.isOpen = true;
    this.pipe.wantWrite();
  }

  onFlush(): Uint8Array {
    if (this.said || !this.isOpen) return noBytes;
    this.said = true;
    return encoder.encode(this.question.word);
  }

  onData(chunk: Uint8Array): void {
    if (this.subscriber.closed) return;
    if (this.size === 0 && isTlsAlert(chunk)) {
      this.failToConnect(tlsOnly(this.server));
      return;
    }
    this.size += chunk.length;
    const { maxBytes } = this.question;
    if (this.size > maxBytes) {
      this.fail('too-large', `the answer has more than ${String(maxBytes)} bytes (maxBytes)`);
      return;
    }
    // It is valid during the call only.
    this.chunks.push(chunk.slice());
  }

  onClose(error?: Error): void {
    if (this.subscriber.closed) return;
    if (this.size > 0) {
      if (error === undefined) this.finish();
      else
        this.fail('cut-off', `the connection broke after ${this.bytes}: ${error.message}`, error);
      return;
    }
    if (error === undefined && this.isOpen && mayBeEmpty.has(this.question.word)) {
      this.finish();
      return;
    }
    const phase = this.isOpen ? 'greeted' : 'opening';
    this.failToConnect(connectFailure({ server: this.server, phase, cause: error }));
  }

  private get server(): string {
    return formatAddress(this.question.address);
  }

  private get bytes(): string {
    return `${String(this.size)} bytes`;
  }

  private tooLate(): string {
    const limit = `within ${String(this.question.timeoutMs)} ms (timeoutMs)`;
    if (!this.isOpen) return `no connection ${limit}`;
    // A secure port waits for more than four bytes before it finds that they are no TLS.
    const hint = this.question.isSecure ? '' : '; does the port want TLS (option tls)?';
    if (this.size === 0) return `connected, but no answer ${limit}${hint}`;
    return `the answer was not at its end ${limit}, after ${this.bytes}`;
  }

  private finish(): void {
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.subscriber.next(decoder.decode(whole));
    this.subscriber.complete();
  }

  private failToConnect(error: ConnectError): void {
    this.fail(error.reason, error.message.replace(`Connect ${this.server}: `, ''), error);
  }

  private fail(reason: FourLetterWordFailure, message: string, cause?: unknown): void {
    const { word } = this.question;
    const problem = { word, server: this.server, reason, message, cause };
    this.subscriber.error(new FourLetterWordError(problem));
  }
}

// What they list may be nothing at all.
const mayBeEmpty: ReadonlySet<string> = new Set(['hash', 'wchc', 'wchp']);
