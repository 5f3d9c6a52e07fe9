/** Session passwords, against ones that a real server gave out. */

import { samePassword, sessionPassword } from '../../src/server/session-password.js';

describe('sessionPassword', () => {
  // Captured from handshakes with Apache ZooKeeper 3.8.0.
  it.each([
    [0x1000021a4000000n, 'f256cf5497a2123420b03767380615ae'],
    [0x10000226102000cn, 'b1378bdfe9bdd50e09bc094546a16794'],
  ])('gives session %p the password that a real server gives', (id, hex) => {
    expect(Buffer.from(sessionPassword(id)).toString('hex')).toBe(hex);
  });

  it('tells passwords apart', () => {
    expect(samePassword(sessionPassword(1n), sessionPassword(1n))).toBe(true);
    expect(samePassword(sessionPassword(1n), sessionPassword(2n))).toBe(false);
    expect(samePassword(sessionPassword(1n), new Uint8Array(0))).toBe(false);
  });
});
