/**
 * Puts the parts of a session together: connector, connection, credentials, requests, watches, lease clock, delivery.
 *
 * What happens, in order. *Connect*: the connector opens a connection; the handshake asks for a new session or resumes the
 * one there is. *Ready*: the login by SASL is done, credentials go out and are waited for; then the watches are put
 * back, then the waiting requests are sent, and only then `connected` is shown, so what an observer sends comes behind
 * all that. *Down*: leases end, the state becomes `suspended`, writes under way fail, reads wait; the connector tries
 * again. *Lost*: a server said that the session is over, or none could be reached until it must be; the next handshake
 * opens a new one. *Closed*: the server is asked to end the session, within a bounded time.
 */

import { type ConnectError } from '../errors/connect-error.js';
import { AuthFailedError } from '../errors/client-errors.js';
import { errorCodes } from '../errors/codes.js';
import { SessionClosedRequireSaslAuthError } from '../errors/server-error.js';
import { type Address } from '../transport/transport.js';
import { type JuteReader } from '../wire/reader.js';
import { type WatchEvent } from '../wire/records.js';
import { type AnyCall } from './call.js';
import { Closing } from './closing.js';
import { type Connection } from './connection.js';
import { setWatchesCalls } from './control-calls.js';
import { type CredentialAnswer, tooLateError } from './credentials.js';
import { DeadlineGuard } from './deadline-guard.js';
import { StateDelivery } from './delivery.js';
import { HostRotation } from './host-rotation.js';
import { type LeaseClock, type Moment } from './lease-clock.js';
import { closedRefusal, type Refusal, type ReplyObserver } from './flow-owner.js';
import { RequestFlow } from './request-flow.js';
import { type ErrandHost, ServerErrands } from './server-errands.js';
import { type Established, type LinkOwner } from './link-owner.js';
import { ServerLink } from './server-link.js';
import { type Session, type SessionIdentity, type SessionObserver } from './session.js';
import { type SessionConfig } from './session-config.js';
import { SessionLife } from './session-life.js';
import { type SessionEvent, type SessionState } from './state.js';
import { Turn } from './turn.js';
import { WatchBook } from './watch-registry.js';

/** Starts to connect, and keeps a session until it is closed. */
export function openSession(config: SessionConfig): Session {
  return new LiveSession(config);
}

class LiveSession implements Session, LinkOwner, ReplyObserver, ErrandHost {
  readonly watches = new WatchBook(new ServerErrands(this));
  private readonly turn = new Turn();
  private readonly delivery = new StateDelivery(() => {
    this.guard.check();
  });
  readonly #life: SessionLife; // As #flow and #link, not for inspection: they know secrets.
  private readonly guard: DeadlineGuard;
  readonly #flow: RequestFlow;
  readonly #link: ServerLink;
  private readonly closing: Closing;
  private over = false;

