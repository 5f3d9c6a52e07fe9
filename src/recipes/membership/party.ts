/** Parties: who is there, shared with kazoo. Joining one, and watching who has joined. */

import { defer, distinctUntilChanged, map, type Observable } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { InvalidOptionError } from '../../errors/client-errors.js';
import { joinPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import { inCodePointOrder } from './code-points.js';
import { keep$ } from './ephemeral.js';
import { identities$ } from '../core/identities.js';
import { type EphemeralState } from './keep-node.js';
import {
  checkCall,
  checkOneOf,
  checkText,
  optionNames,
  type RecipeCall,
  type RecipeOptions,
} from '../core/options.js';

/**
 * How a party looks on the znodes. `party`: `<id>__party__`, the identifier is its data (kazoo's `Party`). `shallow`:
 * `<id>-<identifier>`, so that one list tells all identifiers (kazoo's `ShallowParty`).
 */
export type PartyLayout = 'party' | 'shallow';

/** How to look at a party. */
export interface MembersOptions extends RecipeOptions {
  /** Default `'party'`. All who meet at one path must use the same. */
  readonly layout?: PartyLayout;
}

/** How to join a party. */
export interface JoinOptions extends MembersOptions {
  /** By what the others know this member; in a shallow party it cannot have a `/`. Need not be unique. Default: empty. */
  readonly identifier?: string;
}

/** A member of a party. */
export interface PartyMember {
  /** Path of its znode. */
  readonly path: string;
  /** What it calls itself. */
  readonly identifier: string;
}

const marker = '__party__';
const memberNames = optionNames('layout');
const joinNames = optionNames('layout', 'identifier');

/**
 * Joins a party, and leaves it when unsubscribed.
 *
 * ```
 * zk         c----s-c------x-c        c connected, s suspended, x session lost
 * join$      0-h-----------0-h        0 not there, h there
 * members$   [][a]------------        the name stays: it is replaced in one transaction
 * ```
 *
 * The znode is kept as by {@link ephemeral$}: over disconnects and sessions, under one name as long as the subscription lasts, made again if
 * somebody deletes it, deleted for certain at the end.
 * What is not promised: that the others see the member as soon as it is told that it is there, or stop seeing it as soon as
 * its process is gone (its session must end first).
 *
 * @param path - znode under which the members are, made if it is missing
 * @emits {@link EphemeralState}: `absent` at once, `standing` when it has joined, then every change
 * @completes when the client is closed
 * @errors never for a loss; the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a member of its own
 * @example
 * join$(zk, '/workers', { identifier: hostname() }).subscribe();
 */
export function join$(
  zk: ZooKeeper,
  path: string,
  options: JoinOptions = {},
): Observable<EphemeralState> {
  return defer(() => {
    const call = { operation: 'join$', path };
    checkCall(options, call, joinNames);
    checkLayout(options.layout, call);
    const { identifier = '', layout = 'party', signal } = options;
    checkText({ option: 'identifier', value: options.identifier, context: call });
    const name = memberName(zk.randomId(), { identifier, layout, call });
    const znode = { operation: call.operation, path: joinPath(path, name) };
    return keep$(zk, { call: znode, data: identifier, ...(signal && { signal }) });
  });
}

/**
 * Emits who has joined a party, now and after every change, in the order of their identifiers.
 *
 * ```
 * a         h---------------r          joins, leaves
 * b            h------#                joins, its process is gone
 * result    [a][a,b]-----[a][]
 * ```
 *
 * Looking costs one list for each change that is seen and, unless the party is shallow, one read for each new member. What is not promised:
 * that every change is seen, or that who is in the list is alive this very moment.
 *
 * @param path - znode under which the members are, see {@link join$}
 * @emits the {@link PartyMember}s; none while there is no such znode
 * @completes when the client is closed
 * @errors the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing the watch and the list with all who look at the children of this path; the members' data are read for each subscription
 * @example
 * members$(zk, '/workers').subscribe((workers) => show(workers.map(({ identifier }) => identifier)));
 */
export function members$(
  zk: ZooKeeper,
  path: string,
  options: MembersOptions = {},
): Observable<readonly PartyMember[]> {
  return defer(() => {
    const call = { operation: 'members$', path };
    checkCall(options, call, memberNames);
    checkLayout(options.layout, call);
    const members = options.layout === 'shallow' ? shallow$(zk, path) : deep$(zk, call);
    return members.pipe(abortable(options.signal));
  });
}

/** Name of a member's znode. */
export function memberName(
  id: string,
  { identifier, layout, call }: { identifier: string; layout: PartyLayout; call: RecipeCall },
): string {
  if (layout === 'party') return id + marker;
  if (identifier.includes('/')) {
    const reason = 'is a part of a znode’s name here, and cannot have a "/"';
    throw new InvalidOptionError('identifier', reason, call);
  }
  return `${id}-${identifier}`;
}

/** Who the members of a shallow party are, by the names of their znodes: whatever stands there counts, as for kazoo. */
export function shallowMembers(
  path: string,
  children: readonly string[] | null,
): readonly PartyMember[] {
  const members = (children ?? []).map((name) => {
    return { path: joinPath(path, name), identifier: name.slice(name.indexOf('-') + 1) };
  });
  return inOrder(members);
}

function shallow$(zk: ZooKeeper, path: string): Observable<readonly PartyMember[]> {
  return zk.children$(path).pipe(
    map((children) => shallowMembers(path, children)),
    distinctUntilChanged(isSame),
  );
}

function deep$(zk: ZooKeeper, call: RecipeCall): Observable<readonly PartyMember[]> {
  const select = (children: readonly string[]) =>
    children.filter((name) => name.includes(marker)).map((name) => ({ name }));
  return identities$(zk, { ...call, select }).pipe(
    map((members) => inOrder(members.map(({ path, identifier }) => ({ path, identifier })))),
    distinctUntilChanged(isSame),
  );
}

/** By identifier; those who share one, by znode. */
function inOrder(members: readonly PartyMember[]): readonly PartyMember[] {
  return [...members].sort(
    (a, b) => inCodePointOrder(a.identifier, b.identifier) || inCodePointOrder(a.path, b.path),
  );
}

function isSame(a: readonly PartyMember[], b: readonly PartyMember[]): boolean {
  return a.length === b.length && a.every(({ path }, i) => path === b[i]?.path);
}

function checkLayout(layout: unknown, context: RecipeCall): void {
  checkOneOf({ option: 'layout', value: layout, context }, ['party', 'shallow']);
}
