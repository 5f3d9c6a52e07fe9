/** Requests as frames, and whether they fit: asked when a request is written, and before one has to wait for a connection. */

import { type ZooKeeperError } from '../errors/base.js';
import { LimitExceededError, UsageError } from '../errors/client-errors.js';
import { JuteWriter } from '../wire/writer.js';
import { type AnyCall } from './call.js';

/** Writes a call as a frame, with this request. Returns what is wrong with it; then nothing has been written. */
export function writeRequest(
  writer: JuteWriter,
  call: AnyCall,
  { request, maxRequestBytes: limit }: { request: unknown; maxRequestBytes: number },
): ZooKeeperError | undefined {
  const mark = writer.beginFrame();
  try {
    writer.int(call.xid);
    writer.int(call.operation.opcode);
    call.operation.request.write(writer, request);
  } catch (cause) {
    writer.rewind(mark);
    return new UsageError('the request cannot be encoded', { ...call.context, cause });
  }
  const size = writer.endFrame(mark);
  if (size <= limit) return undefined;
  writer.rewind(mark);
  const { operation, path = call.largestPath } = call.context;
  return new LimitExceededError('request bytes', { limit, actual: size }, { operation, path });
}

/** Looks at calls before they are written. */
export class RequestSizes {
  private scratch: JuteWriter | undefined;

  constructor(private readonly maxRequestBytes: number) {}

  /** What is wrong with a call that would be refused when it comes to be sent. */
  problemOf(call: AnyCall): ZooKeeperError | undefined {
    const request: unknown = call.request;
    const { maxRequestBytes } = this;
    this.scratch ??= new JuteWriter();
    const problem = writeRequest(this.scratch, call, { request, maxRequestBytes });
    this.scratch.take();
    return problem;
  }

  /** Lets go of the memory that it took. */
  clear(): void {
    this.scratch = undefined;
  }
}
