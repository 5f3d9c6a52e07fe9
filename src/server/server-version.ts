/** What depends on the release that the server plays: its operations, and rules that changed between releases. */

import { isAtLeast } from '../wire/release.js';

/** The rules of one release. */
export interface ServerVersion {
  /** As `3.9.3`. */
  readonly text: string;
  /** Whether this release is at least another one. */
  atLeast(release: string): boolean;
  /** Whether an operation that it does not know gets no answer (until 3.4.5). */
  readonly dropsUnknown: boolean;
  /** Whether sequence counters go on below zero after their largest value (ZOOKEEPER-3249: until 3.6). */
  readonly counterWraps: boolean;
  /** Whether `exists` needs READ on a znode that is there (CVE-2024-23944: 3.8.4, 3.9.2). */
  readonly existsChecksRead: boolean;
  /** Whether a notification carries the zxid of its change (3.9); before, -1. */
  readonly noticesCarryZxid: boolean;
  /** Whether watch types 4 and 5 can be asked for (3.9). */
  readonly knowsPersistentWatcherTypes: boolean;
  /** Whether a create2 in a multi is answered as one (ZOOKEEPER-4026: 3.7.2, 3.8.2, 3.9.0). */
  readonly multiAnswersCreate2: boolean;
  /** Whether ACLs of the scheme `ip` may name IPv6 addresses (ZOOKEEPER-4240: 3.9.4). */
  readonly takesIpV6Acls: boolean;
}

export function serverVersion(text: string): ServerVersion {
  const atLeast = (release: string): boolean => isAtLeast(text, release);
  return {
    text,
    atLeast,
    dropsUnknown: !atLeast('3.4.6'),
    counterWraps: !atLeast('3.6'),
    existsChecksRead: atLeast('3.9.2') || (atLeast('3.8.4') && !atLeast('3.9')),
    noticesCarryZxid: atLeast('3.9'),
    knowsPersistentWatcherTypes: atLeast('3.9'),
    multiAnswersCreate2: atLeast('3.8.2') || (atLeast('3.7.2') && !atLeast('3.8')),
    takesIpV6Acls: atLeast('3.9.4'),
  };
}
