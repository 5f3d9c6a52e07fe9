/** Errors the server answered with that are faults of its own, or that clients hardly ever see: one class for each code. */

import { type ErrorContext } from './base.js';
import { errorCodes } from './codes.js';
import { ServerError } from './server-error.js';

/** The server failed inside while it carried the request out; how far it came is not known. */
export class SystemError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.SystemError, context);
    this.name = 'SystemError';
  }
}

/** In a refused transaction: this operation was not carried out, because another was refused. */
export class RuntimeInconsistencyError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.RuntimeInconsistency, context);
    this.name = 'RuntimeInconsistencyError';
  }
}

/** The server has found its data to be inconsistent. */
export class DataInconsistencyError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.DataInconsistency, context);
    this.name = 'DataInconsistencyError';
  }
}

/** The server could not read the request: it does not know something in it. Nothing was carried out, and the connection lives. */
export class MarshallingError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.MarshallingError, context);
    this.name = 'MarshallingError';
  }
}

/** The server does not know the session, within the ensemble. Clients should never see it. */
export class UnknownSessionError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.UnknownSession, context);
    this.name = 'UnknownSessionError';
  }
}

/** Marks where the codes for misuse begin; no server sends it. */
export class ApiError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.APIError, context);
    this.name = 'ApiError';
  }
}

/** A callback was given that cannot be used: known to servers by name only. */
export class InvalidCallbackError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.InvalidCallback, context);
    this.name = 'InvalidCallbackError';
  }
}
