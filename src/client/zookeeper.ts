/** The ZooKeeper interface: everything an application and the recipes can ask of a client, and its documentation. */

import { type Observable, type SchedulerLike } from 'rxjs';
import { type SessionIdentity } from '../session/session.js';
import { type SessionState } from '../session/state.js';
import { type Acl, type Stat } from '../wire/records.js';
import { type ValueCodec } from './codec.js';
import { type EndedRequest } from './ended-request.js';
import { type EnsembleConfig, type EnsembleServer } from './ensemble-config.js';
import { type GiveUp, type Lease } from './lease.js';
import { type NamespaceOptions } from './namespace.js';
import { type Request, type RequestOptions } from './request.js';
import {
  type ReadOperation,
  type ReadResults,
  type TransactionOperation,
  type TransactionResults,
} from './transaction.js';
import { type DecodedTreeOptions, type TreeOptions, type TreeUpdate } from './tree.js';
import {
  type CreateOptions,
  type DeleteOptions,
  type EnsurePathOptions,
  type Node,
  type ParentsOptions,
  type Repeatable,
  type StatOptions,
  type VersionOptions,
} from './znode.js';

/** How a live read decodes. */
export interface LiveOptions {
  /**
   * A value that does not decode: `'error'` (default) errs the stream with `DecodeError`; `'keep'` skips it, so the last good
   * value stays, and reports the error to the client's `onReport`.
   */
  readonly onError?: 'error' | 'keep';
}

/** Asks a live read for its metadata with each value. */
export interface MetaOptions extends LiveOptions {
  readonly meta: true;
}

/** A value with what is known about its age. */
export interface Live<T> {
  readonly value: T;
  /** Metadata of the znode; `null` while it does not exist. */
  readonly stat: Stat | null;
  /** `false` while the connection is down: the value may be out of date. */
  readonly fresh: boolean;
  /** Zxid of the server when the value was read. */
  readonly zxid: bigint;
}

/** What {@link ZooKeeper.sessionLease$} guards. */
export interface SessionLeaseOptions {
  /** Czxid of the znode that stands for the grant. */
  readonly fence: bigint;
  /** Session that owns the znode. */
  readonly sessionId: bigint;
  /** Default `'suspended'`. */
  readonly giveUp?: GiveUp;
  /** How the lease's `released$` comes to complete; the recipe's business. */
  readonly released$: Observable<never>;
  /** For error messages: the recipe's name and path. */
  readonly operation: string;
  readonly path: string;
}

/**
 * A ZooKeeper client. Made by `zookeeper(connectString, options)`; nothing is opened until something is subscribed to.
 *
 * **Session.** The first subscription to anything opens it; when the last ends it is closed after `idleGraceMs`. A lost
 * session is replaced by itself.
 *
 * **Live reads** (nouns with `$`) emit the current value first, then every change. They are silent while the connection
 * is down or the session is replaced, and afterwards emit only if something changed. What is guaranteed: the last value
 * converges; not every version is seen; a stream never goes back in zxid; at most one read for each path is in flight.
 * All subscribers to one path share one watch and one read.
 *
 * **One-shots** (verbs) send one request for each subscription, and can be awaited. A read whose connection drops is
 * sent again; a write that was sent errs with `ConnectionLossError { outcome: 'unknown' }`.
 *
 * All paths are below the chroot of the connect string. A malformed path or option errs on subscribe.
 */
