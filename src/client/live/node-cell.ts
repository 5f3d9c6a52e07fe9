/**
 * The live read behind `data$`, `node$`, `exists$`, `created$` and `deleted$` of one path.
 *
 * Theory of operation. All five listen to the one data watch that the server keeps for the path. What is read depends on
 * who is there:
 *
 * | somebody wants …            | read                | and if there is no znode                          |
 * |-----------------------------|---------------------|---------------------------------------------------|
 * | the data                    | getData             | exists, whose watch tells of a creation           |
 * | only whether it exists, or to know when it is made | exists | its watch tells of a creation              |
 * | only to know when it is gone | getData            | nothing: getData leaves no watch on an absent name |
 *
 * After a `deleted` event the question is first whether the znode is back, so exists comes first; those who wait for its
 * end are done with the event alone, and so are those who wait for its making when it is `created`. A refused getData (NoAuth) ends those who need it; the others go on with exists.
 */

import { type Subscriber, type Unsubscribable } from 'rxjs';
import { type ZooKeeperError } from '../../errors/base.js';
import { NoAuthError } from '../../errors/server-error.js';
import { type AnyCall, ForwardedCall } from '../../session/call.js';
import { type WatchedChange } from '../../session/watched-change.js';
import { operations } from '../../wire/operations.js';
import { type Stat } from '../../wire/records.js';
import { type DataStat } from '../../wire/response-records.js';
import { type CellHost } from './cell-host.js';
import { LiveCell, type ReadKind } from './live-cell.js';
import { type LiveOperation, type LiveView } from './subscribers.js';

/** What a cell knows of a znode. */
export interface NodeState {
  readonly path: string;
  readonly stat: Stat | null;
  /** `null` if it has none; means nothing while `stat` is `null`. */
  readonly data: Uint8Array | null;
}

/** What one Observable over a znode wants, and what it makes of it. */
export interface NodeView extends LiveView {
  readonly want: 'data' | 'exists' | 'made' | 'gone';
  /** May throw `DecodeError`. */
  readonly value: (node: NodeState) => unknown;
}

export class NodeCell extends LiveCell<NodeView, DataStat> implements NodeState {
  data: Uint8Array | null = null;
  /** `data` belongs to `stat`. */
  private hasData = false;
  private readonly serverPath: string;
  // How many want the data, want to know whether it exists (or wait for it to be made, whom `wantMade` counts besides),
  // and wait for it to be gone. No object: there are many cells.
  private wantData = 0;
  private wantExists = 0;
  private wantMade = 0;
  private wantGone = 0;

  constructor(host: CellHost, path: string) {
    super(host, path);
    this.serverPath = host.toServer(path);
    host.session.watches.listen('data', this.serverPath, this);
  }

  valueFor(view: NodeView): unknown {
    return view.value(this);
  }

  isReadyFor({ want }: NodeView): boolean {
    return want === 'exists' || (want === 'data' && (this.stat === null || this.hasData));
  }

  override attach(out: Subscriber<unknown>, view: NodeView): Unsubscribable | undefined {
    if (view.want === 'gone' && this.revision > 0 && this.stat === null && !this.outdated) {
      out.complete();
      return undefined;
    }
    if (view.want === 'made' && this.revision > 0 && this.stat !== null && !this.outdated) {
      out.complete();
      return undefined;
    }
    return super.attach(out, view);
  }

  override onWatchEvent(change: WatchedChange): void {
    if (change === 'deleted') this.completeGone();
    if (change === 'created') this.completeMade();
    super.onWatchEvent(change);
  }

  protected override nextRead(): ReadKind | undefined {
    if (this.armed)
      return this.wantData > 0 && this.stat !== null && !this.hasData ? 'value' : undefined;
    if (this.likelyAbsent) return 'exists';
    return this.wantData > 0 || this.wantExists === 0 ? 'value' : 'exists';
  }

  protected override makeCall(kind: ReadKind): AnyCall {
    const request = { path: this.serverPath, watch: true };
    const operation = this.operation();
    const to = { context: { operation, path: this.path }, answer: this };
    return kind === 'value'
      ? new ForwardedCall(operations.getData, request, to)
      : new ForwardedCall(operations.exists, request, to);
  }

  protected override onReply(response: DataStat | Stat, stale: boolean): void {
    this.armed = true;
    this.likelyAbsent = false;
    if (stale) return;
    const hasData = 'stat' in response;
    const stat = hasData ? response.stat : response;
    if (this.revision === 0 || !isSame(this.stat, stat)) {
      this.revision++;
      this.hasData = false;
      this.data = null;
    }
    this.stat = stat;
    this.completeMade();
    if (!hasData) return;
    this.data = response.data;
    this.hasData = true;
  }

  protected override onAbsent(): void {
    if (this.revision === 0 || this.stat !== null) this.revision++;
    this.stat = null;
    this.data = null;
    this.hasData = false;
    this.completeGone();
  }

  protected override survives(error: ZooKeeperError, kind: ReadKind | undefined): boolean {
    if (!(error instanceof NoAuthError) || kind !== 'value') return false;
    if (this.wantExists === 0) return false;
    this.endAll((want) => want !== 'exists' && want !== 'made', error);
    return !this.disposed;
  }

  protected override leave(): void {
    this.host.session.watches.unlisten('data', this.serverPath, this);
  }

  protected override onAttached({ want }: NodeView): void {
    this.count(want, 1);
  }

  protected override onDetached({ want }: NodeView): void {
    this.count(want, -1);
  }

  private count(want: NodeView['want'], by: 1 | -1): void {
    if (want === 'data') this.wantData += by;
    else if (want === 'gone') this.wantGone += by;
    else this.wantExists += by;
    if (want === 'made') this.wantMade += by;
  }

  /** What a refused read is called. */
  private operation(): LiveOperation {
    if (this.wantData > 0) return 'data$';
    if (this.wantExists > this.wantMade) return 'exists$';
    return this.wantMade > 0 ? 'created$' : 'deleted$';
  }

  private completeMade(): void {
    if (this.wantMade > 0) this.endAll((want) => want === 'made');
  }

  private completeGone(): void {
    if (this.wantGone > 0) this.endAll((want) => want === 'gone');
  }

  private endAll(which: (want: NodeView['want']) => boolean, error?: ZooKeeperError): void {
    for (let s = this.subscribers.first; s !== undefined; s = s.next) {
      if (s.attached && which(s.view.want)) this.endOne(s, error);
    }
  }
}

/** Whether it is the same version of the same znode. */
function isSame(before: Stat | null, after: Stat): boolean {
  return before !== null && before.czxid === after.czxid && before.mzxid === after.mzxid;
}
