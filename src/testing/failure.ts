/** The error that a test of this kit fails with. */

/** What a test has found: an expectation that was not met, or something left behind. */
export class ZkTestError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ZkTestError';
  }
}

/** Remembers a place in the test, to point at when what was expected there is known not to have happened. */
export class Site {
  // Made right away, because the stack is that of the moment.
  private readonly trace = new Error();

  /** An error whose stack is that of the place. `entry` is the kit's function that the test called there. */
  constructor(entry: (...parameters: never) => unknown) {
    Error.captureStackTrace(this.trace, entry);
  }

  failure(message: string): ZkTestError {
    const error = new ZkTestError(message);
    const frames = (this.trace.stack ?? '').split('\n').slice(1);
    error.stack = [`${error.name}: ${message}`, ...frames].join('\n');
    return error;
  }
}
