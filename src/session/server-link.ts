/**
 * The link to whichever server can be reached: connects, hands over credentials, and connects again when it breaks.
 *
 * It goes through the same steps each time: *greeted* (the handshake is out), logged in where SASL is asked for,
 * *established* (the server took the session up), *ready* (credentials accepted; told to the owner, who decides what is sent first). The owner hears of a broken
 * link before the next attempt starts.
 */

import { type ZooKeeperError } from '../errors/base.js';
import { ProtocolError } from '../errors/client-errors.js';
import { type ConnectError } from '../errors/connect-error.js';
import { type Address, formatAddress } from '../transport/transport.js';
import { type JuteReader } from '../wire/reader.js';
import { type ConnectRequest, type ConnectResponse, type WatchEvent } from '../wire/records.js';
import { reportAttempt } from './attempt-report.js';
import { Changeover, type LeavableLink } from './changeover.js';
import * as failures from './connect-failure.js';
import { Connection } from './connection.js';
import { type ConnectionOwner } from './connection-owner.js';
import { type Attempts, Connector } from './connector.js';
import { type CredentialAnswer, Credentials } from './credentials.js';
import { type Moment } from './lease-clock.js';
import {
  type Established,
  establishedAt,
  type LinkOwner,
  type LinkSettings,
} from './link-owner.js';
import { SaslLogin } from './sasl-login.js';
import { type SaslSource } from './sasl-mechanism.js';

export class ServerLink implements ConnectionOwner, Attempts, LeavableLink {
  private readonly connector: Connector;
  private readonly credentials: Credentials;
  private readonly changeover: Changeover;
  private connection: Connection | undefined;
  private login: SaslLogin | undefined;
  private established: Established | undefined;
  private ready = false;

  constructor(
    private readonly owner: LinkOwner,
    private readonly settings: LinkSettings,
  ) {
    this.credentials = new Credentials(settings.auth);
    this.connector = new Connector(settings, this);
    this.changeover = new Changeover(settings, owner, this);
  }

  /** Whether a server has been asked for the session and may have made one. */
  get isGreeted(): boolean {
    return this.connection?.greeted === true;
  }

  /** The connection whose handshake and login are done, whether or not requests flow already. */
  get current(): Connection | undefined {
    return this.established === undefined ? undefined : this.connection;
  }

  get isBusy(): boolean {
    return this.connection !== undefined;
  }

  get isReady(): boolean {
    return this.ready;
  }

  start(): void {
    this.connector.start();
  }

  /** Closes the connection and makes no other. What was sent still goes out. */
  stop(): void {
    this.connector.stop();
    this.reset();
  }

  /** Replaces the list of servers. The current one, or the one that is being tried, is left if the balance wants it. */
  useServers(servers: readonly Address[]): void {
    this.changeover.useServers(servers);
  }

  /** See {@link LeavableLink}. */
  wake(): void {
    this.connector.wake();
  }

  addCredentials(scheme: string, secret: Uint8Array, answer: CredentialAnswer): void {
    const added = this.credentials.add(scheme, secret, answer);
    const connection = this.current;
    if (connection !== undefined) this.credentials.send(added, connection);
  }

  /** Nothing will come of credentials that still wait for an answer. */
  failCredentials(error: () => ZooKeeperError): void {
    this.credentials.failAll(error);
  }

  connectRequest(): ConnectRequest {
    return this.settings.life.connectRequest(this.owner.lastZxid);
  }

  onHandshake(response: ConnectResponse, sentAt: Moment): void {
    const { connection } = this;
    if (connection === undefined) return;
    if (response.timeoutMs <= 0) {
      this.onRefusedSession();
      return;
    }
    const established = establishedAt(connection.address, response);
    if (established.readOnly && !this.settings.readOnly) {
      this.goDown(failures.readOnlyServer(this.server));
      return;
    }
    this.settings.life.confirm(response, sentAt);
    if (this.settings.sasl === undefined) this.establish(connection, established);
    else this.logIn(connection, { established, source: this.settings.sasl });
  }

