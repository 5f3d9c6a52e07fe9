/** Whom to ask a four-letter word, and within which bounds: the options, their checks and their defaults. */

import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { type ErrorContext } from '../errors/base.js';
import { InvalidOptionError } from '../errors/client-errors.js';
import { checkCallable, checkNames, checkNumber, refuse } from '../client/checks.js';
import { socketTransport } from '../client/socket-transport.js';
import { maxTimerMs } from '../rx/alarm.js';
import { parseConnectString } from '../session/connect-string.js';
import { type TlsOptions, type TlsOptionsFactory } from '../transport/tls-options.js';
import { type Address, type Transport } from '../transport/transport.js';

/** How to ask a server. */
export interface FourLetterWordOptions {
  /** Speak TLS, to the secure port: as the option `tls` of a client. Default: no TLS. */
  readonly tls?: TlsOptions | TlsOptionsFactory;
  /** Milliseconds for the whole answer to come, connecting included. Default 5,000; `Infinity` waits for ever. */
  readonly timeoutMs?: number;
  /** The longest answer that is taken, in bytes. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Aborting errs the question with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What the time limit runs on. Default: rxjs' `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
  /** What carries the bytes. Default: TCP, with TLS if `tls` is given. */
  readonly transport?: Transport;
}

/** A question with nothing left open. */
export interface Question {
  readonly word: string;
  readonly address: Address;
  readonly transport: Transport;
  /** Whether it is asked by TLS, as far as that is known. */
  readonly isSecure: boolean;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly scheduler: SchedulerLike;
}

/** What the user asked, and whom. */
export interface Asked {
  readonly host: string;
  readonly word: string;
  readonly options: FourLetterWordOptions;
}

const optionNames: ReadonlySet<string> = new Set([
  ...['tls', 'timeoutMs', 'maxBytes', 'signal', 'scheduler', 'transport'],
] satisfies string[]);
const timeoutRange = { min: 1, max: maxTimerMs, infinite: true } as const;
const bytesRange = { min: 1, max: 0x7fff_ffff } as const;
const defaultTimeoutMs = 5000;
const defaultMaxBytes = 16_777_216;

/** Throws `InvalidOptionError` for what cannot be used. */
export function resolveQuestion({ host, word, options }: Asked): Question {
  checkWord(word);
  const context = { operation: word };
  checkOptions(options, context);
  return {
    word,
    address: addressOf(host, context),
    transport: options.transport ?? socketTransport(options.tls),
    isSecure: options.tls !== undefined,
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
    maxBytes: options.maxBytes ?? defaultMaxBytes,
    signal: options.signal,
    scheduler: options.scheduler ?? asyncScheduler,
  };
}

function checkWord(word: unknown): void {
  const context = { operation: 'fourLetterWord' };
  if (typeof word !== 'string' || !/^[a-z]{4}$/.test(word)) {
    throw refuse({ option: 'word', value: word, context }, 'four lower-case letters, as in mntr');
  }
  if (word === 'stmk') {
    throw new InvalidOptionError('word', 'stmk takes a trace mask, and none can be given', context);
  }
}

function checkOptions(options: FourLetterWordOptions, context: ErrorContext): void {
  checkNames({ option: '', value: options, context }, optionNames);
  checkNumber({ option: 'timeoutMs', value: options.timeoutMs, context }, timeoutRange);
  checkNumber({ option: 'maxBytes', value: options.maxBytes, context }, bytesRange);
  checkCallable({ option: 'signal', value: options.signal, context }, 'addEventListener');
  checkCallable({ option: 'scheduler', value: options.scheduler, context }, 'schedule');
  checkCallable({ option: 'transport', value: options.transport, context }, 'connect');
  if (options.tls !== undefined && options.transport !== undefined) {
    const reason = 'is for TCP, and cannot be given together with transport';
    throw new InvalidOptionError('tls', reason, context);
  }
}

/** One server, written as in a connect string. */
function addressOf(host: string, context: ErrorContext): Address {
  if (typeof host !== 'string' || /[,/]/.test(host)) {
    throw refuse({ option: 'host', value: host, context }, 'one server, as in zk1:2181');
  }
  try {
    const [address] = parseConnectString(host).hosts;
    if (address !== undefined) return address;
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error;
    throw new InvalidOptionError('host', error.reason, context);
  }
  throw new InvalidOptionError('host', 'names no server', context);
}
