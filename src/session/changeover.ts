/**
 * Leaving a good server for another one: because the list of servers has changed, or because it is read-only and one that
 * takes writes has been found.
 */

import { type ConnectError } from '../errors/connect-error.js';
import { type Address } from '../transport/transport.js';
import { leftFor, leftServer } from './connect-failure.js';
import { Departure } from './departure.js';
import { type LinkOwner, type LinkSettings } from './link-owner.js';
import { ReadWriteSearch, type SearchOwner } from './read-write-search.js';

/** The link, as far as leaving is concerned. */
export interface LeavableLink {
  /** Whether there is a connection, or one is being tried. */
  readonly isBusy: boolean;
  /** Whether requests flow. */
  readonly isReady: boolean;
  /** `host:port` of the server that is connected to, or tried. */
  readonly server: string;
  /** Bound on one attempt. */
  readonly connectTimeoutMs: number;
  /** There are servers to try now. */
  wake(): void;
  /** Drops the connection and tries the next server. */
  goDown(cause: ConnectError): void;
}

export class Changeover implements SearchOwner {
  private readonly departure: Departure;
  private readonly search: ReadWriteSearch;

  constructor(
    private readonly settings: LinkSettings,
    private readonly owner: LinkOwner,
    private readonly link: LeavableLink,
  ) {
    this.departure = new Departure(settings.scheduler, owner);
    this.search = new ReadWriteSearch(settings, this);
  }

  /** See {@link SearchOwner}. */
  get connectTimeoutMs(): number {
    return this.link.connectTimeoutMs;
  }

  /** Replaces the list of servers. The current one, or the one that is being tried, is left if the balance wants it. */
  useServers(servers: readonly Address[]): void {
    // Not in the middle of what a server has sent: the connection may not go down there.
    this.owner.afterTurn(() => {
      const { departure, link, settings } = this;
      const stays = link.isBusy && !departure.isUnderWay;
      const leaves = settings.hosts.update(servers, stays);
      if (!link.isBusy) link.wake();
      else if (stays && leaves) this.leave(leftServer);
    });
  }

  /** Requests flow; at a read-only server a better one is looked for from now on. */
  onReady(readOnly: boolean): void {
    if (readOnly) this.search.start();
  }

  /** The server has proved good. */
  succeeded(readOnly: boolean): void {
    if (!readOnly) this.search.succeeded();
  }

  found(better: Address): void {
    // Who leaves already has a better reason.
    if (this.departure.isUnderWay) return;
    this.leave((server) => {
      this.settings.hosts.prefer(better);
      return leftFor(better, server);
    });
  }

  /** The connection is gone. */
  cancel(): void {
    this.departure.cancel();
    this.search.stop();
  }

  private leave(why: (server: string) => ConnectError): void {
    const depart = (): void => {
      this.link.goDown(why(this.link.server));
    };
    if (this.link.isReady) this.departure.begin(this.connectTimeoutMs, depart);
    else depart();
  }
}
