/**
 * Which operations which servers do not know, so that none is tried on them twice.
 *
 * Theory of operation. There is no way to ask a server for its release within a session, so it is learnt from refusals. A
 * server that does not know an operation answers Unimplemented with the zxid -1 and closes the connection (one that has it
 * switched off answers with a real zxid, and goes on). Its answer *overtakes* those to earlier requests, because it does
 * not go through the server's pipeline. Servers up to 3.4.5 do not answer at all, and go on with the next request. In each case
 * the session lives, and what else was under way has the fate that it has at any lost connection.
 *
 * It is remembered by the address of the connect string, as long as the client lives: over reconnects, lost sessions and
 * idle closes. A server can be upgraded meanwhile, but not under an open connection: so a *new* connection to it, more than
 * an hour after the refusal, may try once again.
 */

import { type ErrorContext } from '../errors/base.js';
import { errorCodes } from '../errors/codes.js';
import { UnimplementedError } from '../errors/server-error.js';
import { type Address, formatAddress } from '../transport/transport.js';
import { type AnyOperation, operationName, operations } from '../wire/operations.js';
import { isAtLeast } from '../wire/release.js';
import { type AnyCall } from './call.js';

const rememberMs = 3_600_000;

/** The wire's zxid of an answer that did not come from the server's pipeline. */
const noZxid = -1n;

export class Capabilities {
  private readonly servers = new Map<string, ServerMemory>();

  /** `now`: a clock that nobody sets, in milliseconds. */
  constructor(private readonly now: () => number) {}

  /** What is known of a server that there is a new connection to. */
  of(address: Address): ServerMemory {
    const server = formatAddress(address);
    const memory = this.servers.get(server) ?? new ServerMemory(server, this.now);
    this.servers.set(server, memory);
    memory.forgetOld();
    return memory;
  }

  /** Whether some server is known to have no recursive watches. */
  get lacksTreeWatches(): boolean {
    for (const memory of this.servers.values()) {
      if (memory.lacks(operations.addWatch) || memory.lacks(operations.setWatches2)) return true;
    }
    return false;
  }
}

/** What one server has been found not to know. */
export class ServerMemory {
  /** When each was refused, by opcode. */
  private readonly unknown = new Map<number, number>();

  constructor(
    /** Its host and port. */
    readonly server: string,
    private readonly now: () => number,
  ) {}

  lacks({ opcode }: AnyOperation): boolean {
    return this.unknown.has(opcode);
  }

  /** The error for a call that the server is known not to understand. */
  refuses({ operation, context }: AnyCall): UnimplementedError | undefined {
    if (this.unknown.size === 0 || !this.lacks(operation)) return undefined;
    // Whoever sends it builds on what a refusal does: it ends the connection.
    return operation === operations.setWatches2 ? undefined : this.errorFor(operation, context);
  }

  /** The server did not understand it. Returns the error that says so. */
  learn({ operation, context }: AnyCall): UnimplementedError {
    this.unknown.set(operation.opcode, this.now());
    return this.errorFor(operation, context);
  }

  private errorFor({ opcode, since }: AnyOperation, context: ErrorContext): UnimplementedError {
    const name = operationName(opcode) ?? String(opcode);
    const detail = `${name} needs ZooKeeper ${since}, and ${this.server} does not know it`;
    return new UnimplementedError(context, { detail, since });
  }

  forgetOld(): void {
    const oldest = this.now() - rememberMs;
    for (const [opcode, atMs] of this.unknown) if (atMs < oldest) this.unknown.delete(opcode);
  }
}

/** Whether an answer says that the server does not know the operation, and will hang up. */
export function isUnknownOperation(error: number, zxid: bigint): boolean {
  return error === errorCodes.Unimplemented && zxid === noZxid;
}

/** Whether an old server may have dropped a request of this kind without an answer (until 3.4.5). */
export function mayBeDropped({ since }: AnyOperation): boolean {
  return isAtLeast(since, '3.5');
}

/** The error for what the server knows, and has switched off. */
export function switchedOff(operation: AnyOperation, context: ErrorContext): UnimplementedError {
  const detail =
    operation === operations.createTtl
      ? 'TTL znodes are switched off in the server, see zookeeper.extendedTypesEnabled'
      : 'the server knows it, and has it switched off';
  return new UnimplementedError(context, { detail });
}
