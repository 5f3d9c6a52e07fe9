/** The question `fourLetterWord`: any word, and its answer as text. */

import { defer, map } from 'rxjs';
import {
  FourLetterWordError,
  type FourLetterWordFailure,
} from '../errors/four-letter-word-error.js';
import { awaitable } from '../client/awaitable.js';
import { type Request } from '../client/request.js';
import { abortable } from '../rx/abortable.js';
import { formatAddress } from '../transport/transport.js';
import { Unreadable } from './unreadable.js';
import { exchangeWord } from './word-exchange.js';
import {
  type Asked,
  type FourLetterWordOptions,
  type Question,
  resolveQuestion,
} from './word-options.js';

/**
 * Asks one server a four-letter word (`mntr`, `stat`, `cons`, `wchs` …) and answers its text, however long it is.
 *
 * It needs no session and no quorum: each subscription is one connection, four bytes and the answer. Nothing is sent before it
 * is subscribed to or awaited. Errs with `FourLetterWordError`, whose `reason` says what is the matter (`not-allowed`: the
 * server must list the word in `4lw.commands.whitelist`), and with `InvalidOptionError`.
 *
 * @param host - one server, as in a connect string: `zk1:2181`, `zk1`, `[fd00::3]:2181`
 * @param word - four lower-case letters
 * @example
 * console.log(await fourLetterWord('zk1:2181', 'cons'));
 */
export function fourLetterWord(
  host: string,
  word: string,
  options: FourLetterWordOptions = {},
): Request<string> {
  return askWord({ host, word, options }, (answer) => answer);
}

/** A word whose answer is read by `read`, which throws {@link Unreadable}. */
export function askWord<T>(asked: Asked, read: (answer: string) => T): Request<T> {
  return awaitable(
    defer(() => {
      const question = resolveQuestion(asked);
      return exchangeWord(question).pipe(
        map((answer) => {
          refuseExcuses(question, answer);
          return readAnswer(question, { answer, read });
        }),
        abortable(question.signal),
      );
    }),
  );
}

/** What servers say instead of an answer. */
function refuseExcuses(question: Question, answer: string): void {
  const { word } = question;
  if (answer.startsWith(`${word} is not executed because it is not in the whitelist`)) {
    const property = `4lw.commands.whitelist=${word}`;
    throw problem(question, {
      reason: 'not-allowed',
      message: `the server does not answer this word: allow it there, by ${property} in zoo.cfg (a list, or *) or -Dzookeeper.${property}`,
    });
  }
  const isExcuse = answer.startsWith('This ZooKeeper instance is not currently serving requests');
  if (isExcuse || (word === 'isro' && answer.trim() === 'null')) {
    throw problem(question, {
      reason: 'not-serving',
      message: 'the server runs, and serves nobody; has it a quorum?',
    });
  }
}

function readAnswer<T>(
  question: Question,
  { answer, read }: { readonly answer: string; readonly read: (answer: string) => T },
): T {
  try {
    return read(answer);
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    const [line = ''] = answer.split('\n', 1);
    const message = `what came is no answer to this word: ${cause.message}; it begins with ${JSON.stringify(line.slice(0, 60))}`;
    throw problem(question, { reason: 'unreadable', message });
  }
}

function problem(
  { word, address }: Question,
  what: { readonly reason: FourLetterWordFailure; readonly message: string },
): FourLetterWordError {
  return new FourLetterWordError({
    word,
    server: formatAddress(address),
    ...what,
  });
}
