/** What a SASL mechanism is to a session. It knows none: DIGEST-MD5 and GSSAPI come from the client's folder `sasl`. */

import { type Observable, type ObservableInput } from 'rxjs';

/** The server that a client proves itself to. */
export interface SaslServer {
  /** As in the connect string. */
  readonly host: string;
  readonly port: number;
}

/** What a mechanism says: a token for the server, or `undefined` when the exchange is over and the server has proved itself too. */
export type SaslToken = Uint8Array | undefined;

/** A token, or something that gives one, later if need be: an Observable, a Promise. Only its first value counts. */
export type SaslAnswer = SaslToken | ObservableInput<SaslToken>;

/** One login to one server. What its methods throw or err with ends the client with `AuthFailedError`. */
export interface SaslExchange {
  /**
   * The first token; an empty one where the server speaks first.
   *
   * @emits the token; what comes after it is not looked at
   * @completes when it likes; without a token that is an error
   * @errors with whatever shall end the client
   * @sharing subscribed to once, and left when the connection drops
   */
  begin(): SaslAnswer;
  /**
   * Answers the server's token, which is `null` if the server has nothing to say.
   *
   * @emits the next token, or `undefined` when the exchange is over and the server has proved itself
   * @completes when it likes; without an answer that is an error
   * @errors with whatever shall end the client, and if the server proves nothing
   * @sharing subscribed to once, and left when the connection drops
   */
  respond(challenge: Uint8Array | null): SaslAnswer;
}

/** A way to prove who one is. Kept as long as the client, or asked for on every connect if the option is a function. */
export interface SaslMechanism {
  /** For messages: `GSSAPI`. */
  readonly name: string;
  /** Go on without having logged in where the server has no SASL at all. Default false: that is an error. */
  readonly optional?: boolean;
  /** Called once for each connection; its exchange is let go of when the connection drops. */
  start(server: SaslServer): SaslExchange;
}

/** Gives the mechanism for one connection. What it errs with is a failed attempt to connect, unless it is a `UsageError`. */
export type SaslSource = () => Observable<SaslMechanism>;
