/** The election: who leads, and work that runs only while leading; shared with kazoo or with Curator. */

import {
  catchError,
  defer,
  distinctUntilChanged,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  startWith,
  switchMap,
  throwError,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { NoNodeError } from '../../errors/server-error.js';
import { abortable } from '../../rx/abortable.js';
import { contend$ } from '../held/contender.js';
import { type HeldLease } from '../held/held-lease.js';
import {
  checkContending,
  type ContendOptions,
  type LayoutOptions,
  optionNames,
} from '../core/options.js';
import { persist$, untilAnswered } from '../core/persist.js';
import { queueOptions } from '../held/contender-layouts.js';
import { type Standing } from '../held/standing.js';
import { fromUtf8 } from '../core/utf8.js';
import { runWhileHeld } from '../held/while-held.js';

/** How to stand in an election. */
export interface ElectionOptions extends ContendOptions, LayoutOptions {}

/** Whether this process leads. */
export type Leadership =
  | {
      readonly role: 'follower';
      /**
       * Identifier of the leader, as of the last look at the queue: a follower looks when it joins and when the one before it
       * goes. Missing while it is not known.
       */
      readonly leader?: string;
    }
  | { readonly role: 'leader'; readonly lease: HeldLease };

/**
 * Campaigns for leadership, term after term: emits whether this process leads, and resigns when unsubscribed.
 *
 * ```
 * zk                c-------s--c------        c connected, s suspended
 * leaderElection$   f--l----f-----l---        f follower, l leader
 * ```
 *
 * A lost leadership is no error: it emits `follower` synchronously, before anybody sees the state of the connection that caused
 * it, and campaigns again at the end of the queue. One who leads is followed by the one who has waited longest; a change
 * of leader wakes one follower only.
 * What is not promised: see {@link lock$}. Guard what must not be done by two with `lease.valid()` and `lease.fence`.
 *
 * @param path - znode under which the candidates stand, made if it is missing; the layout is that of {@link lock$} (kazoo's
 * `Election`), or that of Curator's `LeaderLatch` (`_c_<uuid>-latch-<number>`, its participants' ids as data)
 * @emits {@link Leadership}: `follower` at once, then every change; `follower` again when the leader it knows of has changed
 * @completes when the client is closed
 * @errors never for a loss; the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a candidate of its own
 * @example
 * leaderElection$(zk, '/election', { identifier: hostname() }).subscribe(({ role }) => report(role));
 */
export function leaderElection$(
  zk: ZooKeeper,
  path: string,
  options: ElectionOptions = {},
): Observable<Leadership> {
  return campaign$(zk, { ...options, path, operation: 'leaderElection$' });
}

/**
 * Runs the source only while this process leads.
 *
 * ```
 * leadership   f--l-----f---l------r         r resignation confirmed
 * source          --1--2    --1--2--|
 * result       -----1-------1--2-----|
 * ```
 *
 * The source is subscribed to anew in each term, and unsubscribed synchronously when the leadership is lost.
 *
 * @param path - znode under which the candidates stand, see {@link leaderElection$}
 * @emits what the source emits, term after term
 * @completes when the source has completed and the resignation is confirmed; when the client is closed
 * @errors with the source's error, when the resignation is confirmed; as {@link leaderElection$}, so never for a loss
 * @sharing nothing is shared: each subscription is a candidate of its own
 * @example
 * heartbeat$.pipe(whileLeader(zk, '/election', { identifier: hostname() })).subscribe();
 */
export function whileLeader<T>(
  zk: ZooKeeper,
  path: string,
  options: ElectionOptions = {},
): MonoTypeOperatorFunction<T> {
  return (source) => {
    const leadership$ = campaign$(zk, { ...options, path, operation: 'whileLeader' });
    const lease$ = leadership$.pipe(
      map((leadership) => (leadership.role === 'leader' ? leadership.lease : undefined)),
    );
    return runWhileHeld(lease$, () => source);
  };
}

interface Campaign extends ElectionOptions {
  readonly path: string;
  readonly operation: string;
}

const electionOptionNames = optionNames('identifier', 'giveUp', 'layout');
const follower: Leadership = { role: 'follower' };

function campaign$(
  zk: ZooKeeper,
  { path, operation, ...options }: Campaign,
): Observable<Leadership> {
  return defer(() => {
    const context = { operation, path };
    checkContending(options, context, electionOptionNames);
    return contend$(zk, queueOptions(path, { ...options, role: 'election', operation })).pipe(
      switchMap((standing) => leadership$(zk, { standing, operation })),
      startWith(follower),
      distinctUntilChanged(isSame),
      abortable(options.signal),
    );
  });
}

function leadership$(
  zk: ZooKeeper,
  { standing, operation }: { readonly standing: Standing; readonly operation: string },
): Observable<Leadership> {
  switch (standing.status) {
    case 'held':
      return of({ role: 'leader', lease: standing.lease });
    case 'lost':
      return of(follower);
    case 'waiting':
      return leaderOf$(zk, { path: standing.first, operation });
  }
}

function leaderOf$(
  zk: ZooKeeper,
  { path, operation }: { readonly path: string; readonly operation: string },
): Observable<Leadership> {
  const request = () => zk.get(path, untilAnswered);
  return persist$(zk, { operation, path, request }).pipe(
    map(({ data }): Leadership => ({ role: 'follower', leader: fromUtf8(data) })),
    catchError((error: unknown) =>
      // It has gone meanwhile; if that concerns us, we are about to look again.
      error instanceof NoNodeError ? of(follower) : throwError(() => error),
    ),
  );
}

function isSame(a: Leadership, b: Leadership): boolean {
  return a.role === 'follower' && b.role === 'follower' && a.leader === b.leader;
}
