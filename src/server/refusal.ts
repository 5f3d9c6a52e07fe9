/** Refusals as values: what an operation gives back instead of its result, so that refusing costs no exception. */

import { errorCodes } from '../errors/codes.js';

/** The server says no. `closes`: the connection is closed behind the reply. */
export class Refusal {
  constructor(
    readonly code: number,
    readonly closes = false,
  ) {}
}

/** The result of an operation, or why there is none. */
export type Outcome<T> = T | Refusal;

/** The refusals there are; they carry nothing of their request, so one of each is enough. */
export const refusals = {
  marshalling: new Refusal(errorCodes.MarshallingError),
  unimplemented: new Refusal(errorCodes.Unimplemented),
  unknownOpcode: new Refusal(errorCodes.Unimplemented, true),
  badArguments: new Refusal(errorCodes.BadArguments),
  noNode: new Refusal(errorCodes.NoNode),
  noAuth: new Refusal(errorCodes.NoAuth),
  badVersion: new Refusal(errorCodes.BadVersion),
  noChildrenForEphemerals: new Refusal(errorCodes.NoChildrenForEphemerals),
  nodeExists: new Refusal(errorCodes.NodeExists),
  notEmpty: new Refusal(errorCodes.NotEmpty),
  invalidAcl: new Refusal(errorCodes.InvalidACL),
  notReadOnly: new Refusal(errorCodes.NotReadOnly),
  authFailed: new Refusal(errorCodes.AuthFailed, true),
  noWatcher: new Refusal(errorCodes.NoWatcher),
  requiresSasl: new Refusal(errorCodes.SessionClosedRequireSaslAuth, true),
  quotaExceeded: new Refusal(errorCodes.QuotaExceeded),
  reconfigDisabled: new Refusal(errorCodes.ReconfigDisabled),
} as const;
