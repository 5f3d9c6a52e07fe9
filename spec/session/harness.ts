/** A session on virtual time against scripted servers, with everything that it tells written down. */

import { type ZooKeeperError } from '../../src/errors/base.js';
import { type Answer, type Call, ForwardedCall } from '../../src/session/call.js';
import { Capabilities } from '../../src/session/capabilities.js';
import { openSession } from '../../src/session/open-session.js';
import { type SessionConfig } from '../../src/session/session-config.js';
import { type Revocation, type Session } from '../../src/session/session.js';
import { type SessionState } from '../../src/session/state.js';
import { memoryNetwork, type MemoryNetwork } from '../../src/transport/memory.js';
import { type Operation, operations } from '../../src/wire/operations.js';
import { VirtualTime } from '../support/virtual-time.js';
import { ScriptedServer } from './scripted-server.js';

/** What became of a call. */
export interface Fate {
  value?: unknown;
  error?: ZooKeeperError;
}

export class Harness {
  readonly time = new VirtualTime();
  readonly network: MemoryNetwork = memoryNetwork({ scheduler: this.time });
  readonly servers: ScriptedServer[];
  readonly session: Session;
  /** Letters as in the docs: `c` connected, `s` suspended, `x` lost, `k` closed, `!` auth failed; `-reason` a revocation. */
  readonly told: string[] = [];
  readonly states: SessionState[] = [];
  /** Added to the monotonic clock: a machine that slept, seen by one clock only. */
  monotonicSkewMs = 0;

  constructor(
    servers: readonly ScriptedServer[] = [new ScriptedServer()],
    config: Partial<SessionConfig> = {},
  ) {
    this.servers = [...servers];
    const addresses = servers.map((_, index) => ({ host: `s${String(index + 1)}`, port: 2181 }));
    servers.forEach((server, index) => {
      // Both arrays have one entry for each server.
      this.network.listen(addresses[index] as { host: string; port: number }, server.acceptor);
    });
    this.session = openSession({
      servers: addresses,
      shuffleHosts: false,
      sessionTimeoutMs: 9_000,
      readOnly: false,
      connectTimeoutMs: undefined,
      reconnect: { initialDelayMs: 100, maxDelayMs: 2_000 },
      maxPendingRequests: 1_000,
      maxRequestBytes: 0xf_ffff,
      maxReplyBytes: 1 << 26,
      auth: [],
      capabilities: new Capabilities(() => this.time.now()),
      scheduler: this.time,
      monotonicNow: () => this.time.now() + this.monotonicSkewMs,
      random: () => 0.5,
      transport: this.network.transport,
      ...config,
    });
    this.session.observe({
      onRevoke: (reason: Revocation) => this.told.push(`-${reason}`),
      onState: (state) => {
        this.states.push(state);
        this.told.push(letters[state.status]);
      },
      onWatchesRestored: () => this.told.push('w'),
    });
  }

  get server(): ScriptedServer {
    // There is always at least one.
    return this.servers[0] as ScriptedServer;
  }

  /** Submits a call and returns what will become of it. */
  call<Q, R>(
    operation: Operation<Q, R>,
    request: Q,
    timeoutMs = Infinity,
  ): Fate & { readonly call: Call<Q, R> } {
    const fate: Fate = {};
    const { path } = (request ?? {}) as { path?: string };
    const answer: Answer<R> = {
      reply: (value) => {
        fate.value = value;
      },
      fail: (error) => {
        fate.error = error;
      },
    };
    const to = { context: { operation: 'spec', path }, answer };
    const call = Object.assign(new ForwardedCall(operation, request, to), { timeoutMs });
    this.session.submit(call);
    return Object.assign(fate, { call });
  }

  get(path: string, watch = false): Fate {
    return this.call(operations.getData, { path, watch });
  }

  set(path: string, timeoutMs = Infinity): Fate {
    return this.call(operations.setData, { path, data: null, version: -1 }, timeoutMs);
  }
}

const letters = {
  connecting: 'o',
  connected: 'c',
  suspended: 's',
  lost: 'x',
  closed: 'k',
  authFailed: '!',
} as const;

export const stat = {
  czxid: 1n,
  mzxid: 1n,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: 0n,
  dataLength: 0,
  numChildren: 0,
  pzxid: 1n,
};
