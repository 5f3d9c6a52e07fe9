/** A question to a server, by a four-letter word, that got no answer that can be used. */

import { ZooKeeperError } from './base.js';
import { type ConnectFailure } from './connect-error.js';

/**
 * `not-allowed`: the server's whitelist has not got the word; `not-serving`: the server runs and serves nobody; `timeout`: no
 * (whole) answer within `timeoutMs`; `too-large`: an answer of more than `maxBytes`; `cut-off`: the connection broke in the
 * middle of the answer; `unreadable`: an answer that is not what this word is answered with. All else is as for
 * `ConnectError`, which is the `cause` then.
 */
export type FourLetterWordFailure =
  'not-allowed' | 'not-serving' | 'too-large' | 'cut-off' | 'unreadable' | ConnectFailure;

/** What the error is about. */
export interface FourLetterWordProblem {
  readonly word: string;
  /** `host:port`. */
  readonly server: string;
  readonly reason: FourLetterWordFailure;
  /** What happened and what to do, as it goes on behind `mntr of host:port: `. */
  readonly message: string;
  readonly cause?: unknown;
}

/** A server did not answer a four-letter word, or not with what can be used. Nothing has changed: it can be asked again. */
export class FourLetterWordError extends ZooKeeperError {
  readonly word: string;
  /** `host:port` of the server. */
  readonly server: string;
  readonly reason: FourLetterWordFailure;

  constructor({ word, server, reason, message, cause }: FourLetterWordProblem) {
    super(`${word} of ${server}: ${message}`, { cause });
    this.name = 'FourLetterWordError';
    this.word = word;
    this.server = server;
    this.reason = reason;
  }
}
