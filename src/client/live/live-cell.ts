/**
 * What all live reads of one path share: one watch, one read in flight, and the value as last read.
 *
 * Theory of operation. A cell is always in one of three situations: *armed* (the value is known and a watch on the server
 * will tell of the next change), *reading* (one request is under way), or *about to read*. An event disarms; `pump` starts
 * the read that `nextRead` asks for, unless one is under way; the reply brings the value and, since it was a read with
 * `watch: true`, arms again. Events that come during a read ask for one more after it, however many they are: that is the
 * backpressure, and there is no queue. A new value has a new `revision`; each subscriber remembers the revision it has
 * seen, so nobody is told twice, and callbacks may subscribe and unsubscribe as they like.
 *
 * A reply that is older than one before (lower zxid) does not change the value: its watch will tell when that server has
 * caught up. Nothing is done on a lost connection: the session sends reads again, leaves the watches again and delivers
 * what they missed as events.
 */

import { type Subscriber, type Unsubscribable } from 'rxjs';
import { type ZooKeeperError } from '../../errors/base.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { type AnyCall, type Answer } from '../../session/call.js';
import { type WatchListener } from '../../session/watch-registry.js';
import { type WatchedChange } from '../../session/watched-change.js';
import { type Stat } from '../../wire/records.js';
import { type CellHost } from './cell-host.js';
import { streamError } from './stream-error.js';
import { type LiveView, LiveSubscriber, SubscriberList } from './subscribers.js';
import { tellSubscriber } from './tell-subscriber.js';

/** A read of the value, or only of whether the znode exists (which also watches an absent one). */
export type ReadKind = 'value' | 'exists';

/** A live read's shared part. `Value` is what the reply to a `'value'` read holds. */
export abstract class LiveCell<View extends LiveView, Value>
  implements WatchListener, Answer<Value | Stat>
{
  /** `null` while the znode does not exist. */
  stat: Stat | null = null;
  /** Zxid of the newest reply. */
  zxid = 0n;
  /** Counts the values; 0: nothing is known yet. */
  revision = 0;
  protected readonly subscribers = new SubscriberList<View>();
  /** A watch stands for what is known. */
  protected armed = false;
  /** The znode was just seen to be gone, so it is asked for existence first. */
  protected likelyAbsent = false;
  protected disposed = false;
  private reading: ReadKind | undefined;
  private call: AnyCall | undefined;
  private again = false;
  private confirmedIn = -1;

  constructor(
    protected readonly host: CellHost,
    readonly path: string,
  ) {}

  /** What to read now; `undefined` if nothing. */
  protected abstract nextRead(): ReadKind | undefined;
  protected abstract makeCall(kind: ReadKind): AnyCall;
  /** Sets `armed` and, unless the reply is a stale one, the value. */
  protected abstract onReply(response: Value | Stat, stale: boolean): void;
  protected abstract onAbsent(): void;
  /** Stops listening to the watches. */
  protected abstract leave(): void;
  /** Errs those who cannot do without the read that was refused; whether there are others. */
  protected abstract survives(error: ZooKeeperError, kind: ReadKind | undefined): boolean;
  /** The value for a view; may throw `DecodeError`. */
  abstract valueFor(view: View): unknown;
  /** Whether what is known suffices for a view. */
  abstract isReadyFor(view: View): boolean;

  /** Whether the value is known to be as new as the connection. */
  get fresh(): boolean {
    const { connected, caughtUp, epoch } = this.host;
    return connected && (this.confirmedIn === epoch || (caughtUp && this.reading === undefined));
  }

  /** Whether an event has told that the value is out of date, and the new one is on its way. */
  protected get outdated(): boolean {
    return this.host.connected && !this.armed;
  }

  attach(out: Subscriber<unknown>, view: View): Unsubscribable | undefined {
    const subscriber = new LiveSubscriber<View>(out, view, this);
    this.subscribers.add(subscriber);
    this.onAttached(view);
    if (this.revision > 0 && !this.outdated) tellSubscriber(subscriber, this, this.host);
    if (out.closed) subscriber.unsubscribe();
    else this.pump();
    return subscriber;
  }

  detach(subscriber: LiveSubscriber<View>): void {
    if (!subscriber.attached) return;
    subscriber.attached = false;
    this.subscribers.remove(subscriber);
    this.onDetached(subscriber.view);
    if (this.subscribers.first === undefined) this.dispose();
  }

  onWatchEvent(change: WatchedChange): void {
    if (this.disposed) return;
    this.likelyAbsent = change === 'deleted';
    this.armed = false;
    this.again = this.call !== undefined;
    this.pump();
  }

  /** Sends the read that is due; called when there is room for it. Calls `endRead` of the host when it is over. */
  sendRead(): void {
    const kind = this.disposed ? undefined : this.nextRead();
    this.reading = kind;
    if (kind === undefined) {
      this.host.endRead();
      return;
    }
    this.call = this.makeCall(kind);
    this.host.session.submit(this.call);
  }

  reply(response: Value | Stat, zxid: bigint): void {
    const stale = zxid < this.zxid;
    if (!stale) this.zxid = zxid;
    this.finishRead();
    this.onReply(response, stale);
    this.afterRead();
  }

  fail(error: ZooKeeperError): void {
    const kind = this.finishRead();
    if (error instanceof SessionClosedError) this.end();
    else if (error instanceof NoNodeError) {
      const { lastZxid } = this.host.session;
      if (lastZxid > this.zxid) this.zxid = lastZxid;
      this.armed = kind === 'exists';
      this.likelyAbsent = true;
      this.onAbsent();
      this.afterRead();
    } else if (this.survives(error, kind)) {
      if (this.again) this.armed = false;
      this.again = false;
      this.pump();
    } else this.end(error);
  }

  /** Tells everybody what he has not been told; costs nothing for those who have. */
  deliver(): void {
    for (let s = this.subscribers.first; s !== undefined; s = s.next) {
      tellSubscriber(s, this, this.host);
    }
  }

  /** Completes everybody, or errs everybody, and is over. */
  end(error?: ZooKeeperError): void {
    const { first } = this.subscribers;
    this.dispose();
    for (let s = first; s !== undefined; s = s.next) this.endOne(s, error);
  }

  protected endOne(subscriber: LiveSubscriber<View>, error?: ZooKeeperError): void {
    const { out, view } = subscriber;
    try {
      if (error === undefined) out.complete();
      else out.error(streamError(error, { operation: view.operation, path: this.path }));
    } catch (thrown) {
      this.host.rethrow(thrown);
    }
  }

  /** Hooks for those who count their subscribers. */
  protected onAttached(_view: View): void {
    // Nothing to count here.
  }
  protected onDetached(_view: View): void {
    // Nothing to count here.
  }

  protected pump(): void {
    if (this.reading !== undefined || this.disposed) return;
    const kind = this.nextRead();
    if (kind === undefined) return;
    // The read says nothing against what is known so far, so that stays as fresh as it is.
    if (this.fresh) this.confirmedIn = this.host.epoch;
    this.reading = kind;
    this.host.startRead(this);
  }

  /** Returns what the read asked for. */
  private finishRead(): ReadKind | undefined {
    const kind = this.reading;
    this.call = undefined;
    this.reading = undefined;
    this.host.endRead();
    return kind;
  }

  private afterRead(): void {
    if (this.again) this.armed = false;
    this.again = false;
    this.confirmedIn = this.host.epoch;
    this.deliver();
    this.pump();
  }

  private dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.leave();
    if (this.call !== undefined) {
      this.host.session.cancel(this.call);
      this.finishRead();
    }
    this.host.forget(this);
  }
}
