/** The password of a session, computed from its id as ZooKeeper does, so that it needs no storage and survives a restart. */

const secret = 0xb3415c00n;
const multiplier = 0x5deece66dn;
const mask = (1n << 48n) - 1n;

/** Number of bytes of every password. */
export const passwordBytes = 16;

/** 16 bytes from a linear congruential generator (`java.util.Random`) that is seeded with the id. */
export function sessionPassword(id: bigint): Uint8Array {
  const password = new Uint8Array(passwordBytes);
  const view = new DataView(password.buffer);
  let seed = (BigInt.asUintN(64, id ^ secret) ^ multiplier) & mask;
  for (let at = 0; at < passwordBytes; at += 4) {
    seed = (seed * multiplier + 0xbn) & mask;
    view.setInt32(at, Number(BigInt.asIntN(32, seed >> 16n)), true);
  }
  return password;
}

/** Whether two passwords are the same. */
export function samePassword(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
