/** Listens to one connection from the client's side: which reads that leave a watch are under way, path by path. */

import { FrameSplitter } from '../../src/wire/frames.js';
import { operationName, operations } from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import { type Journal } from './journal.js';
import { type Tap } from './process-transport.js';

const maxFrameBytes = 1 << 20;
const watchReads = new Set(['getData', 'exists', 'getChildren', 'getChildren2']);

interface Read {
  readonly name: string;
  readonly path: string;
  abandoned: boolean;
}

export interface ClientTapOptions {
  readonly who: string;
  readonly journal: Journal;
  /** How many kinds of live reads of a path there may be: one read for each may be under way. */
  readonly kindsOf: (path: string) => number;
}

export class ClientTap implements Tap {
  /** Whether something that was heard is being dealt with. */
  hearing = false;
  private readonly reads = new Map<number, Read>();
  private readonly reader = new JuteReader();
  private readonly outgoing: FrameSplitter;
  private readonly incoming: FrameSplitter;
  private lastZxid = 0n;
  /** Paths that were left in this turn: of the reads that now go out, nobody can tell which belong to nobody. */
  private readonly leaving = new Set<string>();

  constructor(private readonly options: ClientTapOptions) {
    let greeted = false;
    let answered = false;
    this.outgoing = new FrameSplitter(maxFrameBytes, (bytes, from, to) => {
      if (greeted) this.takeRequest(bytes, from, to);
      greeted = true;
      return true;
    });
    this.incoming = new FrameSplitter(maxFrameBytes, (bytes, from, to) => {
      if (answered) this.takeReply(bytes, from, to);
      answered = true;
      return true;
    });
  }

  sent(bytes: Uint8Array): void {
    this.outgoing.push(bytes);
    this.leaving.clear();
  }

  heard(bytes: Uint8Array): void {
    this.hearing = true;
    this.incoming.push(bytes);
  }

  dealtWith(): void {
    this.hearing = false;
  }

  /** Nobody reads this path any more: reads that are under way belong to nobody. */
  abandon(path: string): void {
    for (const read of this.reads.values()) if (read.path === path) read.abandoned = true;
    this.leaving.add(path);
  }

  private takeRequest(bytes: Uint8Array, from: number, to: number): void {
    const { reader } = this;
    reader.reset(bytes, from, to);
    const xid = reader.int();
    const name = operationName(reader.int());
    if (name === undefined || !watchReads.has(name)) return;
    const { path, watch } = operations.exists.request.read(reader);
    if (!watch) return;
    this.reads.set(xid, { name, path, abandoned: this.leaving.has(path) });
    const rivals = [...this.reads.values()].filter((read) => !read.abandoned && read.path === path);
    if (rivals.length <= this.options.kindsOf(path)) return;
    const list = rivals.map((read) => read.name).join(', ');
    this.options.journal.violate(`${this.options.who} has reads of ${path} under way: ${list}`);
  }

  private takeReply(bytes: Uint8Array, from: number, to: number): void {
    const { reader } = this;
    reader.reset(bytes, from, to);
    const xid = reader.int();
    const zxid = reader.long();
    this.reads.delete(xid);
    if (xid < 0) return;
    if (zxid < this.lastZxid) this.options.journal.violate(`a server's zxid goes back at ${xid}`);
    this.lastZxid = zxid;
  }
}