  constructor(config: SessionConfig) {
    const { scheduler, monotonicNow, random, shuffleHosts, reconnect, capabilities } = config;
    const clock = (): Moment => ({ monotonicMs: monotonicNow(), wallMs: scheduler.now() });
    this.#life = new SessionLife({
      scheduler,
      clock,
      requestedTimeoutMs: config.sessionTimeoutMs,
      readOnly: config.readOnly,
      resume: config.resume,
      lastZxid: () => this.lastZxid,
      awaitsVerdict: () => this.#link.isGreeted,
      onExpired: (sessionId) => {
        this.delivery.push({ type: 'expired', sessionId });
      },
    });
    this.guard = new DeadlineGuard(scheduler, this.#life.leaseClock, this.delivery);
    const { maxPendingRequests, maxRequestBytes, onCallEnd } = config;
    const settings = { maxPendingRequests, maxRequestBytes, onCallEnd, link: this.delivery };
    this.#flow = new RequestFlow({ scheduler, clock, capabilities, ...settings }, this);
    if (capabilities.lacksTreeWatches) this.watches.refuseTrees();
    this.#flow.lastZxid = config.resume?.lastZxid ?? 0n;
    const hosts = new HostRotation(config.servers, { shuffle: shuffleHosts, random, ...reconnect });
    this.#link = new ServerLink(this, { ...config, clock, hosts, life: this.#life });
    this.closing = new Closing(scheduler, this.#flow, this);
    this.#link.start();
  }

  get state(): SessionState {
    return this.delivery.state;
  }

  get identity(): SessionIdentity | undefined {
    return this.#life.identity;
  }

  get leaseClock(): LeaseClock {
    return this.#life.leaseClock;
  }

  get lastZxid(): bigint {
    return this.#flow.lastZxid;
  }

  submit(call: AnyCall): void {
    this.#flow.submit(call);
  }

  cancel(call: AnyCall): void {
    this.#flow.cancel(call);
  }

  get isReady(): boolean {
    return this.#link.isReady && !this.closing.isAsked;
  }

  afterTurn(callback: () => void): void {
    this.turn.after(callback);
  }

  observe(observer: SessionObserver): () => void {
    return this.delivery.observe(observer);
  }

  addAuth(scheme: string, credential: Uint8Array, answer: CredentialAnswer): void {
    if (this.over || this.closing.isAsked) answer.fail(tooLateError(this.state));
    else this.#link.addCredentials(scheme, credential, answer);
  }

  useServers(servers: readonly Address[]): void {
    if (!this.over && !this.closing.isAsked) this.#link.useServers(servers);
  }

  close(done: () => void, keep = false): void {
    if (this.over) {
      this.delivery.push({ type: 'closed' });
      done();
      return;
    }
    if (!this.closing.ask(done, keep)) return;
    this.delivery.revoke('ended');
    this.#flow.refuse(closedRefusal);
    this.#flow.failAll('waiting', closedRefusal);
    if (this.identity === undefined && !this.#link.isGreeted) {
      this.finish();
      return;
    }
    this.closing.begin(this.#link.current);
  }

  onEstablished(connection: Connection): boolean {
    if (!this.closing.isAsked) return true;
    this.closing.begin(connection);
    return false;
  }

  /** Watches first, then what waits, and only then the world is told: so is the order on the wire. */
  onReady(connection: Connection, established: Established): void {
    if (this.closing.isAsked) return;
    const restoration = setWatchesCalls(this.watches, this.lastZxid, () => {
      this.delivery.watchesRestored();
    });
    this.#flow.attach(connection, restoration);
    this.delivery.push(established, () => {
      this.guard.check();
    });
    if (restoration.length === 0) this.delivery.watchesRestored();
  }

  onLeaving(done: () => void): void {
    this.#flow.drain(done);
  }

  onBroken(cause: ConnectError): boolean {
    if (this.closing.keeps) this.finish();
    this.delivery.push({ type: 'disconnected', cause }, this.#flow.detach(cause));
    if (!this.closing.isAsked) this.#life.expireIfOverdue();
    return !this.over;
  }

  onSessionRefused(cause: ConnectError | undefined): boolean {
    this.delivery.push({ type: 'disconnected', cause }, this.#flow.detach());
    if (this.closing.isAsked) this.finish();
    else this.#life.expire();
    return !this.over;
  }

  onCredentialsRefused(scheme: string, cause?: unknown): void {
    const refusal: Refusal = (context) => new AuthFailedError(scheme, { ...context, cause });
    this.end({ type: 'authRejected', scheme, cause }, refusal);
  }

  onBytes(): void {
    this.turn.begin();
    this.guard.check();
  }

  onBytesDone(): void {
    this.turn.end();
  }

  onReply(xid: number, zxid: bigint, error: number, reader: JuteReader): void {
    if (error === errorCodes.SessionMoved) this.#flow.onMoved(xid);
    else this.#flow.onReply(xid, zxid, error, reader);
    if (error !== 0) this.onPingRefused(error);
  }

  /** What a refusal says of the session, whatever was asked. */
  onPingRefused(error: number): void {
    if (error === errorCodes.SessionMoved)
      this.#link.current?.fail(new Error('the session is at another server by now'));
    else if (error === errorCodes.SessionClosedRequireSaslAuth)
      this.onCredentialsRefused('sasl', new SessionClosedRequireSaslAuthError());
  }

  onNotification({ type, path }: WatchEvent): void {
    this.watches.dispatch(type, path);
  }

  onAcknowledged(sentAt: Moment): void {
    this.#link.onAcknowledged(sentAt);
  }

  onWatchLeft(call: AnyCall, absent: boolean): void {
    // Only reads with a path leave watches.
    const { path } = call.request as { readonly path: string };
    this.watches.arm(call.operation, path, absent);
  }

  requestOf(call: AnyCall): unknown {
    return this.watches.requestOf(call);
  }

  finish(): void {
    this.end({ type: 'closed' }, closedRefusal);
  }

  /** Nothing happens any more after this. */
  private end(event: SessionEvent, refusal: Refusal): void {
    if (this.over) return;
    this.over = true;
    this.#link.stop();
    this.guard.stop();
    this.#life.stop();
    this.#flow.refuse(refusal);
    // Who closes waits for just that, whatever else the end is due to.
    this.delivery.push(this.closing.isAsked ? { type: 'closed' } : event, () => {
      this.#flow.failAll('all', refusal);
      this.#link.failCredentials(() => refusal({ operation: 'addAuth', path: undefined }));
    });
    this.closing.end();
  }
}
