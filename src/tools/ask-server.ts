/** Questions to one server whose answers are read: version, status, figures, settings, health. */

import { map } from 'rxjs';
import { awaitable } from '../client/awaitable.js';
import { type Request } from '../client/request.js';
import * as answers from './answers.js';
import { type Figures, type ServerStatus, type ServerVersion } from './answers.js';
import { askWord } from './four-letter-word.js';
import { type FourLetterWordOptions } from './word-options.js';

/**
 * What a server says of itself (`srvr`, which every server answers unless it is told not to): version, mode, latencies,
 * connections, last zxid, number of znodes. Errs as `fourLetterWord` does.
 *
 * @param host - one server, as in a connect string: `zk1:2181`
 */
export function srvr(host: string, options: FourLetterWordOptions = {}): Request<ServerStatus> {
  return askWord({ host, word: 'srvr', options }, answers.readStatus);
}

/**
 * The release that a server runs, by `srvr`. Errs as `fourLetterWord` does.
 *
 * @param host - one server, as in a connect string: `zk1:2181`
 * @example
 * if ((await serverVersion('zk1:2181')).atLeast('3.6')) console.log('has recursive watches');
 */
export function serverVersion(
  host: string,
  options: FourLetterWordOptions = {},
): Request<ServerVersion> {
  return awaitable(srvr(host, options).pipe(map(({ version }) => version)));
}

/**
 * The figures of a server for monitoring, by name (`zk_server_state`, `zk_outstanding_requests` …): numbers where they are
 * plain numbers, else text; every line is there. The server must allow the word (`4lw.commands.whitelist`). Errs as `fourLetterWord`
 * does.
 *
 * @param host - one server, as in a connect string: `zk1:2181`
 */
export function mntr(host: string, options: FourLetterWordOptions = {}): Request<Figures> {
  return askWord({ host, word: 'mntr', options }, answers.readFigures);
}

/**
 * The settings that a server runs with (`clientPort`, `tickTime` …). The server must allow the word
 * (`4lw.commands.whitelist`). Errs as `fourLetterWord` does.
 *
 * @param host - one server, as in a connect string: `zk1:2181`
 */
export function conf(host: string, options: FourLetterWordOptions = {}): Request<Figures> {
  return askWord({ host, word: 'conf', options }, answers.readSettings);
}

/**
 * Whether a server says that it is well: `true`, or an error. It says so whether or not it has a quorum; `srvr` tells more. The
 * server must allow the word (`4lw.commands.whitelist`). Errs as `fourLetterWord` does.
 *
 * @param host - one server, as in a connect string: `zk1:2181`
 */
export function ruok(host: string, options: FourLetterWordOptions = {}): Request<boolean> {
  return askWord({ host, word: 'ruok', options }, answers.readHealth);
}

/**
 * Whether a server is in read-only mode, cut off from its quorum (`isro`). The server must allow the word
 * (`4lw.commands.whitelist`). Errs as `fourLetterWord` does; `not-serving`: it is neither.
 *
 * @param host - one server, as in a connect string: `zk1:2181`
 */
export function isReadOnly(host: string, options: FourLetterWordOptions = {}): Request<boolean> {
  return askWord({ host, word: 'isro', options }, answers.readReadOnly);
}
