/**
 * One login by SASL on one connection: asks for the mechanism, and carries tokens between it and the server.
 *
 * The server answers each token with one, so no more than one is ever on its way, and every reply is the answer to it. A
 * connection that drops in the middle says nothing about the credentials; only a refusal by one of the two sides does.
 */

import { defer, from, of, Subscription, take, throwIfEmpty } from 'rxjs';
import { ProtocolError, UsageError } from '../errors/client-errors.js';
import { serverError } from '../errors/error-of-code.js';
import { operations } from '../wire/operations.js';
import { type JuteReader } from '../wire/reader.js';
import { type AnyCall, ForwardedCall } from './call.js';
import { type Connection } from './connection.js';
import {
  type SaslAnswer,
  type SaslExchange,
  type SaslMechanism,
  type SaslSource,
  type SaslToken,
} from './sasl-mechanism.js';

/** Whom a login tells how it ended: one of the two, once, unless it is stopped. If it cannot be tried the connection fails. */
export interface SaslLoginOwner {
  onLoggedIn(): void;
  /** One side refused the other. */
  onRefused(cause: unknown): void;
}

const context = { operation: 'sasl', path: undefined };
const nobody = { reply: () => undefined, fail: () => undefined };

export class SaslLogin {
  private readonly work = new Subscription();
  private mechanism: SaslMechanism | undefined;
  private exchange: SaslExchange | undefined;
  private sent: AnyCall | undefined;
  private tokens = 0;

  constructor(
    private readonly connection: Connection,
    private readonly owner: SaslLoginOwner,
  ) {}

  start(source: SaslSource): void {
    this.connection.keepQuiet(true);
    const mechanism$ = defer(source).pipe(take(1), throwIfEmpty(noMechanism));
    const asked = mechanism$.subscribe({
      next: (mechanism) => {
        this.begin(mechanism);
      },
      error: (error: unknown) => {
        // Asking again will not make a usable option of one that is not.
        if (error instanceof UsageError) this.refuse(error);
        else
          this.end(() => {
            this.connection.fail(untried(error));
          });
      },
    });
    this.work.add(asked);
  }

  /** The server has answered. Throws {@link ProtocolError} if it was not asked. */
  onReply(xid: number, error: number, reader: JuteReader): void {
    if (this.sent?.xid !== xid) {
      throw new ProtocolError(`reply with xid ${String(xid)} to no token of SASL`);
    }
    this.sent = undefined;
    if (error !== 0) {
      this.refuse(serverError(error, context));
      return;
    }
    const { token } = operations.sasl.response.read(reader);
    // To its first token a server that has SASL always has something to say.
    if (token === null && this.tokens === 1) this.goWithout();
    else this.ask(() => this.exchange?.respond(token));
  }

  /** Tells nobody anything any more. */
  stop(): void {
    this.work.unsubscribe();
    this.sent = undefined;
  }

  private begin(mechanism: SaslMechanism): void {
    this.mechanism = mechanism;
    this.ask(() => {
      this.exchange = mechanism.start(this.connection.address);
      return this.exchange.begin();
    });
  }

  private ask(answer: () => SaslAnswer): void {
    const token$ = defer(() => given(answer())).pipe(take(1), throwIfEmpty(noAnswer));
    const asked = token$.subscribe({
      next: (token) => {
        this.say(token);
      },
      error: (error: unknown) => {
        this.refuse(error);
      },
    });
    this.work.add(asked);
  }

  private say(token: SaslToken): void {
    if (token === undefined) {
      if (this.tokens > 0) this.succeed();
      else this.refuse(noAnswer());
      return;
    }
    const request = { token };
    const call = new ForwardedCall(operations.sasl, request, { context, answer: nobody });
    const refused = this.connection.send(call, request);
    if (refused !== undefined) {
      this.refuse(refused);
      return;
    }
    this.sent = call;
    this.tokens++;
  }

  private goWithout(): void {
    if (this.mechanism?.optional === true) this.succeed();
    else this.refuse(new UsageError('the server has no SASL; `optional: true` does without'));
  }

  private succeed(): void {
    this.end(() => {
      this.connection.keepQuiet(false);
      this.owner.onLoggedIn();
    });
  }

  private refuse(cause: unknown): void {
    this.end(() => {
      this.owner.onRefused(cause);
    });
  }

  private end(tell: () => void): void {
    if (this.work.closed) return;
    this.stop();
    tell();
  }
}

function given(answer: SaslAnswer) {
  return answer === undefined || answer instanceof Uint8Array ? of(answer) : from(answer);
}

function untried(cause: unknown): UsageError {
  return new UsageError('the function `sasl` gave no credentials', { cause });
}

function noMechanism(): UsageError {
  return new UsageError('the function `sasl` gave no mechanism');
}

function noAnswer(): UsageError {
  return new UsageError('the SASL mechanism gave no token');
}
