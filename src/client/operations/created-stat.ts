/**
 * The stat of what was just created, where the server did not tell it: read right behind the create.
 *
 * If the znode is no longer the one that was created, or cannot be read, the create has still happened, so the stat is what
 * is certain of a new znode, with times of 0 for "not known".
 */

import { catchError, map, type Observable, of } from 'rxjs';
import { type Stat } from '../../wire/records.js';
import { type RequestHost } from '../request-host.js';
import { type CreateMode } from '../znode.js';
import { existsKind } from './reads.js';
import { type Steps } from './steps.js';

/** What is known of it. */
export interface NewZnode {
  readonly path: string;
  readonly data: Uint8Array | string | null | undefined;
  readonly mode: CreateMode | undefined;
  /** What it was created at. */
  readonly zxid: bigint;
}

/** Whose create it was. */
export interface Creation {
  readonly host: RequestHost;
  readonly steps: Steps;
}

/** Emits once, in the time that is left to the create; a look that fails is no error. */
export function statOfCreated(znode: NewZnode, { host, steps }: Creation): Observable<Stat> {
  const certain = newStat(znode, host.sessionId ?? 0n);
  return steps.send(existsKind, { path: znode.path, input: undefined }).pipe(
    map((stat) => (stat?.czxid === znode.zxid ? stat : certain)),
    catchError(() => of(certain)),
  );
}

function newStat({ data, mode, zxid }: NewZnode, owner: bigint): Stat {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  return {
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: mode === 'ephemeral' ? owner : 0n,
    dataLength: bytes?.length ?? 0,
    numChildren: 0,
  };
}
