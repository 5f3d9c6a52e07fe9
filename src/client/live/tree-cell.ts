/**
 * What all `tree$` of one path and one scope share: one set of watches, one set of reads, one store.
 *
 * Theory of operation. The watch comes first, then the root is read, then what is below it, level by level; whoever came
 * before the answer misses nothing, because an event on the wire precedes every reply that shows its change. What a tree
 * does with an event or an answer only ever marks entries as due for a read, takes entries out, or puts a znode into the store.
 *
 * |                    | with a recursive watch                        | with one-shot watches                       |
 * |--------------------|-----------------------------------------------|---------------------------------------------|
 * | a new znode        | `created` of its path                         | `childrenChanged` of its parent, then a list |
 * | lists are read     | where the first read shows that there are any | everywhere, since the read leaves the watch |
 * | an absent root     | `created` will tell                           | `exists` leaves a watch that will tell      |
 * | after a reconnect  | events for what has changed (`tree-watches.ts`), and reads of that                         ||
 *
 * A list only ever adds: what is missing in it is read, and goes when that answers NoNode. So an answer that is older than
 * an event does no harm. When what has changed is told: `tree-news.ts`.
 */

import { type ZooKeeperError } from '../../errors/base.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { NoAuthError, NoNodeError } from '../../errors/server-error.js';
import { baseName, joinPath, parentPath } from '../../path.js';
import { type TreeListener } from '../../session/tree-watches.js';
import { type OneShotList } from '../../session/watch-chunks.js';
import { type WatchedChange, type WatchTable } from '../../session/watched-change.js';
import { type Stat } from '../../wire/records.js';
import { type DataStat, type NamesStat } from '../../wire/response-records.js';
import { type CellHost } from './cell-host.js';
import { mayMissChildren } from './last-number.js';
import { streamError } from './stream-error.js';
import { bits, dataPending, listPending, type TreeEntry } from './tree-entry.js';
import { type TreeAudience, TreeNews } from './tree-news.js';
import { type ReadOwner, type TreeRead, TreeReads } from './tree-reads.js';
import { type TreeScope } from './tree-scope.js';
import { TreeStore } from './tree-store.js';

export class TreeCell implements TreeListener, ReadOwner {
  /** The root is known to be absent. */
  awaitsRoot = false;
  readonly store: TreeStore;
  readonly reads: TreeReads;
  readonly news: TreeNews;
  private readonly serverRoot: string;
  private disposed = false;

  constructor(
    private readonly host: CellHost,
    readonly scope: TreeScope,
    private readonly audience: TreeAudience,
  ) {
    this.store = new TreeStore(scope.root);
    this.reads = new TreeReads(host, this);
    this.news = new TreeNews(host, this, audience);
    this.serverRoot = host.toServer(scope.root);
  }

  get path(): string {
    return this.scope.root;
  }

  start(): void {
    this.news.await(this.store.root);
    this.host.session.watches.listenTree(this.serverRoot, this);
    this.reads.wantData(this.store.root);
  }

  sendRead(): void {
    this.reads.send();
  }

  onTreeEvent(change: WatchedChange, serverPath: string): void {
    if (this.disposed) return;
    const path = this.host.toClient(serverPath);
    const entry = this.store.entry(path);
    if (entry === undefined) {
      if (change === 'created' || change === 'dataChanged') this.discover(path, change);
    } else if (change === 'deleted') this.onDeleted(entry);
    else if (change === 'childrenChanged') {
      if (this.scope.reachesBelow(entry)) this.reads.wantList(entry);
    } else {
      if (entry.parent === undefined) this.awaitsRoot = false;
      this.reads.wantData(entry);
    }
    this.news.tellIfDue();
  }

  onRecursiveRefused(): void {
    for (const entry of this.store.all()) {
      if (entry.is(bits.dataSent)) entry.set(bits.dataAgain);
      if (entry.is(bits.listSent)) entry.set(bits.listAgain);
    }
  }

  holds(table: WatchTable, serverPath: string): boolean {
    const entry = this.store.entry(this.host.toClient(serverPath));
    return entry !== undefined && (table === 'data' || this.scope.reachesBelow(entry));
  }

  forEachEntry(tell: (table: WatchTable, path: string) => void): void {
    for (const entry of this.store.all()) {
      const path = this.host.toServer(entry.path);
      tell('data', path);
      if (this.scope.reachesBelow(entry)) tell('child', path);
    }
  }

  forEachKnown(tell: (list: OneShotList, path: string) => void): void {
    for (const entry of this.store.all()) {
      const path = this.host.toServer(entry.path);
      const knowsList = entry.is(bits.listKnown) && !entry.is(listPending);
      if (knowsList && this.scope.reachesBelow(entry)) tell('child', path);
      if (entry.is(dataPending)) continue;
      if (entry.node !== undefined) tell('data', path);
      else if (entry.parent === undefined && this.awaitsRoot) tell('exist', path);
    }
  }

  onCompared(): void {
    if (this.disposed) return;
    for (const entry of mayMissChildren(this.store.all())) {
      if (this.scope.reachesBelow(entry)) this.reads.wantList(entry);
    }
  }

