/** One four-letter word and its answer, and for a person who asked in vain why. */

import { Observable } from 'rxjs';
import { type ConnectError } from '../errors/connect-error.js';
import {
  FourLetterWordError,
  type FourLetterWordFailure,
} from '../errors/four-letter-word-error.js';
import { connectFailure, tlsOnly } from '../session/connect-failure.js';
import { askWord, type WordAnswer } from '../session/word-exchange.js';
import { formatAddress } from '../transport/transport.js';
import { type Question } from './word-options.js';

/** Asks once for each subscription, emits the whole answer and completes. Errs with `FourLetterWordError`. */
export function exchangeWord(question: Question): Observable<string> {
  return new Observable((subscriber) =>
    askWord(question, (answer) => {
      const failure = failureOf(question, answer);
      if (failure !== undefined) {
        subscriber.error(failure);
        return;
      }
      subscriber.next(answer.text);
      subscriber.complete();
    }),
  );
}

// What they list may be nothing at all.
const mayBeEmpty: ReadonlySet<string> = new Set(['hash', 'wchc', 'wchp']);

function failureOf(question: Question, answer: WordAnswer): FourLetterWordError | undefined {
  const { size, end, isOpen, error } = answer;
  const server = formatAddress(question.address);
  switch (end) {
    case 'tls-only':
      return unreached(question, tlsOnly(server));
    case 'too-late':
      return failed(question, 'timeout', tooLate(question, answer));
    case 'too-large': {
      const limit = String(question.maxBytes);
      return failed(question, 'too-large', `the answer has more than ${limit} bytes (maxBytes)`);
    }
    case 'hung-up':
      break;
  }
  if (size > 0) {
    if (error === undefined) return undefined;
    const message = `the connection broke after ${String(size)} bytes: ${error.message}`;
    return failed(question, 'cut-off', message, error);
  }
  if (error === undefined && isOpen && mayBeEmpty.has(question.word)) return undefined;
  const phase = isOpen ? 'greeted' : 'opening';
  return unreached(question, connectFailure({ server, phase, cause: error }));
}

function tooLate({ timeoutMs, isSecure }: Question, { isOpen, size }: WordAnswer): string {
  const limit = `within ${String(timeoutMs)} ms (timeoutMs)`;
  if (!isOpen) return `no connection ${limit}`;
  // A secure port waits for more than four bytes before it finds that they are no TLS.
  const hint = isSecure ? '' : '; does the port want TLS (option tls)?';
  if (size === 0) return `connected, but no answer ${limit}${hint}`;
  return `the answer was not at its end ${limit}, after ${String(size)} bytes`;
}

function unreached(question: Question, error: ConnectError): FourLetterWordError {
  const message = error.message.replace(`Connect ${error.server}: `, '');
  return failed(question, error.reason, message, error);
}

function failed(
  { word, address }: Question,
  ...[reason, message, cause]: [FourLetterWordFailure, string, unknown?]
): FourLetterWordError {
  const server = formatAddress(address);
  return new FourLetterWordError({ word, server, reason, message, cause });
}
