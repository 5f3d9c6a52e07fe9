/**
 * When a client has a session: from the first holder until `idleGraceMs` after the last, and never again after `close`.
 *
 * Every subscription holds the session by one `retain` and one `release`, so both are on the path of every request: they
 * count, and nothing else. Only when the count falls to zero is the clock looked at, and only one timer exists however
 * often that happens: when it rings too early, it is set again for what is left.
 */

import { Observable, type SchedulerLike, Subject, type Subscription } from 'rxjs';
import { type ZooKeeperError } from '../errors/base.js';
import { type Chroot, chroot } from '../path.js';
import { Alarm } from '../rx/alarm.js';
import { isSameCredential } from '../session/credentials.js';
import { type Session } from '../session/session.js';
import { type SessionState } from '../session/state.js';
import { type Acl } from '../wire/records.js';
import { type Place, placesBetween } from './home.js';
import { type LiveHost } from './host.js';
import { type Hosts } from './hosts.js';
import { type RequestHost } from './request-host.js';
import { type Credential, type ResolvedOptions } from './resolve-options.js';
import { SchemaGuard } from './schema-guard.js';

/** Opens a session with these credentials. */
export type SessionOpener = (auth: readonly Credential[]) => Session;

export interface LifecycleSettings {
  readonly options: ResolvedOptions;
  readonly hosts: Hosts;
  readonly open: SessionOpener;
}

const closed: SessionState = { status: 'closed' };

export class Lifecycle implements LiveHost, RequestHost {
  readonly chroot: Chroot;
  readonly home: readonly Place[];
  readonly makesHome = false;
  readonly schema: SchemaGuard | undefined;
  readonly requestTimeoutMs: number;
  readonly waitForConnectionMs: number;
  readonly scheduler: SchedulerLike;
  readonly monotonicNow: () => number;
  /** See `ZooKeeper.state$`. */
  readonly state$: Observable<SessionState>;
  private holders = 0;
  private current: Session | undefined;
  private unobserve: (() => void) | undefined;
  private following: Subscription | undefined;
  private idleSinceMs = 0;
  private readonly idle: Alarm;
  /** What observers were shown last; the session itself may be ahead while it delivers. */
  private shown: SessionState = closed;
  private readonly states = new Subject<SessionState>();
  // Truly private, because they hold secrets: whoever inspects the client must not see them.
  readonly #settings: LifecycleSettings;
  /** Credentials to open the next session with. */
  readonly #auth: Credential[];
  private isClosed = false;
  /** Sessions that the server is being asked to end. */
  private ending = 0;
  private readonly afterEnd: (() => void)[] = [];

  constructor(settings: LifecycleSettings) {
    const { options, hosts } = settings;
    this.#settings = settings;
    this.chroot = chroot(hosts.chroot);
    this.schema = options.schema && new SchemaGuard(options.schema, this.chroot.prefix, undefined);
    this.home = placesBetween('', this.chroot.prefix, { container: false, acl: undefined });
    this.requestTimeoutMs = options.requestTimeoutMs;
    this.waitForConnectionMs = options.waitForConnectionMs;
    this.scheduler = options.scheduler;
    this.monotonicNow = options.monotonicNow;
    this.#auth = [...options.auth];
    this.idle = new Alarm(options.scheduler, () => {
      this.endIfIdle();
    });
    this.state$ = new Observable((subscriber) => {
      if (this.retain() === undefined) {
        subscriber.next(closed);
        subscriber.complete();
        return undefined;
      }
      subscriber.next(this.latest);
      const subscription = this.states.subscribe(subscriber);
      return () => {
        subscription.unsubscribe();
        this.release();
      };
    });
  }

  get defaultAcl(): readonly Acl[] {
    return this.#settings.options.defaultAcl;
  }

  get state(): SessionState {
    return this.current?.state ?? closed;
  }

  /** What a new observer is shown: what the others were shown last, with the newest cause. */
  private get latest(): SessionState {
    return this.state.status === this.shown.status ? this.state : this.shown;
  }

  /** The session, if there is one; holds nothing. */
  get session(): Session | undefined {
    return this.current;
  }

  get sessionId(): bigint | undefined {
    return this.current?.identity?.id;
  }

  retain(): Session | undefined {
    if (this.isClosed) return undefined;
    this.holders++;
    return this.current ?? this.open();
  }

  release(): void {
    if (--this.holders === 0) this.becomeIdle();
  }

  rememberAuth(credential: Credential): void {
    const given = [credential.scheme, credential.credential] as const;
    const isKnown = this.#auth.some((one) => isSameCredential([one.scheme, one.credential], given));
    if (!isKnown) this.#auth.push(credential);
  }

  report(error: ZooKeeperError): void {
    this.#settings.options.onReport?.(error);
  }

  /** Ends everything, with `keep` all but the session; `done` is called when no session of this client is left that the server could be told to end. */
  close(done: () => void, keep = false): void {
    const first = !this.isClosed;
    this.isClosed = true;
    this.afterEnd.push(done);
    if (first) {
      this.idle.clear();
      // The session shows its last states first, in its own order; without one there is nobody to be shown anything.
      if (this.current !== undefined) this.end(this.current, keep);
    }
    this.tellEnded();
  }

  private open(): Session {
    const session = this.#settings.open([...this.#auth]);
    this.current = session;
    this.shown = session.state;
    this.unobserve = session.observe({
      onState: (state) => {
        this.show(state);
      },
    });
    this.following = this.#settings.hosts.follow(session);
    return session;
  }

  private show(state: SessionState): void {
    this.shown = state;
    if (state.status === 'closed' || state.status === 'authFailed') this.following?.unsubscribe();
    this.states.next(state);
    if (state.status === 'closed') this.states.complete();
  }

  private becomeIdle(): void {
    const { idleGraceMs } = this.#settings.options;
    if (this.isClosed || idleGraceMs === Infinity) return;
    // Not by the wall clock: set back by an hour, it would keep an idle session for an hour.
    this.idleSinceMs = this.monotonicNow();
    if (!this.idle.isSet) this.idle.set(idleGraceMs);
  }

  private endIfIdle(): void {
    const session = this.current;
    // Refused credentials are final: there is no connection to save, and a new session would only be refused again.
    if (this.holders > 0 || session === undefined || session.state.status === 'authFailed') return;
    const { idleGraceMs } = this.#settings.options;
    const restMs = this.idleSinceMs + idleGraceMs - this.monotonicNow();
    if (restMs > 0) {
      this.idle.set(Math.min(restMs, idleGraceMs));
      return;
    }
    this.unobserve?.();
    this.unobserve = undefined;
    this.following?.unsubscribe();
    this.current = undefined;
    this.shown = closed;
    this.end(session);
  }

  private end(session: Session, keep = false): void {
    this.ending++;
    session.close(() => {
      this.ending--;
      this.tellEnded();
    }, keep);
  }

  private tellEnded(): void {
    if (!this.isClosed || this.ending > 0) return;
    for (const done of this.afterEnd.splice(0)) done();
  }
}
