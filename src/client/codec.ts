/** Codecs: how a znode's bytes become a value and back. */

/** Turns bytes into a value and back. What `decode` throws becomes the cause of a `DecodeError`. */
export interface ValueCodec<T> {
  decode(data: Uint8Array): T;
  encode(value: T): Uint8Array;
}
