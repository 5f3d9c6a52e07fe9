/** Access control: who may do what, which ACLs are accepted, and what of them is shown. */

import { type Acl } from '../wire/records.js';
import { type AuthProviders, type Id } from './auth-provider.js';

/** The permission bits. */
export const perms = { read: 1, write: 2, create: 4, delete: 8, admin: 16, all: 31 } as const;

/** Everybody may do everything; shared by most znodes. */
export const openAcl: readonly Acl[] = [{ perms: perms.all, scheme: 'world', id: 'anyone' }];

/** Everybody may read and nobody may change: `/zookeeper/config`. */
export const readOnlyAcl: readonly Acl[] = [{ perms: perms.read, scheme: 'world', id: 'anyone' }];

/** Access control by a set of schemes. */
export class AccessControl {
  /** `skip`: nothing is checked, and everybody may do everything. */
  constructor(
    private readonly providers: AuthProviders,
    private readonly skip = false,
  ) {}

  /** Whether one of the identities has one of the permissions. An empty ACL is open; `super` may do everything. */
  permits(acl: readonly Acl[], wanted: number, identities: readonly Id[]): boolean {
    if (acl === openAcl || acl.length === 0 || this.skip) return true;
    for (const entry of acl) {
      if ((entry.perms & wanted) !== 0 && this.names(entry, identities)) return true;
    }
    return identities.some(({ scheme }) => scheme === 'super');
  }

  /**
   * The ACL as it is stored: without duplicates, then `auth` replaced by the connection's authenticated identities, even
   * where that makes a duplicate (measured). `undefined` if it is not acceptable.
   */
  normalize(acl: readonly Acl[], identities: readonly Id[]): readonly Acl[] | undefined {
    if (acl.length === 0) return undefined;
    if (acl.length === 1 && isOpen(acl[0])) return openAcl;
    const distinct = new Map(
      acl.map((one) => [`${String(one.perms)} ${one.scheme} ${one.id}`, one]),
    );
    const stored: Acl[] = [];
    for (const entry of distinct.values()) {
      const expanded = this.expand(entry, identities);
      if (expanded === undefined) return undefined;
      stored.push(...expanded);
    }
    return stored;
  }

  /** What `whoAmI` answers for an identity. */
  userName({ scheme, id }: Id): string {
    return this.providers.get(scheme)?.userName(id) ?? '';
  }

  /** The identities that a credential proves, or `undefined` if it proves none. */
  authenticate(
    scheme: string,
    credential: Uint8Array | null,
    { remoteHost }: { remoteHost: string },
  ): readonly Id[] | undefined {
    return this.providers.get(scheme)?.authenticate(credential, remoteHost);
  }

  private names(entry: Acl, identities: readonly Id[]): boolean {
    if (entry.scheme === 'world' && entry.id === 'anyone') return true;
    const provider = this.providers.get(entry.scheme);
    if (provider === undefined) return false;
    return identities.some(
      ({ scheme, id }) => scheme === entry.scheme && provider.matches(id, entry.id),
    );
  }

  private expand(entry: Acl, identities: readonly Id[]): readonly Acl[] | undefined {
    const { perms: bits, scheme, id } = entry;
    if (scheme === 'world') return id === 'anyone' ? [entry] : undefined;
    if (scheme !== 'auth')
      return this.providers.get(scheme)?.isValid(id) === true ? [entry] : undefined;
    const proven = identities.filter(
      (who) => this.providers.get(who.scheme)?.authenticates === true,
    );
    return proven.length === 0 ? undefined : proven.map((who) => ({ perms: bits, ...who }));
  }
}

/** What is shown of an ACL to those who may not change it: users of `digest`, but not their hashes. */
export function maskAcl(acl: readonly Acl[]): readonly Acl[] {
  return acl.map((entry) =>
    entry.scheme === 'digest' ? { ...entry, id: entry.id.replace(/:.*/s, ':x') } : entry,
  );
}

function isOpen(entry: Acl | undefined): boolean {
  return entry?.perms === perms.all && entry.scheme === 'world' && entry.id === 'anyone';
}
