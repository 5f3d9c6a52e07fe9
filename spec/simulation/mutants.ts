/**
 * Wrong ideas to put into the client, one at a time, to prove that the simulation would notice. Each takes the place of a
 * right one, as somebody might have written it.
 */

import { LiveCell } from '../../src/client/live/live-cell.js';
import { Lifecycle } from '../../src/client/lifecycle.js';
import { ProtectedNode } from '../../src/recipes/core/protected-node.js';
import { LeaseClock, type Moment } from '../../src/session/lease-clock.js';
import { DeadlineGuard } from '../../src/session/deadline-guard.js';
import { StateDelivery } from '../../src/session/delivery.js';
import { Ring } from '../../src/session/ring.js';
import { WatchBook } from '../../src/session/watch-registry.js';
import { operations } from '../../src/wire/operations.js';
import { type Family } from './scenario.js';

/** A wrong idea, and what a run with it says. */
export interface Mutant {
  readonly idea: string;
  readonly noticed: RegExp;
  /** Default: `ground`. */
  readonly family?: Family;
  /** Where to begin to look for a seed that notices, for those that few seeds notice. */
  readonly fromSeed?: number;
  /** Puts it in. */
  readonly apply: () => void;
}

/** A method of whatever. */
export type Method = (this: never, ...args: never[]) => unknown;

/** Replaces a method. Private members and other people's types are no obstacle to a wrong idea, hence the casts. */
export function put(prototype: object, name: string, method: Method): void {
  // As said above.
  jest.spyOn(prototype as Record<string, () => unknown>, name).mockImplementation(method);
}

/** The private parts of the lease clock. */
interface Clockwork {
  acknowledged: Moment | undefined;
  heard: Moment | undefined;
  now(): Moment;
}

type RemainingMs = (this: Clockwork, from: Moment | undefined, spanMs: number) => number;

const twoHolders = /both hold|with fence \d+ after/;
const notConverged = /ends at|never got/;

export const mutants: readonly Mutant[] = [
  {
    idea: 'a lease lasts as long as the session is not known to be over',
    noticed: twoHolders,
    apply: () => {
      put(LeaseClock.prototype, 'leaseRemainingMs', function (this: LeaseClock) {
        return this.isRunning ? 1e6 : 0;
      });
    },
  },
  {
    idea: 'a lease counts from when the answer came, for the whole timeout',
    noticed: twoHolders,
    fromSeed: 88,
    apply: () => {
      put(LeaseClock.prototype, 'acknowledge', function (this: Clockwork) {
        this.acknowledged = this.heard = this.now();
      });
      put(LeaseClock.prototype, 'leaseRemainingMs', function (this: LeaseClock) {
        return this.sessionRemainingMs();
      });
    },
  },
  {
    idea: 'the monotonic clock alone is enough',
    noticed: twoHolders,
    apply: () => {
      put(LeaseClock.prototype, 'remainingMs', function (this: Clockwork, from, spanMs) {
        return from === undefined ? 0 : spanMs - (this.now().monotonicMs - from.monotonicMs);
      } satisfies RemainingMs);
    },
  },
  {
    idea: 'the wall clock alone is enough',
    noticed: twoHolders,
    apply: () => {
      put(LeaseClock.prototype, 'remainingMs', function (this: Clockwork, from, spanMs) {
        return from === undefined ? 0 : spanMs - (this.now().wallMs - from.wallMs);
      } satisfies RemainingMs);
    },
  },
  {
    idea: 'a timer will tell when the deadline has passed, also after a pause',
    noticed: /before it is told that it has lost/,
    apply: () => {
      put(DeadlineGuard.prototype, 'check', () => undefined);
    },
  },
  {
    idea: 'whoever holds something looks at the state by himself',
    noticed: /before it is told that it has lost/,
    apply: () => {
      put(StateDelivery.prototype, 'revoke', () => undefined);
    },
  },
  {
    idea: 'watches need not be put back',
    noticed: notConverged,
    apply: () => {
      put(WatchBook.prototype, 'restoration', () => []);
    },
  },
  {
    idea: 'a write whose connection was lost is sent again',
    noticed: /was answered|never got/,
    apply: () => {
      for (const name of ['setData', 'create', 'multi'] as const) {
        // Their kind is a constant.
        jest.replaceProperty(operations[name], 'kind', 'read');
      }
    },
  },
  {
    idea: 'what waited for a connection may be sent in any order',
    noticed: /is answered .* before #/,
    apply: () => {
      // The prototype knows nothing of what is in the ring.
      const drain = Ring.prototype.drain as (this: Ring<unknown>) => unknown[];
      put(Ring.prototype, 'drain', function (this: Ring<unknown>) {
        return drain.call(this).reverse();
      });
    },
  },
  {
    idea: 'an event starts a read, whether one is under way or not',
    noticed: /has reads of/,
    apply: () => {
      put(
        LiveCell.prototype,
        'onWatchEvent',
        function (this: { armed: boolean; reading: unknown; disposed: boolean; pump(): void }) {
          if (this.disposed) return;
          this.armed = false;
          this.reading = undefined;
          this.pump();
        },
      );
    },
  },
  {
    idea: 'subscribers are told after every read',
    noticed: /goes back|twice/,
    apply: () => {
      const { deliver } = LiveCell.prototype;
      put(LiveCell.prototype, 'deliver', function (this: Telling) {
        for (let s = this.subscribers.first; s !== undefined; s = s.next) if (s.seen > 0) s.seen--;
        deliver.call(this as never);
      });
    },
  },
  {
    idea: 'a create whose answer was lost did not happen',
    noticed: /never got/,
    apply: () => {
      put(ProtectedNode.prototype, 'attempt$', function (this: { create$(): unknown }) {
        return this.create$();
      });
    },
  },
  {
    idea: 'a session outlives those who held it',
    noticed: /are left behind/,
    apply: () => {
      put(Lifecycle.prototype, 'becomeIdle', () => undefined);
    },
  },
];

interface Telling {
  readonly subscribers: { readonly first: Told | undefined };
}

interface Told {
  seen: number;
  readonly next: Told | undefined;
}
