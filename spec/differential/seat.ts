/** One session of a script: its id and password, and its connection while it has one. */

import { type ConnectRequest } from '../../src/wire/records.js';
import { encode } from '../../src/wire/writer.js';
import { framed } from '../support/raw-client.js';
import { type Dial } from './dial.js';
import { requestFrame } from './request-frame.js';
import { type Reattachment, type SessionName } from './script.js';
import { type Arrival, Speaker } from './speaker.js';

/** From this xid on a request belongs to no script. */
export const barrierXid = 1_000_000;

interface Identity {
  readonly id: bigint;
  readonly password: Uint8Array;
}

const shortestMs = 1;
const future = 1_000_000n;

export class Seat {
  /** How many sessions have had this name. */
  generation = 0;
  private identity: Identity | undefined;
  private alive = false;
  private speaker: Speaker | undefined;
  /** What connections that are gone have heard. */
  private earlier: Arrival[] = [];

  constructor(
    readonly name: SessionName,
    private readonly dial: Dial,
  ) {}

  get id(): bigint | undefined {
    return this.identity?.id;
  }

  /** Whether there is a session that has not ended as far as anybody here knows. */
  get isAlive(): boolean {
    return this.alive;
  }

  /** Has a session and a connection: those it has, or new ones. */
  async seated(): Promise<void> {
    if (this.speaker !== undefined) return;
    if (this.alive) await this.connect(this.asOwner());
    if (this.isAlive) return;
    this.identity = undefined;
    await this.connect(this.asOwner());
  }

  /** Sends frames in one write and waits for as many replies, and for the end of the connection if that is to come. */
  async ask(frames: readonly Uint8Array[], ending: 'stays' | 'closes' | 'ends'): Promise<void> {
    const { speaker } = this;
    if (speaker === undefined) return;
    speaker.send(Buffer.concat(frames));
    await speaker.until((arrivals) => arrivals.filter(isReply).length >= frames.length);
    if (ending === 'stays') return;
    await speaker.until(() => false);
    if (ending === 'ends') this.alive = false;
  }

  async sendUnknown(opcode: number): Promise<void> {
    const header = encode((writer) => {
      writer.int(1);
      writer.int(opcode);
    });
    await this.ask([framed(header)], 'closes');
  }

  cut(): void {
    this.keep();
    this.speaker?.cut();
    this.speaker = undefined;
  }

  /** Shakes hands for the session that this name has, or had last. */
  async reattach(as: Reattachment, zxid: bigint): Promise<void> {
    if (this.identity === undefined) await this.seated();
    const { alive } = this;
    const request = { ...this.asOwner(), lastZxidSeen: as === 'prophet' ? zxid + future : 0n };
    if (as === 'stranger') request.password = new Uint8Array(16).fill(7);
    await this.connect(request);
    // Being refused says nothing of the session if it was not its owner who asked.
    if (as !== 'owner') this.alive = alive;
  }

  /** Asks for the shortest time there is and cuts the connection. */
  async beMortal(): Promise<void> {
    await this.connect({ ...this.asOwner(), timeoutMs: shortestMs });
    this.speaker?.cut();
    this.speaker = undefined;
    this.earlier = [];
  }

  /** The session has ended, as somebody else has seen. */
  die(): void {
    this.alive = false;
  }

  /** Waits until everything that has been sent to this connection has arrived. */
  async barrier(xid: number): Promise<void> {
    const { speaker } = this;
    if (speaker === undefined) return;
    const body = { path: '/', watch: false };
    speaker.send(requestFrame({ op: 'exists', body }, xid));
    await speaker.until((arrivals) => arrivals.some((one) => isReply(one) && one.xid === xid));
    if (!speaker.closed) return;
    this.keep();
    this.speaker = undefined;
  }

  /** Takes what was heard since the last time. */
  heard(): readonly Arrival[] {
    this.keep();
    const heard = this.earlier.filter((one) => !isReply(one) || one.xid < barrierXid);
    this.earlier = [];
    return heard;
  }

  /** A connection that is welcome takes the place of the one there was. */
  private async connect(request: Partial<ConnectRequest>): Promise<void> {
    const speaker = new Speaker(this.dial, request);
    await speaker.until((arrivals) => arrivals.length > 0);
    const arrivals = speaker.taken();
    const [first] = arrivals;
    if (first?.kind === 'welcome' && first.response.timeoutMs > 0) {
      await this.dropOld();
      this.earlier.push(...arrivals);
      this.speaker = speaker;
      if (this.identity?.id !== first.response.sessionId) this.generation += 1;
      this.identity = { id: first.response.sessionId, password: first.response.password };
      this.alive = true;
      return;
    }
    this.alive = false;
    await speaker.until(() => false);
    this.earlier.push(...arrivals, ...speaker.taken());
  }

  /** The server closes the connection that a session had before. */
  private async dropOld(): Promise<void> {
    await this.speaker?.until(() => false);
    this.keep();
  }

  private keep(): void {
    this.earlier.push(...(this.speaker?.taken() ?? []));
  }

  private asOwner(): { sessionId: bigint; password: Uint8Array; timeoutMs: number } {
    const { id = 0n, password = new Uint8Array(16) } = this.identity ?? {};
    return { sessionId: id, password, timeoutMs: 10_000 };
  }
}

function isReply(arrival: Arrival): arrival is Extract<Arrival, { kind: 'reply' }> {
  return arrival.kind === 'reply';
}
