/** The subscribers of one live read: who they are, what each has seen, and a list that may change while it is walked. */

import { type Subscriber, type Unsubscribable } from 'rxjs';
import { type Live } from '../zookeeper.js';

/** The user's word for a live read. */
export type LiveOperation = 'data$' | 'node$' | 'exists$' | 'children$' | 'created$' | 'deleted$';

/** What one live Observable wants; shared by all its subscribers. */
export interface LiveView {
  readonly operation: LiveOperation;
  /** Emits {@link Live} values, and also when only `fresh` changes. */
  readonly meta: boolean;
  /** A value that does not decode is reported and skipped, instead of being an error. */
  readonly keep: boolean;
}

/** Whoever a subscriber belongs to. */
interface Owner<View extends LiveView> {
  detach(subscriber: LiveSubscriber<View>): void;
}

/** One subscription. It is its own teardown, so that there is no closure for each. */
export class LiveSubscriber<View extends LiveView> implements Unsubscribable {
  /** Revision of the value it was last told of; 0: none yet. */
  seen = 0;
  /** It was last told that the znode does not exist. */
  sawAbsent = false;
  /** `fresh` of what it was last told. */
  fresh = true;
  /** The last emission, for those that want metadata. */
  last: Live<unknown> | undefined;
  attached = true;
  next: LiveSubscriber<View> | undefined;
  previous: LiveSubscriber<View> | undefined;

  constructor(
    readonly out: Subscriber<unknown>,
    readonly view: View,
    private readonly owner: Owner<View>,
  ) {}

  unsubscribe(): void {
    this.owner.detach(this);
  }
}

/**
 * A doubly linked list, because most live reads have one subscriber and some have thousands, and any of them may come or
 * go from inside an emission. One that is taken out keeps its own `next`, so a walk that stands on it goes on; those that
 * a walk still meets afterwards are recognized by `attached`.
 */
export class SubscriberList<View extends LiveView> {
  first: LiveSubscriber<View> | undefined;
  private last: LiveSubscriber<View> | undefined;

  add(subscriber: LiveSubscriber<View>): void {
    subscriber.previous = this.last;
    if (this.last === undefined) this.first = subscriber;
    else this.last.next = subscriber;
    this.last = subscriber;
  }

  remove(subscriber: LiveSubscriber<View>): void {
    const { next, previous } = subscriber;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
  }
}
