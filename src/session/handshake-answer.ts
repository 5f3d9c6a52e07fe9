/** Reads the answer to a handshake, and tells apart the one kind of answer that is none. */

import { ProtocolError } from '../errors/client-errors.js';
import { errorCodes } from '../errors/codes.js';
import { type JuteReader } from '../wire/reader.js';
import { type ConnectResponse, connectResponseCodec, replyHeaderCodec } from '../wire/records.js';

/** A read-only server cannot open a session: it has no quorum to tell of it, and no sessions of its own. */
export class NoLocalSessionError extends ProtocolError {
  constructor() {
    super('a read-only server without local sessions');
    this.name = 'NoLocalSessionError';
  }
}

const headerBytes = 16;

/**
 * Throws {@link NoLocalSessionError} for the reply header with NotReadOnly that such a server sends instead of an answer
 * (`ReadOnlyRequestProcessor` refuses its own createSession unless the session is a local one; measured on 3.8.0).
 */
export function readHandshake(reader: JuteReader): ConnectResponse {
  if (reader.remaining !== headerBytes) return connectResponseCodec.read(reader);
  const { error } = replyHeaderCodec.read(reader);
  if (error === errorCodes.NotReadOnly) throw new NoLocalSessionError();
  throw new ProtocolError(`a reply with error ${String(error)} where a handshake is due`);
}
