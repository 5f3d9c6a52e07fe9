/** Puts a client together: options, lifecycle, one-shots, live reads, leases. */

import { type Observable, type SchedulerLike } from 'rxjs';
import { type Platform, realPlatform } from '../platform.js';
import { Capabilities } from '../session/capabilities.js';
import { openSession } from '../session/open-session.js';
import { type SessionIdentity } from '../session/session.js';
import { type SessionState } from '../session/state.js';
import { followConfig } from './follow-config.js';
import { Hosts } from './hosts.js';
import { Lifecycle, type SessionOpener } from './lifecycle.js';
import { createConfigRead } from './live/config-read.js';
import { guardCells } from './live/guarded-cells.js';
import { SharedCells } from './live/shared-cells.js';
import { createLiveReads, type LiveReads } from './live/live-reads.js';
import { createSessionLease } from './live/session-lease.js';
import { type NamespaceOptions } from './namespace.js';
import { OneShots } from './one-shots.js';
import { randomUuid } from './random-id.js';
import { RequestTap } from './request-tap.js';
import { resolveOptions, type TransportedOptions } from './resolve-options.js';
import { type ClientHost, ViewHost } from './view-host.js';
import { type CloseOptions, type FollowConfigOptions, type ZooKeeper } from './zookeeper.js';

/**
 * A client over the transport that is given. Opens nothing. Clock and chance come from `platform` where the options do
 * not inject them. Throws `InvalidOptionError` for a malformed connect string or option.
 */
export function createZooKeeper(
  connectString: string | Observable<string>,
  options: TransportedOptions,
  platform: Platform = realPlatform,
): ZooKeeper {
  const resolved = resolveOptions(options, platform);
  // No more than it needs: it can be inspected, and the options hold secrets.
  const { scheduler, onReport, chroot } = resolved;
  const hosts = new Hosts(connectString, { scheduler, onReport, chroot });
  const capabilities = new Capabilities(resolved.monotonicNow);
  const tap = new RequestTap(resolved.scheduler, resolved.monotonicNow);
  // Only the first one is taken over.
  let resume = resolved.session;
  const open: SessionOpener = (auth) => {
    const session = openSession({
      ...resolved,
      capabilities,
      onCallEnd: tap.onCallEnd,
      servers: hosts.servers,
      auth,
      resume,
    });
    resume = undefined;
    return session;
  };
  const lifecycle = new Lifecycle({ options: resolved, hosts, open });
  const cells = new SharedCells();
  const own = cells.ofClient(lifecycle);
  const live = createLiveReads(lifecycle, guardCells(own, lifecycle));
  // The configuration is none of the schema's business.
  const config$ = createConfigRead(lifecycle, createLiveReads(lifecycle, own));
  const { random, transport } = resolved;
  const secure = transport.secure === true;
  const views = { lifecycle, hosts, host: lifecycle, live, cells, config$, tap };
  return new Client({ ...views, random, secure });
}

/** What a client, or a view of it, is made of. */
interface ClientParts {
  readonly lifecycle: Lifecycle;
  readonly hosts: Hosts;
  readonly host: ClientHost;
  readonly live: LiveReads;
  /** Of the client and all views of it. */
  readonly cells: SharedCells;
  readonly config$: ZooKeeper['config$'];
  readonly tap: RequestTap;
  readonly random: () => number;
  /** Whether it speaks TLS. */
  readonly secure: boolean;
}

class Client extends OneShots implements ZooKeeper {
  readonly state$: Observable<SessionState>;
  readonly data$: LiveReads['data$'];
  readonly node$: LiveReads['node$'];
  readonly exists$: LiveReads['exists$'];
  readonly children$: LiveReads['children$'];
  readonly created$: LiveReads['created$'];
  readonly deleted$: LiveReads['deleted$'];
  readonly tree$: LiveReads['tree$'];
  readonly sessionLease$: ZooKeeper['sessionLease$'];
  readonly config$: ZooKeeper['config$'];
  readonly requests$: ZooKeeper['requests$'];
  private closed: Promise<void> | undefined;

  constructor(private readonly parts: ClientParts) {
    super(parts.host);
    const { lifecycle, live } = parts;
    this.state$ = lifecycle.state$;
    this.data$ = bound(live, 'data$');
    this.node$ = bound(live, 'node$');
    this.exists$ = bound(live, 'exists$');
    this.children$ = bound(live, 'children$');
    this.created$ = bound(live, 'created$');
    this.deleted$ = bound(live, 'deleted$');
    this.tree$ = bound(live, 'tree$');
    this.sessionLease$ = createSessionLease(lifecycle);
    this.config$ = parts.config$;
    this.requests$ = parts.tap.requests$;
  }

  get state(): SessionState {
    return this.parts.lifecycle.state;
  }

  get session(): SessionIdentity | undefined {
    return this.parts.lifecycle.session?.identity;
  }

  get chroot(): string {
    return this.host.chroot.prefix;
  }

  get scheduler(): SchedulerLike {
    return this.parts.lifecycle.scheduler;
  }

  setHosts(connectString: string): void {
    this.parts.hosts.set(connectString);
  }

  followConfig(options?: FollowConfigOptions): Observable<string> {
    return followConfig(this.parts, options);
  }

  namespace(path: string, options?: NamespaceOptions): ZooKeeper {
    const { lifecycle, cells } = this.parts;
    if (path === '/' && options === undefined) return this;
    const host = new ViewHost(lifecycle, { of: this.parts.host, path, options: options ?? {} });
    const live = createLiveReads(host, guardCells(cells.sourceFor(host), host));
    return new View({ ...this.parts, host, live });
  }

  randomId(): string {
    return randomUuid(this.parts.random);
  }

  close(options?: CloseOptions): Promise<void> {
    this.closed ??= new Promise((resolve) => {
      const { lifecycle, tap } = this.parts;
      const done = () => {
        tap.complete();
        resolve();
      };
      lifecycle.close(done, options?.keepSession === true);
    });
    return this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A client of a namespace. */
class View extends Client {
  /** The session is not the view's. */
  override close(): Promise<void> {
    return Promise.resolve();
  }
}

function bound<Name extends keyof LiveReads>(live: LiveReads, name: Name): LiveReads[Name] {
  // Binding keeps all overloads; its type knows only the last.
  return live[name].bind(live) as LiveReads[Name];
}
