/**
 * Connect strings: `host1:port1,host2,[v6]:port3/chroot`.
 *
 * Host names are kept as they are; they are resolved anew for each attempt to connect.
 */

import { InvalidOptionError } from '../errors/client-errors.js';
import { pathProblem } from '../path.js';
import { type Address } from '../transport/transport.js';

/** Where a server listens if the connect string does not say. */
export const defaultPort = 2181;

/** A connect string in parts. */
export interface ConnectString {
  /** At least one. */
  readonly hosts: readonly Address[];
  /** Prefix of all paths; `''` for none. */
  readonly chroot: string;
}

/** Takes a connect string apart. Throws `InvalidOptionError` that names what is malformed. */
export function parseConnectString(connectString: string): ConnectString {
  if (typeof connectString !== 'string') throw malformed('must be a string');
  const text = connectString.trim();
  if (text === '') throw malformed('must not be empty');
  const slash = text.indexOf('/');
  const hosts = slash === -1 ? text : text.slice(0, slash);
  return {
    hosts: hosts.split(',').map(parseHost),
    chroot: parseChroot(slash === -1 ? '' : text.slice(slash)),
  };
}

function parseChroot(path: string): string {
  if (path === '' || path === '/') return '';
  const problem = pathProblem(path);
  if (problem !== undefined) throw malformed(`chroot ${JSON.stringify(path)} ${problem}`);
  return path;
}

function parseHost(entry: string, index: number): Address {
  const text = entry.trim();
  if (text === '') throw malformed(`host ${String(index + 1)} is empty`);
  if (text.startsWith('[')) return parseBracketed(text);
  const [host = '', port, ...rest] = text.split(':');
  if (rest.length > 0) {
    throw malformed(`${quote(text)}: an IPv6 address needs brackets, as in [::1]:2181`);
  }
  if (host === '') throw malformed(`${quote(text)} has no host name`);
  if (/[\s[\]@?#\\]/.test(host)) throw malformed(`${quote(host)} is no host name`);
  return { host, port: port === undefined ? defaultPort : parsePort(port, text) };
}

function parseBracketed(text: string): Address {
  const match = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (match === null) throw malformed(`${quote(text)}: expected [address] or [address]:port`);
  const [, host = '', port] = match;
  if (!/^[0-9a-f:.]*:[0-9a-f:.]*(?:%[\w.~-]+)?$/i.test(host)) {
    throw malformed(`${quote(host)} is no IPv6 address`);
  }
  return { host, port: port === undefined ? defaultPort : parsePort(port, text) };
}

function parsePort(text: string, entry: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw malformed(`port ${quote(text)} of ${quote(entry)} must be a whole number from 1 to 65535`);
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function malformed(reason: string): InvalidOptionError {
  return new InvalidOptionError('connectString', reason);
}