export interface ZooKeeper extends AsyncDisposable {
  /**
   * Emits the state of the connection and its session, the current one first.
   *
   * A loss is delivered in two phases: what leases and locks guard is unsubscribed before anybody sees the state here.
   *
   * @emits each {@link SessionState}, equal consecutive ones once
   * @completes after `closed`, when the client is closed
   * @errors never
   * @sharing one session for each client; a late subscriber gets the current state at once
   */
  readonly state$: Observable<SessionState>;
  /**
   * Emits each request that ends, from the subscription on: for metrics, traces and logs. It only looks on: it opens no session
   * and holds none, and while nobody is subscribed it costs nothing. No data and no secret is in it.
   *
   * @emits an {@link EndedRequest} for each request that was answered, failed or was cancelled, in a turn of its
   *   own; also those of live reads and recipes. Pings, logins and credentials are none
   * @completes when the client is closed
   * @errors never
   * @sharing hot: one stream for a client and all its views
   * @example
   * zk.requests$.pipe(filter(({ tookMs }) => (tookMs ?? 0) > 100)).subscribe(console.warn);
   */
  readonly requests$: Observable<EndedRequest>;
  /** The current state, without subscribing. `closed` before the first subscription to anything. */
  readonly state: SessionState;
  /**
   * Id and password of the current session, `undefined` while there is none (also while connected to a read-only server with no session
   * but its own). The password is a secret. `serialize()` gives it to another process, for the option `session`.
   */
  readonly session: SessionIdentity | undefined;
  /** Prefix of all paths on the server, namespaces included; `''` for none. */
  readonly chroot: string;
  /** What all delays of this client and of its recipes run on. */
  readonly scheduler: SchedulerLike;
  /**
   * A view of what is below a path: everything that can be done with the client, with all paths relative to that path, on
   * the same session, connection and `state$`. It costs next to nothing and needs no closing: its `close()` does nothing.
   *
   * What leads to the namespace is made when something is created directly below its root and finds it missing (and by
   * `ensurePath`); until then reads find nothing there. Recipes take a view like a client, and views nest.
   *
   * Throws `InvalidPathError` or `InvalidOptionError` at once.
   *
   * @param path - absolute path below this client's (or view's) root; `/` without options is the client itself
   * @param options - how what leads to it is made; default: persistent
   * @example
   * const team = zk.namespace('/team');
   * await team.create('/jobs');                              // makes /team, then /team/jobs
   * report$.pipe(withLock(team, '/locks/report')).subscribe(); // under /team/locks/report
   */
  namespace(path: string, options?: NamespaceOptions): ZooKeeper;
  /** A random (version 4) UUID as 32 hex digits, from the client's injected randomness. */
  randomId(): string;

  /**
   * Emits a znode's data now and after every change.
   *
   * @param path - absolute znode path below the client's chroot
   * @param codec - how bytes become values; default: the bytes as they are
   * @emits the decoded data; `null` while the znode does not exist
   * @completes when the client is closed
   * @errors `NoAuthError`; `DecodeError`; `AuthFailedError`; `InvalidPathError`. A lost connection is no error
   * @sharing one watch and one read for each path and client, shared by all subscribers
   */
  data$(path: string): Observable<Uint8Array | null>;
  data$<T>(path: string, codec: ValueCodec<T>, options?: LiveOptions): Observable<T | null>;
  data$<T>(path: string, codec: ValueCodec<T>, options: MetaOptions): Observable<Live<T | null>>;

  /**
   * Emits a znode's data and metadata now and after every change of the data.
   *
   * @param path - absolute znode path below the client's chroot
   * @param codec - how bytes become values; default: the bytes as they are
   * @emits the {@link Node}; `null` while the znode does not exist
   * @completes when the client is closed
   * @errors `NoAuthError`; `DecodeError`; `AuthFailedError`; `InvalidPathError`. A lost connection is no error
   * @sharing one watch and one read for each path and client, shared with `data$` and `exists$`
   */
  node$(path: string): Observable<Node<Uint8Array | null> | null>;
  node$<T>(path: string, codec: ValueCodec<T>, options?: LiveOptions): Observable<Node<T> | null>;

  /**
   * Emits whether a znode exists, now and after every change of it.
   *
   * @param path - absolute znode path below the client's chroot
   * @emits the znode's {@link Stat}; `null` while it does not exist
   * @completes when the client is closed
   * @errors `NoAuthError` (3.8.4+ only); `AuthFailedError`; `InvalidPathError`. A lost connection is no error
   * @sharing one watch and one read for each path and client, shared with `data$` and `node$`
   */
  exists$(path: string): Observable<Stat | null>;