  onData(entry: TreeEntry, { data, stat }: DataStat): void {
    if (entry.parent === undefined) this.awaitsRoot = false;
    // Another znode than before, whose deletion was missed: what is known of the children is not of these.
    if (entry.node !== undefined && entry.node.stat.czxid !== stat.czxid)
      entry.clear(bits.listKnown);
    // A server that is behind answers with an older version; its event will tell when it has caught up.
    if (entry.node === undefined || stat.mzxid > entry.node.stat.mzxid)
      this.store.setNode(entry, { path: entry.path, data, stat });
    if (!entry.is(bits.listKnown | listPending)) this.lookBelow(entry, stat);
  }

  onNames(entry: TreeEntry, { names }: NamesStat): void {
    if (entry.node === undefined) return;
    const isFirst = !entry.is(bits.listKnown);
    entry.set(bits.listKnown);
    if (entry.firstChild !== undefined) this.doubtMissing(entry, new Set(names));
    for (const name of names) this.addListed(entry, joinPath(entry.path, name), isFirst);
  }

  onRootExists(): void {
    this.awaitsRoot = false;
    this.reads.wantData(this.store.root);
  }

  onRefused({ entry, kind }: TreeRead<unknown>, error: ZooKeeperError): void {
    if (error instanceof SessionClosedError) this.end();
    else if (error instanceof NoNodeError) {
      if (kind === 'list') this.reads.wantData(entry);
      else if (!entry.is(dataPending)) this.onAbsent(entry);
    } else if (error instanceof NoAuthError && entry.parent !== undefined) {
      // The entry stays, so that it is not asked for again with every list.
      this.store.vacate(entry, this.settle);
    } else this.end(error);
  }

  onReadDone(entry: TreeEntry): void {
    this.news.onReadDone(entry);
  }

  /** Completes everybody, or errs everybody, and is over. */
  end(error?: unknown): void {
    if (this.disposed) return;
    this.dispose();
    this.audience.onEnd(streamError(error, { operation: 'tree$', path: this.path }));
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.news.stop();
    this.host.session.watches.unlistenTree(this.serverRoot, this);
    this.reads.stop();
    this.store.clear();
    this.host.forget(this);
  }

  private discover(path: string, change: WatchedChange): void {
    const parent = this.store.entry(parentPath(path));
    if (parent === undefined || !this.admits(parent, path)) return;
    const entry = this.store.add(path, parent);
    // Nothing was below it when it was created, and all that comes will be told. Not so in the comparison after a
    // reconnect, where the event may be old.
    const isNew = change === 'created' && this.host.caughtUp;
    if (isNew && this.host.session.watches.recursive) entry.set(bits.listKnown);
    this.reads.wantData(entry);
  }

  private addListed(parent: TreeEntry, path: string, isFirst: boolean): void {
    if (this.disposed || this.store.entry(path) !== undefined || !this.admits(parent, path)) return;
    const entry = this.store.add(path, parent);
    // Whatever comes later is not waited for: a fast writer must not put off the first emission for ever.
    if (isFirst && parent.is(bits.awaited)) this.news.await(entry);
    this.reads.wantData(entry);
  }

  private admits(parent: TreeEntry, path: string): boolean {
    try {
      return this.scope.admits(parent, path);
    } catch (thrown) {
      this.end(thrown);
      return false;
    }
  }

  /** Children that are not in a list may be gone: they are asked for one by one. */
  private doubtMissing(entry: TreeEntry, names: ReadonlySet<string>): void {
    for (let child = entry.firstChild; child !== undefined; child = child.next) {
      if (!names.has(baseName(child.path))) this.reads.wantData(child);
    }
  }

  private lookBelow(entry: TreeEntry, { numChildren }: Stat): void {
    const mustAsk = numChildren > 0 || !this.host.session.watches.recursive;
    if (mustAsk && this.scope.reachesBelow(entry)) this.reads.wantList(entry);
    // With a recursive watch the first child will be told of.
    else entry.set(bits.listKnown);
  }

  private onDeleted(entry: TreeEntry): void {
    const isRoot = entry.parent === undefined;
    if (isRoot) this.awaitsRoot = true;
    // While a read is under way the entry stays, so that there is never a second one beside it.
    if (isRoot || entry.is(bits.dataSent | bits.listSent)) {
      this.store.vacate(entry, this.settle);
      this.reads.wantData(entry);
    } else this.store.drop(entry, this.settle);
  }

  private onAbsent(entry: TreeEntry): void {
    if (entry.parent !== undefined) {
      this.store.drop(entry, this.settle);
      // Somebody who waited for it here may have left his watch to this tree.
      this.host.session.watches.abandon(this.host.toServer(entry.path));
      return;
    }
    this.store.vacate(entry, this.settle);
    const wasAsked = this.awaitsRoot;
    this.awaitsRoot = true;
    // Without a recursive watch only exists leaves one that will tell of the root.
    if (!wasAsked && !this.host.session.watches.recursive) this.reads.wantData(entry);
  }

  private readonly settle = (entry: TreeEntry): void => {
    this.news.settle(entry);
  };
}
