/** The server's error codes by name, as Apache ZooKeeper's `KeeperException.Code` has them. */

export const errorCodes = {
  SystemError: -1,
  RuntimeInconsistency: -2,
  DataInconsistency: -3,
  ConnectionLoss: -4,
  MarshallingError: -5,
  Unimplemented: -6,
  OperationTimeout: -7,
  BadArguments: -8,
  UnknownSession: -12,
  NewConfigNoQuorum: -13,
  ReconfigInProgress: -14,
  APIError: -100,
  NoNode: -101,
  NoAuth: -102,
  BadVersion: -103,
  NoChildrenForEphemerals: -108,
  NodeExists: -110,
  NotEmpty: -111,
  SessionExpired: -112,
  InvalidCallback: -113,
  InvalidACL: -114,
  AuthFailed: -115,
  SessionMoved: -118,
  NotReadOnly: -119,
  EphemeralOnLocalSession: -120,
  NoWatcher: -121,
  RequestTimeout: -122,
  ReconfigDisabled: -123,
  SessionClosedRequireSaslAuth: -124,
  QuotaExceeded: -125,
  ThrottledOp: -127,
} as const;

/** The name of one of the server's error codes. */
export type ErrorCodeName = keyof typeof errorCodes;

const names = new Map<number, ErrorCodeName>(
  // The keys of a literal object are its names.
  Object.entries(errorCodes).map(([name, code]) => [code, name as ErrorCodeName]),
);

/** The name of a code, or `Code-N` for a number that no known server sends. */
export function errorCodeName(code: number): string {
  return names.get(code) ?? `Code${String(code)}`;
}