  onAuthReply(error: number): void {
    if (this.login !== undefined) throw new ProtocolError('an answer to credentials nobody gave');
    const verdict = this.credentials.onReply(error);
    if (verdict.type === 'refused') this.owner.onCredentialsRefused(verdict.scheme);
    else if (verdict.settled && !this.ready) this.becomeReady();
  }

  onAcknowledged(sentAt: Moment): void {
    this.settings.life.acknowledge(sentAt);
    this.settings.hosts.succeeded();
    this.changeover.succeeded(this.settings.life.isReadOnly);
  }

  onBytes(chunk: Uint8Array): void {
    this.owner.onBytes();
    // As a frame it would have over 350 MB.
    if (this.phase === 'greeted' && failures.isTlsAlert(chunk))
      this.goDown(failures.tlsOnly(this.server));
  }

  onBytesDone(): void {
    this.owner.onBytesDone();
  }

  onReply(xid: number, zxid: bigint, error: number, reader: JuteReader): void {
    if (this.login === undefined) this.owner.onReply(xid, zxid, error, reader);
    else this.login.onReply(xid, error, reader);
  }

  onPingRefused(error: number): void {
    this.owner.onPingRefused(error);
  }

  onNotification(event: WatchEvent): void {
    this.owner.onNotification(event);
  }

  onDown(reason: Error | undefined): void {
    const { server, phase } = this;
    this.goDown(failures.connectFailure({ server, phase, cause: reason }));
  }

  /** See {@link Attempts}. */
  get connectTimeoutMs(): number {
    const { connectTimeoutMs, life, hosts } = this.settings;
    return connectTimeoutMs ?? life.timeoutMs / hosts.size;
  }

  get server(): string {
    return this.connection === undefined ? '' : formatAddress(this.connection.address);
  }

  private get phase(): failures.LinkPhase {
    if (this.established !== undefined) return 'established';
    if (this.login !== undefined) return 'login';
    return this.isGreeted ? 'greeted' : 'opening';
  }

  giveUp(): void {
    this.goDown(failures.attemptTimeout(this.server, this.phase, this.connectTimeoutMs));
  }

  goDown(cause: ConnectError): void {
    const attempt = !this.ready;
    this.reset();
    this.settings.life.disconnected();
    const goesOn = this.owner.onBroken(cause);
    // Who leaves has not failed.
    if (attempt && cause.reason !== 'left') reportAttempt(cause, this.settings);
    if (goesOn) this.connector.start();
  }

  private onRefusedSession(): void {
    const resumed = this.settings.life.identity !== undefined;
    const cause = failures.refusedSession(this.server, this.settings.life);
    this.reset();
    const goesOn = this.owner.onSessionRefused(cause);
    if (cause !== undefined) reportAttempt(cause, this.settings);
    if (!goesOn) return;
    // A server that refuses even a new session is a failed attempt like any other.
    if (resumed) this.connector.startAgain();
    else this.connector.start();
  }

  open(address: Address): void {
    this.connection = new Connection(address, this, this.settings);
  }

  /** The attempt lasts as long as this does, so the connect timeout bounds it. */
  private logIn(
    connection: Connection,
    { established, source }: { established: Established; source: SaslSource },
  ): void {
    this.login = new SaslLogin(connection, {
      onLoggedIn: () => {
        this.login = undefined;
        this.establish(connection, established);
      },
      onRefused: (cause) => {
        this.owner.onCredentialsRefused('sasl', cause);
      },
    });
    this.login.start(source);
  }

  private establish(connection: Connection, established: Established): void {
    this.connector.settled();
    this.established = established;
    if (!this.owner.onEstablished(connection)) return;
    if (!this.credentials.replay(connection)) this.becomeReady();
  }

  private becomeReady(): void {
    const { connection, established } = this;
    if (connection === undefined || established === undefined) return;
    this.ready = true;
    this.changeover.onReady(established.readOnly);
    this.owner.onReady(connection, established);
  }

  private reset(): void {
    this.changeover.cancel();
    this.connection?.close();
    this.login?.stop();
    this.login = undefined;
    this.connection = undefined;
    this.established = undefined;
    this.ready = false;
  }
}
