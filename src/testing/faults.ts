/** The faults that a test can set off: what can go wrong between clients and servers, for one client or for all. */

import { type ZooKeeper } from '../client/zookeeper.js';
import { type Direction } from '../transport/memory-faults.js';
import { type ResumeFirst } from './client-time.js';
import { type RequestMatch } from './request-match.js';
import { type Time } from './time.js';

/** Which request a connection is lost over. */
export interface LossMatch extends RequestMatch {
  /** Whose. Default: anybody's. */
  readonly client?: ZooKeeper;
}

/** How to play a diagram of faults. */
export interface FaultMarblesOptions {
  /** Whom they strike. Default: all clients. */
  readonly client?: ZooKeeper;
  /** What `s` slows each way to. Default 500 ms. */
  readonly slow?: Time;
  /** The pieces that `b` delivers everything in. Default 1 byte. */
  readonly splitBytes?: number;
  /** How far `j` sets the wall clocks forward, or back if it is negative. Default 60,000 ms. */
  readonly jumpMs?: number;
}

/** Faults, to be set off when they are called; without a client they strike all, those to come included. */
export interface TestFaults {
  /** Stalls the connections: bytes queue up, connects neither succeed nor fail, nobody is told. */
  readonly partition: (client?: ZooKeeper, direction?: Direction) => void;
  /** Ends partitions: what was queued arrives, in order. */
  readonly heal: (client?: ZooKeeper, direction?: Direction) => void;
  /** Breaks the connections there are, and tells both ends. */
  readonly reset: (client?: ZooKeeper) => void;
  /** How long one way takes from now on. */
  readonly slow: (latency: Time, client?: ZooKeeper) => void;
  /** Delivers everything in pieces of at most so many bytes; `Infinity` leaves it whole. */
  readonly split: (bytes: number, client?: ZooKeeper) => void;
  /** Slips bytes that are no frame into what the clients hear. */
  readonly garbage: (client?: ZooKeeper) => void;
  /** Breaks the connection right before the next request that is meant arrives, and what was sent with it. */
  readonly loseRequest: (which?: LossMatch) => void;
  /** Breaks the connection right after the next request that is meant arrived: it is carried out, and nobody is told. */
  readonly loseReply: (which?: LossMatch) => void;
  /** The servers end the sessions as if their time were up. */
  readonly expireSession: (client?: ZooKeeper) => void;
  /** Stops the process: its timers and what arrives are held, while time and its clocks go on. */
  readonly pause: (client?: ZooKeeper) => void;
  /** Lets it run again: what was held runs at once, the timers first. */
  readonly resume: (client?: ZooKeeper, first?: ResumeFirst) => void;
  /** Sets the wall clock of a client, forward or back. */
  readonly clockJump: (client: ZooKeeper, byMs: number) => void;
  /**
   * Plays a diagram from now on, one character a millisecond: `p` partition, `h` heal, `r` reset, `s` slow, `f` fast again,
   * `b` split into bytes, `u` undivided again, `g` garbage, `q` lose the next request, `a` lose the next answer, `x` expire
   * session, `z` pause, `w` wake, `j` clock jump. `(pr)` is both at once; `--p 2s h` waits two seconds.
   */
  readonly marbles: (diagram: string, options?: FaultMarblesOptions) => void;
  /** Ends all faults: heals, wakes, takes back what has not happened yet, starts servers that were stopped, and ends read-only mode. */
  readonly calm: () => void;
}
