/** Puts a client together: options, lifecycle, one-shots, live reads, leases. */

import { type Observable, type SchedulerLike } from 'rxjs';
import { chroot } from '../path.js';
import { type Platform, realPlatform } from '../platform.js';
import { parseConnectString } from '../session/connect-string.js';
import { openSession } from '../session/open-session.js';
import { type SessionIdentity } from '../session/session.js';
import { type SessionState } from '../session/state.js';
import { Lifecycle, type SessionOpener } from './lifecycle.js';
import { createLiveReads, type LiveReads } from './live/live-reads.js';
import { createSessionLease } from './live/session-lease.js';
import { OneShots } from './one-shots.js';
import { randomUuid } from './random-id.js';
import { resolveOptions, type TransportedOptions } from './resolve-options.js';
import { type ZooKeeper } from './zookeeper.js';

/**
 * A client over the transport that is given. Opens nothing. Clock and chance come from `platform` where the options do
 * not inject them. Throws `InvalidOptionError` for a malformed connect string or option.
 */
export function createZooKeeper(
  connectString: string,
  options: TransportedOptions,
  platform: Platform = realPlatform,
): ZooKeeper {
  const { hosts, chroot: prefix } = parseConnectString(connectString);
  const resolved = resolveOptions(options, platform);
  const open: SessionOpener = (auth) => openSession({ ...resolved, servers: hosts, auth });
  const lifecycle = new Lifecycle({ options: resolved, chroot: chroot(prefix), open });
  return new Client(lifecycle, resolved.random);
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
  private closed: Promise<void> | undefined;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly random: () => number,
  ) {
    super(lifecycle);
    const live = createLiveReads(lifecycle);
    this.state$ = lifecycle.state$;
    this.data$ = bound(live, 'data$');
    this.node$ = bound(live, 'node$');
    this.exists$ = bound(live, 'exists$');
    this.children$ = bound(live, 'children$');
    this.created$ = bound(live, 'created$');
    this.deleted$ = bound(live, 'deleted$');
    this.tree$ = bound(live, 'tree$');
    this.sessionLease$ = createSessionLease(lifecycle);
  }

  get state(): SessionState {
    return this.lifecycle.state;
  }

  get session(): SessionIdentity | undefined {
    return this.lifecycle.session?.identity;
  }

  get chroot(): string {
    return this.lifecycle.chroot.prefix;
  }

  get scheduler(): SchedulerLike {
    return this.lifecycle.scheduler;
  }

  randomId(): string {
    return randomUuid(this.random);
  }

  close(): Promise<void> {
    this.closed ??= new Promise((resolve) => {
      this.lifecycle.close(resolve);
    });
    return this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function bound<Name extends keyof LiveReads>(live: LiveReads, name: Name): LiveReads[Name] {
  // Binding keeps all overloads; its type knows only the last.
  return live[name].bind(live) as LiveReads[Name];
}
