/** Validates the options of a client and fills in the defaults. */

import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { type ErrorContext } from '../errors/base.js';
import { InvalidOptionError } from '../errors/client-errors.js';
import { pathProblem } from '../path.js';
import { type Platform } from '../platform.js';
import { maxTimerMs } from '../rx/alarm.js';
import { type SavedSession } from '../session/session.js';
import { type SaslSource } from '../session/sasl-mechanism.js';
import { type Transport } from '../transport/transport.js';
import { type Acl } from '../wire/records.js';
import {
  checkAcl,
  checkBoolean,
  checkCallable,
  checkNames,
  checkNumber,
  type NumberRange,
  refuse,
} from './checks.js';
import { checkSchema } from './check-schema.js';
import { type AuthInfo, type ZooKeeperOptions } from './options.js';
import { type Schema } from './schema.js';
import { checkSasl, saslSource } from './sasl/sasl-options.js';
import { savedSession } from './saved-session.js';

/** Credentials as bytes. */
export interface Credential {
  readonly scheme: string;
  readonly credential: Uint8Array;
}

/** {@link ZooKeeperOptions} with nothing left open. */
export interface ResolvedOptions {
  readonly sessionTimeoutMs: number;
  /** `undefined`: session timeout / number of hosts. */
  readonly connectTimeoutMs: number | undefined;
  readonly readOnly: boolean;
  /** The session to begin with. */
  readonly session: SavedSession | undefined;
  readonly idleGraceMs: number;
  readonly requestTimeoutMs: number;
  readonly waitForConnectionMs: number;
  readonly maxPendingRequests: number;
  readonly maxRequestBytes: number;
  readonly maxReplyBytes: number;
  readonly reconnect: { readonly initialDelayMs: number; readonly maxDelayMs: number };
  readonly auth: readonly Credential[];
  readonly sasl: SaslSource | undefined;
  readonly defaultAcl: readonly Acl[];
  /** `undefined`: what the connect string says. `''` for none. */
  readonly chroot: string | undefined;
  readonly shuffleHosts: boolean;
  readonly schema: Schema | undefined;
  readonly onReport: ZooKeeperOptions['onReport'] | undefined;
  readonly scheduler: SchedulerLike;
  readonly monotonicNow: () => number;
  readonly random: () => number;
  readonly transport: Transport;
}

/** The options of a client whose transport is given. */
export type TransportedOptions = ZooKeeperOptions & { readonly transport: Transport };

const maxInt = 0x7fff_ffff;
const timer: NumberRange = { min: 1, max: maxTimerMs };

const ranges = {
  sessionTimeoutMs: timer,
  connectTimeoutMs: timer,
  idleGraceMs: { min: 0, max: maxTimerMs, infinite: true },
  requestTimeoutMs: { min: 1, max: maxTimerMs, infinite: true },
  waitForConnectionMs: { min: 1, max: maxTimerMs, infinite: true },
  maxPendingRequests: { min: 1, max: maxInt },
  maxRequestBytes: { min: 1024, max: maxInt },
  maxReplyBytes: { min: 1024, max: maxInt },
} satisfies Partial<Record<keyof ZooKeeperOptions, NumberRange>>;

const optionNames: ReadonlySet<string> = new Set([
  ...Object.keys(ranges),
  ...['reconnect', 'auth', 'sasl', 'defaultAcl', 'chroot', 'shuffleHosts', 'onReport', 'scheduler'],
  ...['readOnly', 'session', 'monotonicNow', 'random', 'transport', 'tls', 'schema'],
] satisfies string[]);
const reconnectNames: ReadonlySet<string> = new Set(['initialDelayMs', 'maxDelayMs']);
const authNames: ReadonlySet<string> = new Set(['scheme', 'credential']);

