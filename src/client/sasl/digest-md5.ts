/**
 * SASL DIGEST-MD5 (RFC 2831), the side of the client, as ZooKeeper's servers have it: quality of protection `auth` only.
 *
 * The client's first token is empty; it answers the server's challenge with a proof that it knows the password, and the
 * server proves the same (`rspauth`), without which the client believes nothing that it says. Secrets are kept in closures
 * only, where no `inspect` shows them.
 */

import { UsageError } from '../../errors/client-errors.js';
import { type SaslExchange, type SaslMechanism } from '../../session/sasl-mechanism.js';
import {
  type DigestFields,
  digestProof,
  digestSecret,
  hex,
  parseFields,
} from '../../wire/digest-md5.js';

/** Who logs in. */
export interface DigestLogin {
  readonly username: string;
  readonly password: string;
}

/** The answer to a challenge, and what the server must say to it. */
export interface DigestAnswer {
  readonly text: string;
  readonly rspauth: string;
}

const digestUri = 'zookeeper/zk-sasl-md5';
const cnonceBytes = 16;
// RFC 2831: a challenge is shorter than this.
const maxChallengeBytes = 2048;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The mechanism. `random` gives numbers in [0, 1). */
export function digestMd5(
  login: DigestLogin & { readonly optional?: boolean | undefined },
  random: () => number,
): SaslMechanism {
  const { username, password, optional = false } = login;
  const cnonce = () =>
    hex(Uint8Array.from({ length: cnonceBytes }, () => Math.floor(random() * 256)));
  return {
    name: 'DIGEST-MD5',
    optional,
    start: () =>
      exchange((challenge) => answerChallenge(challenge, { username, password }, cnonce())),
  };
}

function exchange(answerTo: (challenge: string) => DigestAnswer): SaslExchange {
  let expected: string | undefined;
  return {
    begin: () => new Uint8Array(0),
    respond: (token) => {
      if (token !== null && token.length > maxChallengeBytes) throw refused('a token too long');
      const text = decoder.decode(token ?? undefined);
      if (expected === undefined) {
        const answer = answerTo(text);
        expected = answer.rspauth;
        return encoder.encode(answer.text);
      }
      if (parseFields(text)?.get('rspauth') === expected) return undefined;
      throw refused('no proof that it knows the password');
    },
  };
}

/** Throws `UsageError` for a challenge that cannot be answered. */
export function answerChallenge(
  challenge: string,
  { username, password }: DigestLogin,
  cnonce: string,
): DigestAnswer {
  const asked = parseFields(challenge);
  if (asked === undefined) throw refused('a challenge that cannot be read');
  const nonce = asked.get('nonce') ?? '';
  if (nonce === '') throw refused('a challenge without a nonce');
  if (asked.get('algorithm') !== 'md5-sess') throw refused('a challenge not for md5-sess');
  const offered = (asked.get('qop') ?? 'auth').split(',').map((qop) => qop.trim());
  if (!offered.includes('auth')) throw refused('a challenge without the protection `auth`');
  const realm = asked.get('realm') ?? '';
  const fields: DigestFields = new Map([
    ['username', username],
    ['realm', realm],
    ['nonce', nonce],
    ['nc', '00000001'],
    ['cnonce', cnonce],
    ['digest-uri', digestUri],
  ]);
  const secret = digestSecret(fields, { user: username, password });
  const response = digestProof(fields, { secret, method: 'AUTHENTICATE' });
  const text =
    `charset=utf-8,username=${quoted(username)},realm=${quoted(realm)},nonce=${quoted(nonce)},nc=00000001,` +
    `cnonce="${cnonce}",digest-uri="${digestUri}",maxbuf=65536,response=${response},qop=auth`;
  return { text, rspauth: digestProof(fields, { secret, method: '' }) };
}

function refused(what: string): UsageError {
  return new UsageError(`DIGEST-MD5: the server sent ${what}`);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
