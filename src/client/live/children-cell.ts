/**
 * The live read behind `children$` of one path.
 *
 * Listens to the path's child watch. getChildren leaves none on an absent znode, so while there is none the cell also
 * listens to the data watch, which exists leaves on any name, and which tells of the creation.
 */

import { type ZooKeeperError } from '../../errors/base.js';
import { type AnyCall, ForwardedCall } from '../../session/call.js';
import { operations } from '../../wire/operations.js';
import { type Stat } from '../../wire/records.js';
import { type NamesStat } from '../../wire/response-records.js';
import { type CellHost } from './cell-host.js';
import { isAtLastNumber } from './last-number.js';
import { LiveCell, type ReadKind } from './live-cell.js';
import { type LiveView } from './subscribers.js';

/** What one Observable over a list of children wants. */
export interface ChildrenView extends LiveView {
  readonly operation: 'children$';
}

export class ChildrenCell extends LiveCell<ChildrenView, NamesStat> {
  private names: readonly string[] | null = null;
  private readonly serverPath: string;
  private awaitsCreation = false;

  constructor(host: CellHost, path: string) {
    super(host, path);
    this.serverPath = host.toServer(path);
    host.session.watches.listen('child', this.serverPath, this);
  }

  valueFor(): readonly string[] | null {
    return this.names;
  }

  isReadyFor(): boolean {
    return true;
  }

  mayMissChildren(): boolean {
    return this.stat !== null && isAtLastNumber(this.stat);
  }

  protected override nextRead(): ReadKind | undefined {
    if (this.armed) return undefined;
    return this.likelyAbsent ? 'exists' : 'value';
  }

  protected override makeCall(kind: ReadKind): AnyCall {
    const request = { path: this.serverPath, watch: true };
    const to = { context: { operation: 'children$', path: this.path }, answer: this };
    if (kind === 'value') return new ForwardedCall(operations.getChildren2, request, to);
    this.awaitCreation(true);
    return new ForwardedCall(operations.exists, request, to);
  }

  protected override onReply(response: NamesStat | Stat, stale: boolean): void {
    this.likelyAbsent = false;
    this.awaitCreation(false);
    this.armed = 'names' in response;
    if (!('names' in response) || stale) return;
    if (this.revision === 0 || !isSame(this.stat, response.stat)) {
      this.revision++;
      this.names = response.names;
    }
    this.stat = response.stat;
  }

  protected override onAbsent(): void {
    if (this.revision === 0 || this.stat !== null) this.revision++;
    this.stat = null;
    this.names = null;
  }

  protected override survives(_error: ZooKeeperError): boolean {
    return false;
  }

  protected override leave(): void {
    this.host.session.watches.unlisten('child', this.serverPath, this);
    this.awaitCreation(false);
  }

  private awaitCreation(awaits: boolean): void {
    if (this.awaitsCreation === awaits) return;
    this.awaitsCreation = awaits;
    const { watches } = this.host.session;
    if (awaits) watches.listen('data', this.serverPath, this);
    else watches.unlisten('data', this.serverPath, this);
  }
}

/** Whether it is the same list of the same znode: both numbers move with every child that comes or goes. */
function isSame(before: Stat | null, after: Stat): boolean {
  if (before?.czxid !== after.czxid) return false;
  return before.cversion === after.cversion && before.pzxid === after.pzxid;
}
