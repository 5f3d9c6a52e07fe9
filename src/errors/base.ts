/** The base of every error that rxzk raises: what went wrong, in which operation, on which path. */

/** Where an error happened; both parts are `undefined` where they make no sense. */
export interface ErrorContext {
  /** The operation as the user calls it: `get`, `create`, `data$`, … */
  readonly operation?: string | undefined;
  /** The path as the user gave it, below the client's chroot. */
  readonly path?: string | undefined;
  /** The error underneath, where there is one. */
  readonly cause?: unknown;
}

/**
 * Base class of all errors of rxzk. The message reads `What: operation path`, for example `NoNode: get /a/b`,
 * and never holds data or credentials.
 */
export abstract class ZooKeeperError extends Error {
  readonly operation: string | undefined;
  readonly path: string | undefined;

  constructor(what: string, context: ErrorContext = {}) {
    super(
      describe(what, context),
      context.cause === undefined ? undefined : { cause: context.cause },
    );
    // The class name survives minifiers only if it is written out, so each class sets its own.
    this.name = 'ZooKeeperError';
    this.operation = context.operation;
    this.path = context.path;
  }
}

function describe(what: string, { operation, path }: ErrorContext): string {
  const where = [operation, path].filter((part) => part !== undefined).join(' ');
  return where === '' ? what : `${what}: ${where}`;
}
