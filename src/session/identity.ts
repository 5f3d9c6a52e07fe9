/** The identity of a session, whose password is not shown by whatever prints the object. */

import { type SessionIdentity } from './session.js';

/** `password` can be read by its name; neither `util.inspect` nor `JSON.stringify` nor a spread sees it. */
export class HiddenIdentity implements SessionIdentity {
  readonly #password: Uint8Array;

  constructor(
    readonly id: bigint,
    password: Uint8Array,
  ) {
    this.#password = password;
  }

  get password(): Uint8Array {
    return this.#password;
  }
}
