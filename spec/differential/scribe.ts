/**
 * Writes down what servers say so that it can be compared: without clocks, with names in place of session ids, with zxids
 * counted from the start of the run, and sorted where the protocol promises no order.
 */

import { errorCodeName } from '../../src/errors/codes.js';
import { type MultiOperation, type MultiResult } from '../../src/wire/multi.js';
import { type Operation, operations } from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import { type Acl, type ReplyHeader, type Stat, xids } from '../../src/wire/records.js';
import { type Left } from './janitor.js';
import { type Ask } from './script.js';
import { type Seat } from './seat.js';
import { show } from './show.js';
import { type Arrival } from './speaker.js';
import { type Start } from './start.js';
import { junkBehindRefusal, sortAcl } from './tolerances.js';

const events: Readonly<Record<number, string>> = {
  1: 'created',
  2: 'deleted',
  3: 'dataChanged',
  4: 'childrenChanged',
};

/** What a reader of UTF-8 makes of a character that Java has written as two. */
const unreadable = '\ufffd'.repeat(6);

export class Scribe {
  private readonly names = new Map<bigint, string>();

  constructor(
    private readonly base: string,
    private readonly start: Start,
  ) {}

  /** Learns a session's id. */
  introduce({ id, name, generation }: Seat): void {
    if (id !== undefined) this.names.set(id, `${name}${generation > 1 ? String(generation) : ''}`);
  }

  /** The xid that a request of a step gets. */
  xidOf(asks: readonly Ask[], index: number): number {
    return asks[index]?.op === 'auth' ? xids.auth : index + 1;
  }

  /** One line for each arrival; replies belong to the requests in their order. */
  tell(arrivals: readonly Arrival[], asks: readonly Ask[]): readonly string[] {
    let answered = 0;
    return arrivals.map((arrival) => {
      switch (arrival.kind) {
        case 'closed':
          return 'is closed';
        case 'welcome': {
          const { timeoutMs, sessionId, password } = arrival.response;
          return `is ${this.owner(sessionId)}, ${String(timeoutMs)} ms, ${String(password.length)} bytes`;
        }
        case 'event': {
          const type = events[arrival.type] ?? `event ${String(arrival.type)}`;
          return `event ${type} ${this.text(arrival.path)} state=${String(arrival.state)} ${this.zxid(arrival.zxid)}`;
        }
        case 'reply': {
          const at = answered++;
          return this.tellReply(arrival, asks[at], asks.length === 0 ? 1 : this.xidOf(asks, at));
        }
      }
    });
  }

  tellLeft({ path, data, acl }: Left): string {
    const { stat } = data;
    return `${this.text(path)} ${show(data.data)} acl=${show(sortAcl(acl))} ${this.stat(stat, path)}`;
  }

  private tellReply(
    { xid, zxid, error, body }: ReplyHeader & { readonly body: Uint8Array },
    ask: Ask | undefined,
    expectedXid: number,
  ): string {
    const wanted = ask?.op === 'ping' ? xids.ping : expectedXid;
    const head = `${ask?.op ?? '?'} ${this.zxid(zxid)} ${error === 0 ? 'ok' : errorCodeName(error)}`;
    const strange = xid === wanted ? '' : ` xid=${String(xid)}`;
    return `${head}${strange}${this.tellBody(ask, error, body)}`;
  }

  private tellBody(ask: Ask | undefined, error: number, body: Uint8Array): string {
    if (error !== 0 && ask !== undefined && junkBehindRefusal.has(ask.op)) return '';
    if (error !== 0 || ask === undefined) return body.length === 0 ? '' : ` body=${hex(body)}`;
    const reader = new JuteReader(body);
    // Which record it is follows from the operation.
    const operation = operations[ask.op] as Operation<unknown, unknown>;
    const answer = operation.response.read(reader);
    const rest = reader.remaining === 0 ? '' : ` and ${String(reader.remaining)} bytes`;
    return answer === undefined ? rest : ` ${this.text(show(this.plain(answer, ask)))}${rest}`;
  }

  /** An answer as it is compared. */
  private plain(answer: unknown, ask: { readonly op: string; readonly body: unknown }): unknown {
    if (ask.op === 'multi' || ask.op === 'multiRead') {
      // The bodies of both are lists of operations, and so are the answers of results.
      const asked = ask.body as readonly MultiOperation[];
      return (answer as readonly MultiResult[]).map((result, index) => {
        const { path = '' } = asked[index] ?? {};
        return this.plain(result, { op: 'one', body: { path } });
      });
    }
    if (Array.isArray(answer)) return answer.map(show).sort();
    if (typeof answer !== 'object' || answer === null) return answer;
    if ('czxid' in answer) return this.stat(answer as Stat, pathOf(ask.body));
    const parts = Object.entries(answer).map(([name, value]: [string, unknown]) => {
      // The records of answers have no other fields of these names.
      if (name === 'stat') return [name, this.stat(value as Stat, pathOf(ask.body))];
      if (name === 'names') return [name, [...(value as readonly string[])].sort()];
      return [name, name === 'acl' ? sortAcl(value as readonly Acl[]) : value];
    });
    return Object.fromEntries(parts);
  }

  private stat(stat: Stat, path: string): string {
    const from = this.start.shared.get(path === '' ? '/' : path);
    const count = (field: 'version' | 'cversion' | 'aversion'): string =>
      from === undefined ? String(stat[field]) : `+${String(stat[field] - from[field])}`;
    const { czxid, mzxid, pzxid, ephemeralOwner, dataLength, numChildren } = stat;
    return [
      `czxid=${this.at(czxid)} mzxid=${this.at(mzxid)} pzxid=${this.at(pzxid)}`,
      `version=${count('version')} cversion=${count('cversion')} aversion=${count('aversion')}`,
      `owner=${this.owner(ephemeralOwner)} length=${String(dataLength)} children=${String(numChildren)}`,
    ].join(' ');
  }

  private zxid(zxid: bigint): string {
    if (zxid <= 0n) return String(zxid);
    return zxid <= this.start.zxid ? 'old' : `+${String(zxid - this.start.zxid)}`;
  }

  /** A zxid in a Stat: a fresh server has zeros where others tell how they were made ready. */
  private at(zxid: bigint): string {
    return zxid === 0n ? 'old' : this.zxid(zxid);
  }

  private owner(id: bigint): string {
    return id === 0n ? 'nobody' : (this.names.get(id) ?? `unknown ${id.toString(16)}`);
  }

  private text(text: string): string {
    const local = text.replaceAll(this.base, '~').replaceAll(this.base.slice(1), '~');
    return local.replace(/[\u{10000}-\u{10ffff}]/gu, unreadable);
  }
}

function pathOf(body: unknown): string {
  const isRecord = typeof body === 'object' && body !== null && 'path' in body;
  return isRecord ? String(body.path) : '';
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
