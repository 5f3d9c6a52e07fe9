/**
 * What a script is: steps that four raw sessions take one after the other, and how they are written in one line each.
 *
 * In every string of a script `~` stands for the znode that one run has for itself.
 */

import { type OperationName } from '../../src/wire/operations.js';
import { show } from './show.js';

export const sessionNames = ['a', 'b', 'c', 'd'] as const;
export type SessionName = (typeof sessionNames)[number];

/** One request, with its body as the wire's own table takes it. Zxids in it count from the start of the run. */
export interface Ask {
  readonly op: OperationName;
  readonly body: unknown;
  /** How many bytes are missing at the end of the frame; it cannot be read then. */
  readonly short?: number;
}

/** What one session does in one step. A session that has no connection gets one first. */
export type Step =
  /** Requests in one write. */
  | { readonly kind: 'ask'; readonly session: SessionName; readonly asks: readonly Ask[] }
  /** A request of a kind that does not exist. */
  | { readonly kind: 'unknown'; readonly session: SessionName; readonly opcode: number }
  /** The connection is cut from the client's side. */
  | { readonly kind: 'cut'; readonly session: SessionName }
  /** The session goes on over a new connection, while it still has the old one. */
  | { readonly kind: 'reattach'; readonly session: SessionName; readonly as: Reattachment }
  /** The session's time runs out while it has no connection. */
  | { readonly kind: 'expire'; readonly session: SessionName };

/** With its password, with a wrong one, or as one who has seen more than the server. */
export type Reattachment = 'owner' | 'stranger' | 'prophet';

export type Script = readonly Step[];

/** Each step in one line. */
export function tellStep(step: Step): string {
  switch (step.kind) {
    case 'ask':
      return `${step.session}: ${step.asks.map(tellAsk).join(' | ')}`;
    case 'unknown':
      return `${step.session}: opcode ${String(step.opcode)}`;
    case 'reattach':
      return `${step.session}: reattach as ${step.as}`;
    case 'cut':
    case 'expire':
      return `${step.session}: ${step.kind}`;
  }
}

/** How many requests are in a script. */
export function countAsks(script: Script): number {
  return script.reduce((sum, step) => sum + (step.kind === 'ask' ? step.asks.length : 1), 0);
}

function tellAsk({ op, body, short }: Ask): string {
  const cut = short === undefined ? '' : ` (${String(short)} bytes short)`;
  return body === undefined ? `${op}${cut}` : `${op} ${show(body)}${cut}`;
}
