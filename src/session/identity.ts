/** The identity of a session: its password is not shown by whatever prints the object, and is given away only when asked for. */

import { type SavedSession, type SessionIdentity } from './session.js';

/** `password` can be read by its name; neither `util.inspect` nor `JSON.stringify` nor a spread sees it. */
export class HiddenIdentity implements SessionIdentity {
  readonly #password: Uint8Array;
  readonly #seen: () => bigint;

  constructor(
    readonly id: bigint,
    password: Uint8Array,
    seen: () => bigint,
  ) {
    this.#password = password;
    this.#seen = seen;
  }

  get password(): Uint8Array {
    return this.#password;
  }

  get lastZxid(): bigint {
    return this.#seen();
  }

  serialize(): string {
    const { id, password, lastZxid } = this;
    return JSON.stringify({
      id: hexOf(id),
      password: [...password].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      lastZxid: hexOf(lastZxid),
    });
  }
}

/** What `serialize` has made; `undefined` for any other text. */
export function parseSession(text: string): SavedSession | undefined {
  const { id, password, lastZxid } = objectOf(text);
  if (!isHex(id, /^0x[0-9a-f]{1,16}$/) || !isHex(lastZxid, /^0x[0-9a-f]{1,16}$/)) return undefined;
  if (!isHex(password, /^(?:[0-9a-f]{2})*$/)) return undefined;
  const bytes = password.match(/../g) ?? [];
  return {
    id: BigInt.asIntN(64, BigInt(id)),
    password: Uint8Array.from(bytes, (byte) => parseInt(byte, 16)),
    lastZxid: BigInt.asIntN(64, BigInt(lastZxid)),
  };
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    // Whatever it is, its properties are looked at one by one.
    return Object(value) as Readonly<Record<string, unknown>>;
  } catch {
    // What the parser says quotes the text, which may be a secret.
    return {};
  }
}

function isHex(value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value);
}

function hexOf(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}
