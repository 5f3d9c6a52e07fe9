/** The option `sasl`: what it may be, the check of it, and the session's source of mechanisms made of it. */

import { defer, isObservable, map, type ObservableInput, from, of } from 'rxjs';
import { type SaslMechanism, type SaslSource } from '../../session/sasl-mechanism.js';
import { checkBoolean, checkNames, refuse } from '../checks.js';
import { digestMd5 } from './digest-md5.js';

/** A login by user name and password, without the password on the wire. */
export interface DigestMd5Options {
  readonly mechanism: 'DIGEST-MD5';
  readonly username: string;
  readonly password: string;
  /**
   * Go on without having logged in where the server has no SASL at all. Default false: that is an `AuthFailedError`. With
   * `true`, whoever can put himself in between can make the client do without.
   */
  readonly optional?: boolean;
}

/** How to log in. */
export type SaslOptions = DigestMd5Options | SaslMechanism;

/** A way to log in, or a function that gives one for each connection, at once or later (a Promise, an Observable). */
export type SaslOption = SaslOptions | (() => SaslOptions | ObservableInput<SaslOptions>);

const digestNames: ReadonlySet<string> = new Set(['mechanism', 'username', 'password', 'optional']);

/** Throws `InvalidOptionError` for what cannot be used. A function is not called. */
export function checkSasl(value: SaslOption | undefined): void {
  if (value !== undefined && typeof value !== 'function') checkOptions(value);
}

/** Asks for the mechanism once for each connection. */
export function saslSource(option: SaslOption, random: () => number): SaslSource {
  const mechanismOf = (options: SaslOptions): SaslMechanism => {
    checkOptions(options);
    return isMechanism(options) ? options : digestMd5(options, random);
  };
  if (typeof option === 'function') {
    return () => defer(() => given(option())).pipe(map(mechanismOf));
  }
  const mechanism = mechanismOf(option);
  return () => of(mechanism);
}

function given(options: SaslOptions | ObservableInput<SaslOptions>) {
  return isOptions(options) ? of(options) : from(options);
}

/** Whatever has neither is taken for something that gives it. */
function isOptions(given: SaslOptions | ObservableInput<SaslOptions>): given is SaslOptions {
  if (typeof given !== 'object' || (given as unknown) === null) return true;
  const later = isObservable(given) || 'then' in given || Symbol.asyncIterator in given;
  return !later && !(Symbol.iterator in given);
}

function checkOptions(value: SaslOptions): void {
  const given = { option: 'sasl', value };
  if (typeof value !== 'object' || (value as unknown) === null) {
    throw refuse(given, 'an object { mechanism, … }, a mechanism, or a function');
  }
  if (isMechanism(value)) {
    checkBoolean({ option: 'sasl.optional', value: value.optional });
    return;
  }
  // A caller without types may have given anything.
  const mechanism: unknown = value.mechanism;
  if (mechanism !== 'DIGEST-MD5') {
    const others = 'or an object with name and start()';
    throw refuse({ option: 'sasl.mechanism', value: mechanism }, `'DIGEST-MD5', ${others}`);
  }
  checkNames(given, digestNames);
  if (typeof value.username !== 'string' || value.username === '') {
    throw refuse({ option: 'sasl.username', value: value.username }, 'the name of a user');
  }
  if (typeof value.password !== 'string') {
    throw refuse({ option: 'sasl.password', value: value.password }, 'a string');
  }
  checkBoolean({ option: 'sasl.optional', value: value.optional });
}

function isMechanism(options: SaslOptions): options is SaslMechanism {
  return 'start' in options && typeof options.start === 'function';
}
