/**
 * The state machine: a tree, its watches and sessions, and the one counter of transactions.
 *
 * Deterministic: given the same calls at the same times it is in the same state and says the same. Every attempt to
 * write takes a zxid, failed ones too, as do opening and ending a session. What a write has changed is told to watchers
 * before its caller gets an answer. It knows nothing of bytes; connections translate.
 */

import { type SchedulerLike } from 'rxjs';
import { type Outcome } from './refusal.js';
import { Quotas, type QuotaOptions } from './quotas.js';
import { type ServerSession, Sessions } from './sessions.js';
import { type Caller, type Transaction, type WriteRules } from './transaction.js';
import { type Tree } from './tree.js';
import { virginTree } from './virgin-tree.js';
import { type Change, Watches } from './watches.js';
import { removeUnchecked } from './writes.js';

/** What a machine is made of. */
export interface MachineOptions {
  readonly scheduler: SchedulerLike;
  readonly tickMs: number;
  readonly serverId: number;
  readonly rules: WriteRules;
  readonly quota: QuotaOptions;
  /** Whether the reaper looks at containers that never had a child. */
  readonly reapUnused: boolean;
  /** Whether sequence counters go on below zero after their largest value. */
  readonly counterWraps: boolean;
  /** Called after every change of the tree. */
  readonly onChange: () => void;
}

export class Machine {
  readonly quotas: Quotas;
  readonly watches = new Watches();
  readonly sessions: Sessions;
  readonly rules: WriteRules;
  private zxid = 0n;
  private nodes: Tree;

  constructor(private readonly options: MachineOptions) {
    this.rules = options.rules;
    this.nodes = virginTree(options);
    this.quotas = new Quotas(this.nodes, options.quota);
    this.sessions = new Sessions({
      ...options,
      onExpire: (session) => {
        this.expire(session);
      },
    });
  }

  get tree(): Tree {
    return this.nodes;
  }

  get tickMs(): number {
    return this.options.tickMs;
  }

  /** An empty tree of the kind that this machine has. */
  emptyTree(): Tree {
    return virginTree(this.options);
  }

  /** Takes a saved tree and zxid in place of its own. Connections must have been closed; sessions are loaded apart. */
  load(tree: Tree, lastZxid: bigint): void {
    this.nodes = tree;
    this.zxid = lastZxid;
    this.quotas.load(tree);
  }

  /** Zxid of the last transaction, failed ones included. */
  get lastZxid(): bigint {
    return this.zxid;
  }

  get now(): number {
    return Math.floor(this.options.scheduler.now());
  }

  /** One attempt to write: takes a zxid, and tells watchers what has changed. */
  write<T>(caller: Caller, apply: (transaction: Transaction) => Outcome<T>): Outcome<T> {
    const changes: Change[] = [];
    const zxid = this.burnZxid();
    const { tree, rules, quotas } = this;
    const outcome = apply({ tree, quotas, rules, caller, zxid, time: this.now, changes });
    this.publish(changes, zxid);
    return outcome;
  }

  /** A write that could not even be read. */
  burnZxid(): bigint {
    this.zxid += 1n;
    return this.zxid;
  }

  openSession(timeoutMs: number): ServerSession {
    this.burnZxid();
    return this.sessions.create(timeoutMs);
  }

  /** The session's time is up: its connection goes, then its ephemerals. */
  expire(session: ServerSession): void {
    session.connection?.close();
    this.endSession(session);
  }

  /** Ends a session and removes its ephemerals, in one transaction. Its connection is the caller's affair. */
  endSession(session: ServerSession): void {
    this.sessions.remove(session);
    this.remove([...this.tree.ephemeralsOf(session.id)]);
  }

  /** Removes znodes that have no children, in one transaction, unasked. */
  remove(paths: readonly string[]): void {
    const changes: Change[] = [];
    const zxid = this.burnZxid();
    for (const path of paths) {
      removeUnchecked({ tree: this.tree, zxid, time: this.now, changes }, path);
    }
    this.publish(changes, zxid);
  }

  private publish(changes: readonly Change[], zxid: bigint): void {
    if (changes.length === 0) return;
    for (const change of changes) {
      this.quotas.follow(change);
      this.watches.publish(change, zxid);
    }
    this.options.onChange();
  }
}