  /**
   * Emits the names of a znode's children now and after every change of the list.
   *
   * @param path - absolute znode path below the client's chroot
   * @emits the names, in no particular order; `null` while the znode does not exist
   * @completes when the client is closed
   * @errors `NoAuthError`; `AuthFailedError`; `InvalidPathError`. A lost connection is no error
   * @sharing one watch and one read for each path and client, shared by all subscribers
   */
  children$(path: string): Observable<readonly string[] | null>;
  children$(path: string, options: MetaOptions): Observable<Live<readonly string[] | null>>;

  /**
   * Waits until a znode is made. Unlike with `exists$`, one that is gone again before it could be looked at counts, too, unless the
   * connection was down meanwhile.
   *
   * @param path - absolute znode path below the client's chroot
   * @emits nothing
   * @completes as soon as the znode exists or is known to have been created, or when the client is closed
   * @errors `NoAuthError` (3.8.4+ only); `AuthFailedError`; `InvalidPathError`. A lost connection is no error
   * @sharing one watch and one read for each path and client, shared with `exists$`
   */
  created$(path: string): Observable<never>;

  /**
   * Waits until a znode is gone. Unlike `exists$` it leaves no watch behind on a name that will not come back.
   *
   * @param path - absolute znode path below the client's chroot
   * @emits nothing
   * @completes as soon as the znode does not exist, or when the client is closed
   * @errors `NoAuthError`; `AuthFailedError`; `InvalidPathError`. A lost connection is no error
   * @sharing one watch and one read for each path and client, shared with `data$`
   */
  deleted$(path: string): Observable<never>;

  /**
   * Emits a znode with everything below it, and after every change what has changed.
   *
   * The first emission comes when everything has been read once; from then on changes are told as they come, several in
   * quick succession as one (you get the latest, not each). `tree` is a live view, not a copy. Znodes that may not be read
   * are left out with what is below them; a change of an ACL alone is not noticed. Watches are one for the whole tree
   * (3.6+) or two for each znode (before); after a reconnect only what has changed is read again.
   *
   * ```
   * server   /a        set /a/x    del /a/y, set /a     (lost …) set /a/x (… back)
   * tree$    {a,x,y}   x changed   y removed, a changed          x changed
   * ```
   *
   * @param path - absolute path of the root, below the client's chroot
   * @param options - how deep, which znodes, and how their data is decoded; default: all of them, bytes as they are
   * @emits a {@link TreeUpdate}: the whole tree and the changes since the emission before; an empty tree while there is no root
   * @completes when the client is closed
   * @errors `NoAuthError` of the root; `DecodeError`; what the filter throws; `AuthFailedError`; `InvalidPathError`. A lost
   *   connection is no error
   * @sharing one set of watches, reads and znodes for each path and client, shared by all with the same depth and filter; a
   *   late subscriber gets the tree at once
   * @example
   * zk.tree$('/services', { maxDepth: 2, codec: json<Service>() })
   *   .subscribe(({ tree, changes }) => route(tree, changes));
   */
  tree$(path: string, options?: TreeOptions): Observable<TreeUpdate<Uint8Array | null>>;
  tree$<T>(path: string, options: DecodedTreeOptions<T>): Observable<TreeUpdate<T>>;

