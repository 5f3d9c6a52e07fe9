/** One subscriber to a live tree: what it is told, decoded as it wishes. */

import { type Subscriber } from 'rxjs';
import { DecodeError } from '../../errors/client-errors.js';
import { type ValueCodec } from '../codec.js';
import { type Tree, type TreeUpdate } from '../tree.js';
import { type CellHost } from './cell-host.js';
import { DecodedTree } from './decoded-tree.js';

/** What one `tree$` makes of the tree. */
export interface TreeView {
  readonly codec: ValueCodec<unknown> | undefined;
  /** Data that does not decode is reported and the znode stays as it was, instead of being an error. */
  readonly keep: boolean;
}

type Raw = Uint8Array | null;

export class TreeSubscriber {
  private begun = false;
  private decoded: DecodedTree | undefined;

  constructor(
    private readonly out: Subscriber<unknown>,
    private readonly view: TreeView,
    private readonly host: CellHost,
  ) {}

  /** The first emission: all there is. */
  begin(raw: Tree<Raw>): void {
    if (this.begun) return;
    this.begun = true;
    this.emit(() => {
      const { codec } = this.view;
      if (codec === undefined) return { tree: raw, changes: [] };
      const onFailure = (error: DecodeError): void => {
        if (!this.view.keep) throw error;
        this.host.report(error);
      };
      this.decoded = new DecodedTree(raw, { codec, onFailure });
      return { tree: this.decoded, changes: [] };
    });
  }

  tell(update: TreeUpdate<Raw>): void {
    if (!this.begun) return;
    this.emit(() => {
      const { decoded } = this;
      if (decoded === undefined) return update;
      const changes = decoded.update(update.changes);
      return changes.length > 0 ? { tree: decoded, changes } : undefined;
    });
  }

  end(error: unknown): void {
    try {
      if (error === undefined) this.out.complete();
      else this.out.error(error);
    } catch (thrown) {
      this.host.rethrow(thrown);
    }
  }

  private emit(make: () => TreeUpdate<unknown> | undefined): void {
    if (this.out.closed) return;
    try {
      const update = make();
      if (update !== undefined) this.out.next(update);
    } catch (thrown) {
      if (thrown instanceof DecodeError) this.end(thrown);
      else this.host.rethrow(thrown);
    }
  }
}
