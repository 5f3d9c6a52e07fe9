/** SASL at the server: one dialogue a connection, and the scheme `sasl` that its users have in ACLs. */

import { type AuthProvider, type Id } from './auth-provider.js';
import { challenge, checkAnswer, type SaslUsers } from './digest-md5.js';
import { type Outcome, refusals } from './refusal.js';

/** What a step of the dialogue says, and whom it has proved. */
export interface SaslStep {
  readonly token: Uint8Array | null;
  readonly proven?: Id;
}

// RFC 2831: an answer is shorter than this.
const maxAnswerBytes = 4096;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One dialogue: the first token, which is empty, the answer to the challenge, and nothing after that. */
export class SaslDialogue {
  private phase: 'first' | 'challenged' | 'over' = 'first';

  constructor(
    private readonly users: SaslUsers,
    private readonly nonce: string,
  ) {}

  step(token: Uint8Array | null): Outcome<SaslStep> {
    const { phase, nonce, users } = this;
    this.phase = phase === 'first' ? 'challenged' : 'over';
    if (phase === 'over') return refusals.authFailed;
    if (phase === 'first') {
      // The mechanism has no initial response; one that comes all the same is ignored (measured).
      return { token: encoder.encode(challenge(nonce)) };
    }
    if (token !== null && token.length > maxAnswerBytes) return refusals.authFailed;
    const proof = checkAnswer(decoder.decode(token ?? undefined), { nonce, users });
    if (proof === undefined) return refusals.authFailed;
    return { token: encoder.encode(proof.answer), proven: { scheme: 'sasl', id: proof.user } };
  }
}

/** Where there is no SASL the answer is no error but a null token (measured). */
export const noSasl: Pick<SaslDialogue, 'step'> = { step: () => ({ token: null }) };

/** Whether SASL has proved one of the identities. */
export function isLoggedIn(identities: readonly Id[]): boolean {
  return identities.some(({ scheme }) => scheme === 'sasl');
}

// `service/host@REALM`, as it is taken apart by Java's KerberosName (measured); what has no @ is any name, also an empty one.
const kerberosName = /^[^/@]*(?:\/[^/@]*)?@[^/@]*$/;

/** The scheme: ids are names of users; an `auth` packet proves none. */
export const saslProvider: AuthProvider = {
  scheme: 'sasl',
  authenticates: true,
  isValid: (id) => !id.includes('@') || kerberosName.test(id),
  matches: (identity, aclId) => identity === aclId,
  userName: (id) => id,
  authenticate: () => undefined,
};

/** The scheme by which clients of an ensemble tell its name; there is one server, so every name will do. */
export const ensembleProvider: AuthProvider = {
  scheme: 'ensemble',
  authenticates: false,
  isValid: () => false,
  matches: () => false,
  userName: () => '',
  authenticate: () => [],
};
