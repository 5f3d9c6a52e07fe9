/**
 * Which servers a client knows, and its chroot: what the connect string says, or the newest of a stream of them.
 *
 * The stream is subscribed to while there is a session, so whoever holds the client holds it, too. The list never becomes
 * empty again: what is malformed is refused, and a stream that fails leaves the last list.
 */

import { isObservable, type Observable, Subscription } from 'rxjs';
import { type ZooKeeperError } from '../errors/base.js';
import { HostsError, InvalidOptionError, UsageError } from '../errors/client-errors.js';
import { type AttemptObserver, reportAttempt } from '../session/attempt-report.js';
import { parseConnectString } from '../session/connect-string.js';
import { type Session } from '../session/session.js';
import { type Address } from '../transport/transport.js';

export interface HostsSettings extends AttemptObserver {
  /** `undefined`: what the connect string says, and none for a stream. */
  readonly chroot: string | undefined;
}

export class Hosts {
  /** Prefix of all paths; `''` for none. */
  readonly chroot: string;
  /** Empty as long as the stream has not emitted. */
  servers: readonly Address[] = [];
  private readonly source$: Observable<string> | undefined;
  private session: Session | undefined;

  /** Throws `InvalidOptionError` for a malformed connect string, and one with another chroot than the option's. */
  constructor(
    connectString: string | Observable<string>,
    private readonly settings: HostsSettings,
  ) {
    if (isObservable(connectString)) {
      this.chroot = settings.chroot ?? '';
      this.source$ = connectString;
      return;
    }
    this.chroot = settings.chroot ?? parseConnectString(connectString).chroot;
    this.set(connectString);
  }

  /** Replaces the list, also that of a session. Throws `InvalidOptionError`, and then nothing has changed. */
  set(connectString: string): void {
    const { hosts, chroot } = parseConnectString(connectString);
    if (chroot !== '' && chroot !== this.chroot) {
      const own = this.chroot === '' ? 'has none' : `has ${JSON.stringify(this.chroot)}`;
      const reason = `chroot ${JSON.stringify(chroot)} is another than the client's, which ${own}`;
      throw new InvalidOptionError('connectString', reason);
    }
    this.servers = hosts;
    this.session?.useServers(hosts);
  }

  /** Keeps this session's servers up to date until it is unsubscribed from. */
  follow(session: Session): Subscription {
    this.session = session;
    const following = new Subscription(() => {
      if (this.session === session) this.session = undefined;
    });
    const told = this.source$?.subscribe({
      next: (connectString) => {
        this.take(connectString);
      },
      error: (cause: unknown) => {
        this.report(
          new HostsError(`the stream of connect strings has failed; ${this.left}`, cause),
        );
      },
      complete: () => {
        if (this.servers.length > 0) return;
        this.report(new HostsError('the stream has completed without a connect string'));
      },
    });
    following.add(told);
    return following;
  }

  private take(connectString: string): void {
    try {
      this.set(connectString);
    } catch (cause) {
      if (!(cause instanceof UsageError)) throw cause;
      this.report(new HostsError(`a connect string cannot be used; ${this.left}`, cause));
    }
  }

  /** What is left when there is nothing new. */
  private get left(): string {
    const { length } = this.servers;
    return length === 0 ? 'no server is known' : `the ${String(length)} known before stay`;
  }

  /** Tells `onReport`, which may throw. */
  report(error: ZooKeeperError): void {
    reportAttempt(error, this.settings);
  }
}
