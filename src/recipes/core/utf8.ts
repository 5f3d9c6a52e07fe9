/** Texts as the bytes of znodes: UTF-8, and nothing for no text. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function toUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** What is not UTF-8 becomes replacement characters: other clients' data is no reason to fail. */
export function fromUtf8(bytes: Uint8Array | null): string {
  return bytes === null ? '' : decoder.decode(bytes);
}
