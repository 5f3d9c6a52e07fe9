/** SASL DIGEST-MD5 by hand, for who speaks to a server in raw packets: one answer to one challenge. */

import { randomBytes } from 'node:crypto';
import { answerChallenge as answer } from '../../client/sasl/digest-md5.js';

export interface DigestLogin {
  readonly user: string;
  readonly password: string;
}

/** The text that proves knowledge of the password to who sent this challenge. */
export function answerChallenge(challenge: string, { user, password }: DigestLogin): string {
  return answer(challenge, { username: user, password }, randomBytes(8).toString('hex')).text;
}
