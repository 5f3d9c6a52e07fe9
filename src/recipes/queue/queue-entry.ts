/** Reads an entry of a queue. */

import { map, type Observable } from 'rxjs';
import { type TransactionOperation } from '../../client/transaction.js';
import { create, remove, set } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { DecodeError } from '../../errors/client-errors.js';
import { joinPath } from '../../path.js';
import { type RecipeCall } from '../core/options.js';
import { persist$, untilAnswered } from '../core/persist.js';
import { type EntryName } from './queue-layout.js';
import { type QueueEntry, type QueuePlace } from './queue-options.js';

/** An entry as read, with the operations that take it out of the queue and put it back. */
export interface ReadEntry {
  /** Its first item; Curator's entries may hold several. */
  readonly entry: QueueEntry;
  /** Zxid that put it in: another entry may have the same path later. */
  readonly czxid: bigint;
  /** That its bytes are not those of this layout. */
  readonly problem: DecodeError | undefined;
  /** Takes the first item out, if the entry is still as it was read. */
  readonly takeOut: TransactionOperation;
  /** Undoes that: the entry is in its place again; one item of several goes to the end. */
  readonly putBack: TransactionOperation;
}

/** Reads an entry; errs with `NoNodeError` if it is gone. */
export function readEntry$(
  zk: ZooKeeper,
  { place, name, call }: { place: QueuePlace; name: EntryName; call: RecipeCall },
): Observable<ReadEntry> {
  const path = joinPath(place.entries, name.name);
  const request = () => zk.get(path, untilAnswered);
  return persist$(zk, { ...call, request }).pipe(
    map(({ data, stat: { version, czxid } }) => {
      const bytes = data ?? new Uint8Array();
      const { format } = place;
      const { items, problem } = unpacked(bytes, { place, path, call });
      const [first = new Uint8Array(), ...rest] = items;
      const entry = { path, data: first, priority: name.priority };
      if (rest.length === 0) {
        const takeOut = remove(path, { version });
        return { entry, czxid, problem, takeOut, putBack: create(path, data) };
      }
      const prefix = joinPath(place.entries, name.prefix);
      return {
        entry,
        czxid,
        problem,
        takeOut: set(path, format.pack(rest), { version }),
        putBack: create(prefix, format.pack([first]), { sequential: true }),
      };
    }),
  );
}

function unpacked(
  bytes: Uint8Array,
  { place, path, call }: { place: QueuePlace; path: string; call: RecipeCall },
): { readonly items: readonly Uint8Array[]; readonly problem: DecodeError | undefined } {
  try {
    return { items: place.format.unpack(bytes), problem: undefined };
  } catch (cause) {
    const problem = new DecodeError({ operation: call.operation, path, cause });
    return { items: [bytes], problem };
  }
}
