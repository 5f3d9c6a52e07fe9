/**
 * All live reads of one client: one cell for each path and kind, and what they share of the session.
 *
 * The session is held open while there are cells, so it is the same one for all of them. Only here it is observed: cells
 * hear of a connection that was lost or is whole again only if somebody wants metadata, of `closed` and `authFailed` all.
 */

import { type Subscriber, type Unsubscribable } from 'rxjs';
import { type ZooKeeperError } from '../../errors/base.js';
import { AuthFailedError } from '../../errors/client-errors.js';
import { Ring } from '../../session/ring.js';
import { type Session, type SessionObserver } from '../../session/session.js';
import { type SessionState } from '../../session/state.js';
import { type LiveHost } from '../host.js';
import { type CellHost, type HostedCell } from './cell-host.js';
import { ChildrenCell, type ChildrenView } from './children-cell.js';
import { LiveTrees } from './live-trees.js';
import { NodeCell, type NodeView } from './node-cell.js';
import { type TreeScope } from './tree-scope.js';
import { type TreeView } from './tree-subscriber.js';

// Well below the default of `maxPendingRequests`, so that however many watches fire at once, the reads that follow leave
// room for requests and are not refused themselves; and enough that the wire is never idle.
const maxReadsInFlight = 16_384;

export class LiveCells implements CellHost, SessionObserver {
  connected = false;
  caughtUp = false;
  epoch = 0;
  private held: Session | undefined;
  private stopObserving: (() => void) | undefined;
  private readonly nodes = new Map<string, NodeCell>();
  private readonly lists = new Map<string, ChildrenCell>();
  private readonly trees = new LiveTrees(this);
  private readonly waiting = new Ring<HostedCell>();
  private readsInFlight = 0;
  private sending = false;

  constructor(
    private readonly host: LiveHost,
    private readonly maxReads = maxReadsInFlight,
  ) {}

  get session(): Session {
    // Cells exist only between `enter` and `leave`, and nobody else asks.
    if (this.held === undefined) throw new Error('A live read without a session');
    return this.held;
  }

  /** A subscriber to the znode at a path. */
  attachNode(path: string, view: NodeView, out: Subscriber<unknown>): Unsubscribable | undefined {
    if (!this.enter(path, view.operation, out)) return undefined;
    let cell = this.nodes.get(path);
    if (cell === undefined) this.nodes.set(path, (cell = new NodeCell(this, path)));
    return cell.attach(out, view);
  }

  /** A subscriber to the children of a path. */
  attachList(
    path: string,
    view: ChildrenView,
    out: Subscriber<unknown>,
  ): Unsubscribable | undefined {
    if (!this.enter(path, view.operation, out)) return undefined;
    let cell = this.lists.get(path);
    if (cell === undefined) this.lists.set(path, (cell = new ChildrenCell(this, path)));
    return cell.attach(out, view);
  }

  /** A subscriber to a tree. */
  attachTree(
    scope: TreeScope,
    view: TreeView,
    out: Subscriber<unknown>,
  ): Unsubscribable | undefined {
    if (!this.enter(scope.root, 'tree$', out)) return undefined;
    return this.trees.of(scope).attach(out, view);
  }

  onState(state: SessionState): void {
    if (state.status === 'closed') this.endAll();
    else if (state.status === 'authFailed') {
      this.endAll(new AuthFailedError(state.scheme, { cause: state.cause }));
    } else if (state.status === 'connected') this.connected = true;
    else if (this.connected) {
      this.connected = false;
      this.caughtUp = false;
      this.epoch++;
      this.tellFreshness();
    }
  }

  onWatchesRestored(): void {
    this.caughtUp = true;
    this.tellFreshness();
  }

  toServer(path: string): string {
    return this.host.chroot.toServer(path);
  }

  toClient(path: string): string {
    return this.host.chroot.toClient(path);
  }

  startRead(cell: HostedCell): void {
    this.waiting.push(cell);
    this.sendReads();
  }

  endRead(): void {
    this.readsInFlight--;
    if (this.waiting.length > 0) this.sendReads();
  }

  forget(cell: HostedCell): void {
    if (cell instanceof NodeCell) this.nodes.delete(cell.path);
    else if (cell instanceof ChildrenCell) this.lists.delete(cell.path);
    else this.trees.forget(cell);
    if (this.nodes.size + this.lists.size + this.trees.size === 0) this.leave();
  }

  report(error: ZooKeeperError): void {
    this.host.report(error);
  }

  rethrow(thrown: unknown): void {
    this.host.scheduler.schedule(() => {
      throw thrown;
    });
  }

  /** Makes sure that there is a session that can be read from; otherwise the subscriber is ended, and it is `false`. */
  private enter(path: string, operation: string, out: Subscriber<unknown>): boolean {
    const isFirst = this.held === undefined;
    const session = this.held ?? this.host.retain();
    const status = session?.state.status;
    if (session === undefined || status === 'closed' || status === 'authFailed') {
      if (isFirst && session !== undefined) this.host.release();
      endAtOnce(out, session?.state, { operation, path });
      return false;
    }
    if (isFirst) {
      this.held = session;
      this.connected = status === 'connected';
      this.caughtUp = this.connected;
      this.stopObserving = session.observe(this);
    }
    return true;
  }

  private leave(): void {
    this.stopObserving?.();
    this.stopObserving = undefined;
    this.held = undefined;
    this.epoch++;
    this.host.release();
  }

  private sendReads(): void {
    // A read that is refused at once ends inside its own start; the loop goes on, instead of one call inside the other.
    if (this.sending) return;
    this.sending = true;
    while (this.readsInFlight < this.maxReads) {
      const cell = this.waiting.shift();
      if (cell === undefined) break;
      this.readsInFlight++;
      cell.sendRead();
    }
    this.sending = false;
  }

  private tellFreshness(): void {
    for (const cell of this.nodes.values()) cell.deliver();
    for (const cell of this.lists.values()) cell.deliver();
  }

  private endAll(error?: ZooKeeperError): void {
    for (const cell of [...this.nodes.values(), ...this.lists.values()]) cell.end(error);
    this.trees.endAll(error);
  }
}

function endAtOnce(
  out: Subscriber<unknown>,
  state: SessionState | undefined,
  context: { operation: string; path: string },
): void {
  if (state?.status !== 'authFailed') out.complete();
  else out.error(new AuthFailedError(state.scheme, { ...context, cause: state.cause }));
}