/** Everybody may do everything. */
export const openAcl: readonly Acl[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

const encoder = new TextEncoder();

/** Throws `InvalidOptionError` for the first option that cannot be used. */
export function resolveOptions(options: TransportedOptions, platform: Platform): ResolvedOptions {
  checkOptions(options);
  const scheduler = options.scheduler ?? asyncScheduler;
  const random = options.random ?? (() => platform.random());
  const initialDelayMs = options.reconnect?.initialDelayMs ?? 100;
  return {
    sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
    connectTimeoutMs: options.connectTimeoutMs,
    readOnly: options.readOnly ?? false,
    session: savedSession(options.session),
    idleGraceMs: options.idleGraceMs ?? 1000,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    waitForConnectionMs: options.waitForConnectionMs ?? Infinity,
    maxPendingRequests: options.maxPendingRequests ?? 262_144,
    maxRequestBytes: options.maxRequestBytes ?? 1_048_575,
    maxReplyBytes: options.maxReplyBytes ?? 67_108_864,
    reconnect: {
      initialDelayMs,
      maxDelayMs: options.reconnect?.maxDelayMs ?? Math.max(2000, initialDelayMs),
    },
    auth: (options.auth ?? []).map(toCredential),
    sasl: options.sasl === undefined ? undefined : saslSource(options.sasl, random),
    defaultAcl: options.defaultAcl ?? openAcl,
    chroot: options.chroot === '/' ? '' : options.chroot,
    shuffleHosts: options.shuffleHosts ?? true,
    schema: options.schema,
    onReport: options.onReport,
    scheduler,
    monotonicNow: options.monotonicNow ?? defaultMonotonicNow(scheduler, platform),
    random,
    transport: options.transport,
  };
}

/** Credentials with their bytes; text is taken as UTF-8. */
export function toCredential({ scheme, credential }: AuthInfo): Credential {
  return {
    scheme,
    credential: typeof credential === 'string' ? encoder.encode(credential) : credential,
  };
}

/** On virtual time there is one clock only: the scheduler's. */
function defaultMonotonicNow(scheduler: SchedulerLike, platform: Platform): () => number {
  return scheduler === asyncScheduler ? () => platform.monotonicNow() : () => scheduler.now();
}

function checkOptions(options: TransportedOptions): void {
  checkNames({ option: '', value: options }, optionNames);
  for (const [option, range] of Object.entries(ranges)) {
    // The keys of `ranges` are names of options.
    checkNumber({ option, value: options[option as keyof typeof ranges] }, range);
  }
  checkReconnect(options.reconnect);
  checkAuth(options.auth);
  checkSasl(options.sasl);
  checkAcl({ option: 'defaultAcl', value: options.defaultAcl });
  checkSchema(options.schema);
  checkChroot(options.chroot);
  checkBoolean({ option: 'readOnly', value: options.readOnly });
  checkBoolean({ option: 'shuffleHosts', value: options.shuffleHosts });
  checkCallable({ option: 'onReport', value: options.onReport });
  checkCallable({ option: 'scheduler', value: options.scheduler }, 'schedule');
  checkCallable({ option: 'monotonicNow', value: options.monotonicNow });
  checkCallable({ option: 'random', value: options.random });
  checkCallable({ option: 'transport', value: options.transport }, 'connect');
  if (options.tls !== undefined) {
    throw new InvalidOptionError('tls', 'is for TCP, and cannot be given together with transport');
  }
}

function checkChroot(chroot: string | undefined): void {
  if (chroot === undefined || chroot === '') return;
  const problem = pathProblem(chroot);
  if (problem !== undefined) throw new InvalidOptionError('chroot', problem);
}

function checkReconnect(reconnect: ZooKeeperOptions['reconnect']): void {
  checkNames({ option: 'reconnect', value: reconnect }, reconnectNames);
  if (reconnect === undefined) return;
  const { initialDelayMs, maxDelayMs } = reconnect;
  checkNumber({ option: 'reconnect.initialDelayMs', value: initialDelayMs }, timer);
  checkNumber(
    { option: 'reconnect.maxDelayMs', value: maxDelayMs },
    { min: initialDelayMs ?? 1, max: maxTimerMs },
  );
}

function checkAuth(auth: ZooKeeperOptions['auth']): void {
  if (auth === undefined) return;
  if (!isList(auth)) {
    throw refuse({ option: 'auth', value: auth }, 'a list of { scheme, credential }');
  }
  for (const [index, info] of auth.entries()) {
    const option = `auth[${String(index)}]`;
    checkNames({ option, value: info }, authNames);
    checkCredential(info, { prefix: `${option}.` });
  }
}

/** Credentials whose scheme has a name and whose secret is text or bytes. */
export function checkCredential(
  { scheme, credential }: AuthInfo,
  place: { readonly prefix: string; readonly context?: ErrorContext },
): void {
  const { prefix, context } = place;
  if (typeof scheme !== 'string' || scheme === '') {
    throw refuse({ option: `${prefix}scheme`, value: scheme, context }, 'the name of a scheme');
  }
  if (typeof credential !== 'string' && !(credential instanceof Uint8Array)) {
    throw refuse(
      { option: `${prefix}credential`, value: credential, context },
      'a string or bytes',
    );
  }
}

// Array.isArray makes a list of `any` of a readonly one.
function isList(value: unknown): boolean {
  return Array.isArray(value);
}
