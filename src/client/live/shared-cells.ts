/** The live reads of a client and of all views of it: those with the same root of paths share watches, reads and values. */

import { type LiveHost } from '../host.js';
import { LiveCells } from './live-cells.js';
import { type CellSource } from './live-reads.js';

export class SharedCells {
  /** Of the roots that something is read at; the client's own stay, those of views go with their last live read. */
  private readonly byPrefix = new Map<string, LiveCells>();

  /** The cells of a client, which are asked for so often that nobody is to look for them. */
  ofClient(host: LiveHost): LiveCells {
    const cells = new LiveCells(host);
    this.byPrefix.set(host.chroot.prefix, cells);
    return cells;
  }

  /** The cells of a view: at each subscription those that others with its root have, or new ones. */
  sourceFor(host: LiveHost): CellSource {
    const cells = (): LiveCells => this.byPrefix.get(host.chroot.prefix) ?? this.temporary(host);
    return {
      attachNode: (...subscriber) => cells().attachNode(...subscriber),
      attachList: (...subscriber) => cells().attachList(...subscriber),
      attachTree: (...subscriber) => cells().attachTree(...subscriber),
    };
  }

  private temporary(host: LiveHost): LiveCells {
    const { chroot, scheduler } = host;
    const cells: LiveCells = new LiveCells({
      chroot,
      scheduler,
      retain: () => {
        const session = host.retain();
        if (session !== undefined) this.byPrefix.set(chroot.prefix, cells);
        return session;
      },
      release: () => {
        this.byPrefix.delete(chroot.prefix);
        host.release();
      },
      report: (error) => {
        host.report(error);
      },
    });
    return cells;
  }
}
