/** Codecs: how a znode's bytes become a value and back. */

/** Turns bytes into a value and back; either may throw, and that becomes a `DecodeError` or an `EncodeError`. */
export interface ValueCodec<T> {
  decode(data: Uint8Array): T;
  encode(value: T): Uint8Array;
}
