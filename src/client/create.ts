/** Puts a client together: options, lifecycle, one-shots, live reads, leases. */

import { type Observable, type SchedulerLike } from 'rxjs';
import { type Platform, realPlatform } from '../platform.js';
import { openSession } from '../session/open-session.js';
import { type SessionIdentity } from '../session/session.js';
import { type SessionState } from '../session/state.js';
import { Hosts } from './hosts.js';
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
  connectString: string | Observable<string>,
  options: TransportedOptions,
  platform: Platform = realPlatform,
): ZooKeeper {
  const resolved = resolveOptions(options, platform);
  const hosts = new Hosts(connectString, resolved);
  const open: SessionOpener = (auth) => openSession({ ...resolved, servers: hosts.servers, auth });
  const lifecycle = new Lifecycle({ options: resolved, hosts, open });
  return new Client({ lifecycle, hosts, random: resolved.random });
}

interface ClientParts {
  readonly lifecycle: Lifecycle;
  readonly hosts: Hosts;
  readonly random: () => number;
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

  constructor(private readonly parts: ClientParts) {
    const { lifecycle } = parts;
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
    return this.parts.lifecycle.state;
  }

  get session(): SessionIdentity | undefined {
    return this.parts.lifecycle.session?.identity;
  }

  get chroot(): string {
    return this.parts.lifecycle.chroot.prefix;
  }

  get scheduler(): SchedulerLike {
    return this.parts.lifecycle.scheduler;
  }

  setHosts(connectString: string): void {
    this.parts.hosts.set(connectString);
  }

  randomId(): string {
    return randomUuid(this.parts.random);
  }

  close(): Promise<void> {
    this.closed ??= new Promise((resolve) => {
      this.parts.lifecycle.close(resolve);
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
