/** What an authentication scheme is to the server: who is who, and which ids an ACL may name. */

/** An identity of a connection, or whom an ACL entry means. */
export interface Id {
  readonly scheme: string;
  readonly id: string;
}

/** One scheme. `world` and `auth` are none: they exist in ACLs only. */
export interface AuthProvider {
  readonly scheme: string;
  /** Whether `auth` in an ACL stands for identities of this scheme. */
  readonly authenticates: boolean;
  /** Whether an ACL may name this id. */
  isValid(id: string): boolean;
  /** Whether an identity is the one that an ACL names. */
  matches(identity: string, aclId: string): boolean;
  /** What `whoAmI` says of an identity. */
  userName(id: string): string;
  /** The identities that a credential proves; `undefined` refuses it. */
  authenticate(credential: Uint8Array | null, remoteHost: string): readonly Id[] | undefined;
}

/** The schemes of a server, by name. */
export type AuthProviders = ReadonlyMap<string, AuthProvider>;
