/**
 * The connection of one client cut once, at every chunk of its life in turn: before a request arrives (it is lost), right
 * after (its reply is lost), and the same for what comes back.
 */

import { type Direction } from '../../src/transport/memory-faults.js';
import { type Member, type World } from './world.js';

/** One place to cut. */
export interface Cut {
  readonly direction: Direction;
  readonly when: 'before' | 'after';
  /** Counts from 0, each direction for itself, the handshake included. */
  readonly chunk: number;
}

/** Every place in the first so many chunks each way: for `it.each`, which can name the fields in the title. */
export function cutsOf(chunks: number): readonly Cut[] {
  return (['toServer', 'toClient'] as const).flatMap((direction) =>
    (['before', 'after'] as const).flatMap((when) =>
      Array.from({ length: chunks }, (_, chunk) => ({ direction, when, chunk })),
    ),
  );
}

/** Cuts the member's connection there, once; `also` runs at that moment, before the cut. */
export function cutOnce(
  world: World,
  { address }: Member,
  { direction, when, chunk }: Cut,
  also?: () => void,
): void {
  let seen = 0;
  const matching = () => {
    if (seen++ !== chunk) return false;
    also?.();
    return true;
  };
  world.network.at(address).resetOnce({ direction, when, matching });
}
