/** What a cell needs of the collection it belongs to. */

import { type ZooKeeperError } from '../../errors/base.js';
import { type Session } from '../../session/session.js';

/** The face of a cell towards the collection. */
export interface HostedCell {
  readonly path: string;
  sendRead(): void;
}

export interface CellHost {
  /** The same one as long as there are cells: they hold it open. */
  readonly session: Session;
  readonly connected: boolean;
  /** Connected, and all watches stand again and have told what they missed. */
  readonly caughtUp: boolean;
  /** Counts the connections that were lost. */
  readonly epoch: number;
  toServer(path: string): string;
  toClient(path: string): string;
  /** Has the cell send its read, now or when fewer are under way. */
  startRead(cell: HostedCell): void;
  /** One read is over. */
  endRead(): void;
  /** The cell is empty and must not be given to a new subscriber. */
  forget(cell: HostedCell): void;
  /** Tells the client of an error that concerns no single stream. */
  report(error: ZooKeeperError): void;
  /** Throws what a subscriber threw, later and into nobody's way. */
  rethrow(thrown: unknown): void;
}
