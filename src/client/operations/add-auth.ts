/** The one-shot `addAuth`: credentials are the session's business, so this is no call on the wire of its own. */

import { Observable, type Subscriber } from 'rxjs';
import { SessionClosedError, TimeoutError } from '../../errors/client-errors.js';
import { Alarm } from '../../rx/alarm.js';
import { type AuthInfo } from '../options.js';
import { type Shot } from '../request-kind.js';
import { checkRequestOptions, requestOptionNames } from '../request-options.js';
import { checkCredential, toCredential } from '../resolve-options.js';

const kind = { name: 'addAuth', optionNames: requestOptionNames() } as const;
const context = { operation: 'addAuth' } as const;

/** Emits once, when the server has accepted the credentials. */
export function addAuth(shot: Shot<AuthInfo>): Observable<void> {
  return new Observable((subscriber) => {
    const { host, input, options } = shot;
    const signal = options?.signal;
    checkRequestOptions(kind, shot);
    checkCredential(input, { prefix: '', context });
    if (signal?.aborted === true) {
      subscriber.error(signal.reason);
      return undefined;
    }
    const session = host.retain();
    if (session === undefined) {
      subscriber.error(new SessionClosedError(context));
      return undefined;
    }
    const credential = toCredential(input);
    const stopLimits = limit(shot, subscriber);
    host.rememberAuth(credential);
    session.addAuth(credential.scheme, credential.credential, {
      reply() {
        subscriber.next();
        subscriber.complete();
      },
      fail(error) {
        subscriber.error(error);
      },
    });
    return () => {
      stopLimits();
      host.release();
    };
  });
}

/** Errs the subscriber when its time is up or its signal is aborted, until the function returned is called. */
function limit({ host, options }: Shot<AuthInfo>, subscriber: Subscriber<void>): () => void {
  const timeoutMs = options?.timeoutMs ?? host.requestTimeoutMs;
  const signal = options?.signal;
  const timeout = new Alarm(host.scheduler, () => {
    // The session keeps the credentials and gives them to every connection, so they may still be accepted.
    subscriber.error(new TimeoutError(timeoutMs, 'unknown', context));
  });
  const onAbort = (): void => {
    subscriber.error(signal?.reason);
  };
  timeout.set(timeoutMs);
  signal?.addEventListener('abort', onAbort);
  return () => {
    timeout.clear();
    signal?.removeEventListener('abort', onAbort);
  };
}
