/** Faults to put between an embedded server and its clients: what a differential test that is worth its name finds. */

import { JuteReader } from '../../src/wire/reader.js';
import { replyHeaderCodec, xids } from '../../src/wire/records.js';
import { type Contestant } from './contestant.js';
import { type Tamper, tamperedDial } from './dial.js';

/** A tamperer is made anew for each connection. */
export const mutants: Readonly<Record<string, () => Tamper>> = {
  'a reply before the event that it follows': () => (frames) => {
    const isEvent = (frame: Uint8Array): boolean => xidOf(frame) === xids.notification;
    return [...frames.filter((frame) => !isEvent(frame)), ...frames.filter(isEvent)];
  },
  'an event twice': () => (frames) =>
    frames.flatMap((frame) => (xidOf(frame) === xids.notification ? [frame, frame] : [frame])),
  'no event of a deletion': () => (frames) =>
    frames.filter((frame) => xidOf(frame) !== xids.notification || int(frame, 16) !== deleted),
  'another error': () => (frames) =>
    frames.map((frame) => (errorOf(frame) === badVersion ? withInt(frame, 12, notEmpty) : frame)),
  'a failed write that takes no zxid': () => (frames) =>
    frames.map((frame) =>
      errorOf(frame) === nodeExists ? withInt(frame, 8, int(frame, 8) - 1) : frame,
    ),
  // The body of a `setData`, which is a Stat and nothing else, and of an `exists`.
  'a pzxid that stands still': () => (frames) =>
    frames.map((frame) =>
      errorOf(frame) === 0 && frame.length === headBytes + statBytes && int(frame, 0) < foreign
        ? withInt(frame, frame.length - 4, int(frame, headBytes + 4))
        : frame,
    ),
};

const [badVersion, nodeExists, notEmpty] = [-103, -110, -111];
const deleted = 2;
const headBytes = 16;
const statBytes = 68;
// Xids from here on are those of the harness itself.
const foreign = 1_000_000;

/** A contestant whose words are tampered with. */
export function tampered(contestant: Contestant, newTamper: () => Tamper): Contestant {
  return {
    name: 'tampered',
    enter() {
      const arena = contestant.enter();
      let lines = 0;
      return {
        ...arena,
        // The first line of a run is that of the janitor, who sees everything as it is.
        dial: (handlers) =>
          (lines++ === 0 ? arena.dial : tamperedDial(arena.dial, newTamper))(handlers),
      };
    },
  };
}

function xidOf(frame: Uint8Array): number {
  return int(frame, 0);
}

/** The error of a reply; that of an event is 0, and so is what stands there in an answer to a handshake. */
function errorOf(frame: Uint8Array): number {
  return frame.length < headBytes ? 0 : replyHeaderCodec.read(new JuteReader(frame)).error;
}

function int(frame: Uint8Array, at: number): number {
  return new DataView(frame.buffer, frame.byteOffset).getInt32(at);
}

function withInt(frame: Uint8Array, at: number, value: number): Uint8Array {
  const copy = frame.slice();
  new DataView(copy.buffer).setInt32(at, value);
  return copy;
}
