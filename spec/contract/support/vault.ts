/** All the secrets that a client can have, and everything that came of using them, to be searched for them. */

import { createPrivateKey } from 'node:crypto';
import { type Observable } from 'rxjs';
import {
  acl,
  type AuthInfo,
  type DigestMd5Options,
  type TlsOptions,
  type ZooKeeper,
  type ZooKeeperError,
  type ZooKeeperOptions,
} from '../../../src/index.js';
import { type Certificate } from '../../../src/testing/real/certificates.js';
import { digestOf, findSecrets } from '../../support/secrets.js';
import { record } from './recording.js';

export const saslUsers = { bob: 'swordfish-1' };
export const optionAuth: AuthInfo = { scheme: 'digest', credential: 'carol:hush-hush-2' };
export const addedCredential = 'dave:open-sesame-3';
// Deeper, through Node's lists of timers, it is all of the process, and takes seconds; what is reached is walked through anyway.
const depth = 12;
const passphrase = 'abracadabra-4';

export class Vault {
  /** What is searched. */
  readonly things = new Map<string, unknown>();
  private readonly seen: string[] = [];
  readonly sasl: DigestMd5Options = {
    mechanism: 'DIGEST-MD5',
    ...{ username: 'bob', password: saslUsers.bob },
  };
  readonly tls: TlsOptions;
  private readonly secrets = new Map<string, string | Uint8Array>([
    ['password of SASL', saslUsers.bob],
    ['password of the option auth', 'hush-hush-2'],
    ['password of addAuth', 'open-sesame-3'],
    ['passphrase', passphrase],
    ['digest of the option auth', digestOf('carol:hush-hush-2')],
    ['digest of addAuth', digestOf(addedCredential)],
  ]);

  constructor({ ca, cert, key: open }: Certificate) {
    const encrypted = createPrivateKey(open).export({
      ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
    });
    const key = String(encrypted);
    this.tls = { ca, cert, key, passphrase };
    this.secrets.set('key', lineOf(open));
    this.secrets.set('encrypted key', lineOf(key));
  }

  /** Every kind of secret, and whatever the client reports is kept. */
  get options(): ZooKeeperOptions {
    return { tls: this.tls, sasl: this.sasl, ...this.common };
  }

  /** The same from functions, now and later. */
  get functions(): ZooKeeperOptions {
    const { tls, sasl } = this;
    return { tls: () => Promise.resolve(tls), sasl: () => sasl, ...this.common };
  }

  keep(name: string, thing: unknown): void {
    const label = `${String(this.things.size)}. ${name}`;
    this.things.set(label, thing);
    // Now, and again at the end: much of what can be seen of a client is there for a moment.
    const seen = findSecrets(new Map([[label, thing]]), this.secrets, depth);
    this.seen.push(...seen);
  }

  /** Keeps the request, and what comes of it; resolves with its error, if it errs. */
  async outcome(name: string, request: PromiseLike<unknown>): Promise<unknown> {
    this.keep(`${name}, the request`, request);
    try {
      this.keep(name, await request);
      return undefined;
    } catch (error) {
      this.keep(`${name}, the error`, error);
      return error;
    }
  }

  /** Keeps the stream, its subscription and all that comes of it. */
  follow<T>(name: string, source$: Observable<T>): ReturnType<typeof record<T>> {
    const recording = record(source$);
    this.keep(name, source$);
    this.keep(`${name}, the record`, recording);
    return recording;
  }

  /** Keeps the client, what can be seen of its session, and the password of that among the secrets. */
  watch(name: string, zk: ZooKeeper): void {
    const { session } = zk;
    if (session !== undefined) {
      this.secrets.set(`session's password of ${name}`, session.password.slice());
    }
    this.keep(name, zk);
    this.keep(`${name}, its session`, session);
    this.keep(`${name}, its state`, zk.state);
    this.keep(`${name}, a view`, zk.namespace('/view'));
  }

  /** What could and can be seen, printed deeply. */
  found(): readonly string[] {
    return this.seen.length > 0 ? this.seen : findSecrets(this.things, this.secrets, depth);
  }

  private get common(): ZooKeeperOptions {
    return {
      defaultAcl: [...acl.open, ...acl.digest('carol', 'hush-hush-2')],
      ...{ auth: [optionAuth], idleGraceMs: Infinity, requestTimeoutMs: 60_000 },
      reconnect: { maxDelayMs: 100 },
      onReport: (error: ZooKeeperError) => {
        this.keep('a report', error);
      },
    };
  }
}

/** A line of a PEM that no other has. */
function lineOf(pem: string): string {
  const [, line = ''] = pem.split('\n').filter((text) => /^[\w+/=]{40,}$/.test(text));
  return line;
}
