/** One raw connection of a script: sends frames, and keeps all that arrives in the order of the wire. */

import { FrameSplitter } from '../../src/wire/frames.js';
import { JuteReader } from '../../src/wire/reader.js';
import {
  type ConnectRequest,
  connectRequestCodec,
  type ConnectResponse,
  connectResponseCodec,
  type ReplyHeader,
  replyHeaderCodec,
  type WatchEvent,
  watchEventCodec,
  xids,
} from '../../src/wire/records.js';
import { encode } from '../../src/wire/writer.js';
import { framed } from '../support/raw-client.js';
import { type Dial, type Line } from './dial.js';

/** What arrives on a connection. */
export type Arrival =
  | ({ readonly kind: 'reply'; readonly body: Uint8Array } & ReplyHeader)
  | ({ readonly kind: 'event'; readonly zxid: bigint } & WatchEvent)
  | { readonly kind: 'welcome'; readonly response: ConnectResponse }
  | { readonly kind: 'closed' };

/** Longer than any server takes; who waits so long gets no answer. */
const patienceMs = 20_000;

export class Speaker {
  /** All that has arrived and has not been taken. */
  private arrivals: Arrival[] = [];
  private readonly line: Line;
  private readonly frames: FrameSplitter;
  private waiting: (() => void) | undefined;
  private greeted = false;
  private over = false;

  constructor(dial: Dial, request: Partial<ConnectRequest>) {
    this.frames = new FrameSplitter(0x7fff_ffff, (bytes, from, to) => {
      this.take(bytes.slice(from, to));
      return true;
    });
    this.line = dial({
      onData: (chunk) => {
        this.frames.push(chunk);
        this.waiting?.();
      },
      onClose: () => {
        this.end();
        this.waiting?.();
      },
    });
    const whole = { ...newcomer, ...request };
    this.send(
      framed(
        encode((writer) => {
          connectRequestCodec.write(writer, whole);
        }),
      ),
    );
  }

  get closed(): boolean {
    return this.over;
  }

  send(bytes: Uint8Array): void {
    if (!this.over) this.line.send(bytes);
  }

  /** Cuts the connection from this side; nothing arrives any more. */
  cut(): void {
    this.over = true;
    this.line.cut();
  }

  /** Takes what has arrived. */
  taken(): readonly Arrival[] {
    const arrivals = this.arrivals;
    this.arrivals = [];
    return arrivals;
  }

  /** Waits until enough has arrived, or the server has closed; `false` if neither happens. */
  async until(isEnough: (arrivals: readonly Arrival[]) => boolean): Promise<boolean> {
    const isOver = (): boolean => this.over || isEnough(this.arrivals);
    if (isOver()) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting = undefined;
        resolve(false);
      }, patienceMs);
      this.waiting = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        this.waiting = undefined;
        resolve(true);
      };
    });
  }

  private end(): void {
    if (this.over) return;
    this.over = true;
    this.arrivals.push({ kind: 'closed' });
  }

  private take(payload: Uint8Array): void {
    const reader = new JuteReader(payload);
    if (!this.greeted) {
      this.greeted = true;
      this.arrivals.push({ kind: 'welcome', response: connectResponseCodec.read(reader) });
      return;
    }
    const header = replyHeaderCodec.read(reader);
    if (header.xid === xids.notification) {
      const event = watchEventCodec.read(reader);
      this.arrivals.push({ kind: 'event', zxid: header.zxid, ...event });
      return;
    }
    const body = payload.subarray(payload.length - reader.remaining);
    this.arrivals.push({ kind: 'reply', ...header, body });
  }
}

const newcomer: ConnectRequest = {
  protocolVersion: 0,
  lastZxidSeen: 0n,
  timeoutMs: 10_000,
  sessionId: 0n,
  password: new Uint8Array(16),
  readOnly: false,
};