  /** Reads a znode: its data and stat. Errs with `NoNodeError` if it does not exist. */
  get(path: string, options?: RequestOptions): Request<Node<Uint8Array | null>>;
  get<T>(path: string, codec: ValueCodec<T>, options?: RequestOptions): Request<Node<T>>;
  /** A znode's stat, or `null` if it does not exist. */
  exists(path: string, options?: RequestOptions): Request<Stat | null>;
  /** The names of a znode's children, in no particular order; with `withStat: true` its own stat with them. */
  children(
    path: string,
    options: RequestOptions & Required<StatOptions<true>>,
  ): Request<{ readonly children: readonly string[]; readonly stat: Stat }>;
  children(path: string, options?: RequestOptions & StatOptions<false>): Request<readonly string[]>;
  /**
   * Creates a znode and answers its path (with the number, for a sequential one); with `withStat: true` its path and stat.
   * A string is written as UTF-8; `null` (the default is no bytes) creates it without data. `parents` makes ancestors that
   * are missing.
   */
  create(
    path: string,
    data: Uint8Array | string | null | undefined,
    options: CreateOptions &
      ParentsOptions &
      Repeatable &
      RequestOptions &
      Required<StatOptions<true>>,
  ): Request<{ readonly path: string; readonly stat: Stat }>;
  create(
    path: string,
    data?: Uint8Array | string | null,
    options?: CreateOptions & ParentsOptions & Repeatable & RequestOptions & StatOptions<false>,
  ): Request<string>;
  /** Sets a znode's data, if its version is the one given (default: any), and answers the new stat. */
  set(
    path: string,
    data: Uint8Array | string | null,
    options?: RequestOptions & Repeatable & VersionOptions,
  ): Request<Stat>;
  /**
   * Deletes a childless znode, if its version is the one given (default: any). `recursive` deletes what is below it first;
   * `guaranteed` goes on until the server has confirmed it.
   */
  delete(path: string, options?: RequestOptions & DeleteOptions): Request<void>;
  /**
   * Creates a znode and its missing ancestors, empty, persistent or (`mode`) as containers (3.5.1+), which what the chroot
   * names never is. Existing ones are left as they are.
   */
  ensurePath(path: string, options?: RequestOptions & EnsurePathOptions): Request<void>;
  /** A znode's ACL and stat. Without ADMIN permission the server masks digests. */
  getAcl(
    path: string,
    options?: RequestOptions,
  ): Request<{ readonly acl: readonly Acl[]; readonly stat: Stat }>;
  /** Sets a znode's ACL, if its `aversion` is the one given (default: any), and answers the new stat. */
  setAcl(
    path: string,
    acl: readonly Acl[],
    options?: RequestOptions & VersionOptions,
  ): Request<Stat>;
  /** Makes the server catch up with the leader, so that reads sent after it see every write confirmed before it. */
  sync(path: string, options?: RequestOptions): Request<void>;
  /** Carries out all operations or none. Errs with `TransactionError`, which says what failed and why. */
  transaction<const T extends readonly TransactionOperation[]>(
    operations: T,
    options?: RequestOptions,
  ): Request<TransactionResults<T>>;
  /** Several reads in one request (3.6+); each result is a value or a `ServerError`. */
  multiRead<const T extends readonly ReadOperation[]>(
    operations: T,
    options?: RequestOptions,
  ): Request<ReadResults<T>>;
  /** The paths of this session's ephemeral znodes at or below a path (3.6+). */
  ephemerals(path?: string, options?: RequestOptions): Request<readonly string[]>;
  /** How many znodes there are below a path (3.6+). */
  countDescendants(path: string, options?: RequestOptions): Request<number>;
  /** The identities that the server knows this connection by (3.7+). */
  whoAmI(
    options?: RequestOptions,
  ): Request<readonly { readonly scheme: string; readonly user: string }[]>;
  /** The ensemble's configuration as the server has it in `/zookeeper/config`, whatever the chroot. */
  getConfig(options?: RequestOptions): Request<ConfigStat>;
  /**
   * Changes the ensemble's membership (3.5+, ADMIN on `/zookeeper/config`) and answers the new configuration. Errs with
   * `ReconfigDisabledError` (the server's `reconfigEnabled`), `NewConfigNoQuorumError`, `ReconfigInProgressError`, and
   * `BadVersionError` if `fromConfig` is not the version of the configuration there is.
   */
  reconfig(change: ReconfigChange, options?: RequestOptions): Request<ConfigStat>;
  /** Adds credentials to this and every later connection of the client. Refused ones are terminal: `AuthFailedError`. */
  addAuth(scheme: string, credential: Uint8Array | string, options?: RequestOptions): Request<void>;

