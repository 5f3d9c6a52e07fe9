/** A live tree and those who subscribe to it: all of them share its watches, its reads and its znodes. */

import { type Subscriber, type Unsubscribable } from 'rxjs';
import { type TreeChange } from '../tree.js';
import { type CellHost } from './cell-host.js';
import { StoredTree } from './stored-tree.js';
import { TreeCell } from './tree-cell.js';
import { type TreeAudience } from './tree-news.js';
import { type TreeScope } from './tree-scope.js';
import { TreeSubscriber, type TreeView } from './tree-subscriber.js';

type RawChanges = readonly TreeChange<Uint8Array | null>[];

export class SharedTree implements TreeAudience {
  readonly cell: TreeCell;
  private readonly tree: StoredTree;
  /** Copied when it changes, because callbacks may come and go while it is walked. */
  private subscribers: readonly TreeSubscriber[] = [];

  constructor(
    private readonly host: CellHost,
    readonly scope: TreeScope,
  ) {
    this.cell = new TreeCell(host, scope, this);
    this.tree = new StoredTree(scope.root, this.cell.store);
  }

  attach(out: Subscriber<unknown>, view: TreeView): Unsubscribable {
    const isFirst = this.subscribers.length === 0;
    const subscriber = new TreeSubscriber(out, view, this.host);
    this.subscribers = [...this.subscribers, subscriber];
    if (isFirst) this.cell.start();
    // The others are told first, so that this one begins with what they have.
    this.cell.news.tellNow();
    if (this.cell.news.ready) subscriber.begin(this.tree);
    return {
      unsubscribe: () => {
        this.detach(subscriber);
      },
    };
  }

  onReady(): void {
    for (const subscriber of this.subscribers) subscriber.begin(this.tree);
  }

  onChanges(changes: RawChanges): void {
    const update = { tree: this.tree, changes };
    for (const subscriber of this.subscribers) subscriber.tell(update);
  }

  onEnd(error: unknown): void {
    const { subscribers } = this;
    this.subscribers = [];
    for (const subscriber of subscribers) subscriber.end(error);
  }

  private detach(subscriber: TreeSubscriber): void {
    if (!this.subscribers.includes(subscriber)) return;
    this.subscribers = this.subscribers.filter((other) => other !== subscriber);
    if (this.subscribers.length === 0) this.cell.dispose();
  }
}
