/**
 * The reads of a live tree: which are due, how many are under way, and never two of one kind for one znode.
 *
 * What is due waits in one queue, whose length is bounded by the number of znodes, not of changes. A change during a read
 * asks for one more read after it, however many changes there are.
 */

import { type ZooKeeperError } from '../../errors/base.js';
import { type Call, type CallContext } from '../../session/call.js';
import { type Moment } from '../../session/lease-clock.js';
import { Ring } from '../../session/ring.js';
import { type Operation, operations } from '../../wire/operations.js';
import { type Stat } from '../../wire/records.js';
import { type PathWatchRequest } from '../../wire/request-records.js';
import { type DataStat, type NamesStat } from '../../wire/response-records.js';
import { type CellHost, type HostedCell } from './cell-host.js';
import { bits, type TreeEntry } from './tree-entry.js';

// Enough that the wire is never idle; few enough that what users ask for does not wait long behind the reads of a tree.
const maxSent = 512;

/** Whom the answers are for. */
export interface ReadOwner extends HostedCell {
  /** The root is known to be absent, and only a watch left by `exists` will tell of its creation. */
  readonly awaitsRoot: boolean;
  onData(entry: TreeEntry, response: DataStat): void;
  onNames(entry: TreeEntry, response: NamesStat): void;
  onRootExists(): void;
  onRefused(read: TreeRead<unknown>, error: ZooKeeperError): void;
  /** One is over, and its answer has been told. */
  onReadDone(entry: TreeEntry): void;
}

/** One read of one znode; it is its own call. */
export abstract class TreeRead<Response> implements Call<PathWatchRequest, Response> {
  readonly timeoutMs: number = Infinity;
  abstract readonly operation: Operation<PathWatchRequest, Response>;
  /** `data`: of the znode itself, `list`: of its children. */
  abstract readonly kind: 'data' | 'list';
  settled = false;
  xid = 0;
  sentAt: Moment | undefined = undefined;
  deadlineMs = Infinity;

  constructor(
    readonly entry: TreeEntry,
    readonly request: PathWatchRequest,
    protected readonly reads: TreeReads,
  ) {}

  get context(): CallContext {
    return { operation: 'tree$', path: this.entry.path };
  }

  reply(response: Response): void {
    this.reads.finish(this, () => {
      this.tell(response);
    });
  }

  fail(error: ZooKeeperError): void {
    this.reads.finish(this, () => {
      this.reads.owner.onRefused(this, error);
    });
  }

  protected abstract tell(response: Response): void;
}

class DataRead extends TreeRead<DataStat> {
  readonly operation = operations.getData;
  readonly kind = 'data';

  protected tell(response: DataStat): void {
    this.reads.owner.onData(this.entry, response);
  }
}

class ListRead extends TreeRead<NamesStat> {
  readonly operation = operations.getChildren2;
  readonly kind = 'list';

  protected tell(response: NamesStat): void {
    this.reads.owner.onNames(this.entry, response);
  }
}

/** Asks for the root, and is told of its creation if there is none. */
class RootRead extends TreeRead<Stat> {
  readonly operation = operations.exists;
  readonly kind = 'data';

  protected tell(): void {
    this.reads.owner.onRootExists();
  }
}

export class TreeReads {
  /** How many were sent, and how many of them are over. */
  sent = 0;
  done = 0;
  private readonly due = new Ring<TreeEntry>();
  /** Slots of the host that are asked for or taken. */
  private slots = 0;

  constructor(
    private readonly host: CellHost,
    readonly owner: ReadOwner,
  ) {}

  /** The data is out of date. */
  wantData(entry: TreeEntry): void {
    if (entry.is(bits.dataSent)) entry.set(bits.dataAgain);
    else if (!entry.is(bits.dataDue)) this.enqueue(entry, bits.dataDue);
  }

  /** The list of children is out of date. */
  wantList(entry: TreeEntry): void {
    if (entry.is(bits.listSent)) entry.set(bits.listAgain);
    else if (!entry.is(bits.listDue)) this.enqueue(entry, bits.listDue);
  }

  /** Sends the next one, if there is one. The host calls it for each slot, and takes the slot back by `endRead`. */
  send(): void {
    for (let entry = this.due.shift(); entry !== undefined; entry = this.due.shift()) {
      if (entry.is(bits.removed)) continue;
      const read = this.nextOf(entry);
      if (read === undefined) continue;
      this.sent++;
      this.host.session.submit(read);
      return;
    }
    this.slots--;
    this.host.endRead();
  }

  /** A read is over, whatever came of it. */
  finish(read: TreeRead<unknown>, tell: () => void): void {
    const { entry, kind } = read;
    this.done++;
    this.slots--;
    entry.clear(kind === 'data' ? bits.dataSent : bits.listSent);
    this.host.endRead();
    if (!entry.is(bits.removed)) {
      const again = kind === 'data' ? bits.dataAgain : bits.listAgain;
      const isAgain = entry.is(again);
      entry.clear(again);
      // It is due before the answer is told, which then knows that it is not the last word.
      if (isAgain && kind === 'data') this.wantData(entry);
      else if (isAgain) this.wantList(entry);
      tell();
    }
    this.owner.onReadDone(entry);
    this.askForSlots();
  }

  /** Nothing is read any more; what is under way is of no use. */
  stop(): void {
    this.due.drain();
  }

  private nextOf(entry: TreeEntry): TreeRead<unknown> | undefined {
    const watch = !this.host.session.watches.recursive;
    const request = { path: this.host.toServer(entry.path), watch };
    if (entry.is(bits.dataDue)) {
      entry.clear(bits.dataDue);
      entry.set(bits.dataSent);
      return this.owner.awaitsRoot && entry.parent === undefined
        ? new RootRead(entry, request, this)
        : new DataRead(entry, request, this);
    }
    if (!entry.is(bits.listDue)) return undefined;
    entry.clear(bits.listDue);
    entry.set(bits.listSent);
    return new ListRead(entry, request, this);
  }

  private enqueue(entry: TreeEntry, due: number): void {
    entry.set(due);
    this.due.push(entry);
    this.askForSlots();
  }

  private askForSlots(): void {
    // Each slot sends one; those that are asked for and not granted yet are as good as sent.
    while (this.slots < maxSent && this.slots - (this.sent - this.done) < this.due.length) {
      this.slots++;
      this.host.startRead(this.owner);
    }
  }
}