  /**
   * Guards a grant by the session: the ground that locks and elections stand on.
   *
   * @emits one {@link Lease}, at once, if `sessionId` is the current session and it is connected
   * @completes never
   * @errors `LockLostError` when the lease ends by the policy `giveUp`, before anybody sees the state that ended it
   * @sharing nothing is shared: each subscription has a lease of its own, which ends when it is unsubscribed
   */
  sessionLease$(options: SessionLeaseOptions): Observable<Lease>;

  /**
   * Replaces the list of servers. Throws `InvalidOptionError` for a malformed connect string, and for one with a chroot that is not
   * this client's (it may have none); then the old list stays.
   *
   * The session lives on. The connection stays or moves to another server by the algorithm of ZooKeeper 3.5+, by chance and so
   * that the load of all clients is even again; it moves in any case if its server is not in the list. A move is a
   * short `suspended`. An attempt to connect to a server that is not in the list is given up.
   */
  setHosts(connectString: string): void;

  /**
   * Emits the ensemble's own configuration (`/zookeeper/config`, whatever the chroot) now and after every change.
   *
   * @emits the {@link EnsembleConfig}, without servers where a server is on its own; `null` before 3.5
   * @completes when the client is closed
   * @errors `NoAuthError`; `AuthFailedError`. A lost connection is no error
   * @sharing one watch and one read for each client, shared by all subscribers
   */
  readonly config$: Observable<EnsembleConfig | null>;

  /**
   * While it is subscribed to, the servers of this client are those of the ensemble's own configuration, as with `setHosts`: who
   * joins and leaves by `reconfig` is followed. When it ends, the last list stays.
   *
   * `onReport` is told (`HostsError`) of servers that have no address for clients and are left out, and of a configuration
   * that names none, which changes nothing.
   *
   * @param options - which address of a server is taken; must be given with TLS, as the configuration has no secure ports
   * @emits the connect strings that are set, without chroot; equal consecutive ones once
   * @completes when the client is closed
   * @errors as `config$`; `InvalidOptionError`, also for an address that cannot be used; what `address` throws
   * @sharing nothing but what `config$` shares
   * @example
   * zk.followConfig().subscribe((hosts) => console.log(`now at ${hosts}`));
   */
  followConfig(options?: FollowConfigOptions): Observable<string>;

  /**
   * Ends everything: running requests err with `SessionClosedError`, live reads and `state$` complete, and the server is told
   * to end the session. Resolves when it has confirmed or cannot be reached. Final and idempotent. Of a view
   * ({@link ZooKeeper.namespace}) it does nothing: the session is the client's.
   *
   * With `keepSession` the session is left, with its ephemerals, to whoever takes it over within its timeout: what was sent is
   * answered, then the connection is closed. What a lock held stays held by that session: give locks back before. The first
   * call decides.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** How to close a client. */
export interface CloseOptions {
  /** Leave the session to another process. Default false. */
  readonly keepSession?: boolean;
}

/** The ensemble's configuration: as it reads, and the znode `/zookeeper/config` that it stands in. */
export interface ConfigStat {
  readonly config: EnsembleConfig;
  readonly data: Uint8Array | null;
  readonly stat: Stat;
}

/** Which addresses of the ensemble's servers a client follows. */
export interface FollowConfigOptions {
  /**
   * The `host:port` at which clients reach a server; `undefined` leaves that server out. Default: where the configuration says
   * that clients are served; if that is every address of the machine (`0.0.0.0`) or lacks a host, the host at which the other
   * servers reach it; and a server without a port for clients is left out.
   */
  readonly address?: (server: EnsembleServer) => string | undefined;
}

/** A change of the ensemble's membership: either `members` (all of them) or `joining` and `leaving`. */
export interface ReconfigChange {
  /** Comma-separated `server.N=…` lines. */
  readonly joining?: string;
  /** Comma-separated server numbers. */
  readonly leaving?: string;
  /** Comma-separated `server.N=…` lines: the whole new membership. */
  readonly members?: string;
  /** Version of the configuration this is meant for; default: any. */
  readonly fromConfig?: bigint;
}
