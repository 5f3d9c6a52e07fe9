/** What a stream did, and waiting for it to do something. */

import { inspect } from 'node:util';
import { type Observable, type Subscription } from 'rxjs';
import { type ZooKeeperError } from '../../../src/index.js';
import { waitFor } from '../../../src/testing/real/wait-until.js';

const patienceMs = 15_000;

/** Waits until the condition holds; says in vain for what otherwise. */
export async function until(
  what: string,
  condition: () => boolean | PromiseLike<boolean>,
  timeoutMs = patienceMs,
): Promise<void> {
  await waitFor(what, {
    probe: async () => ((await condition()) ? true : undefined),
    timeoutMs,
    intervalMs: 10,
  });
}

/** A subscription and everything that came of it. */
export class Recording<T> {
  readonly values: T[] = [];
  error: unknown;
  completed = false;
  private readonly subscription: Subscription;

  constructor(source$: Observable<T>) {
    this.subscription = source$.subscribe({
      next: (value) => this.values.push(value),
      error: (error: unknown) => {
        this.error = error;
      },
      complete: () => {
        this.completed = true;
      },
    });
  }

  get last(): T | undefined {
    return this.values.at(-1);
  }

  get ended(): boolean {
    return this.completed || this.error !== undefined;
  }

  /** Waits for the first value of those to come and those there that passes, and gives it. */
  async value(what: string, passes: (value: T) => boolean): Promise<T> {
    await this.hold(what, () => this.values.some(passes));
    // Just seen.
    return this.values.find(passes) as T;
  }

  /** Waits until the newest value passes, and gives it. */
  async settles(what: string, passes: (value: T) => boolean): Promise<T> {
    await this.hold(what, () => this.values.length > 0 && passes(this.values.at(-1) as T));
    // Just seen.
    return this.values.at(-1) as T;
  }

  /** Waits for that many values. */
  async count(count: number): Promise<readonly T[]> {
    await this.hold(`${String(count)} values`, () => this.values.length >= count);
    return this.values;
  }

  /** Waits for the error. */
  async failure(): Promise<unknown> {
    await until(`an error (${this.describe()})`, () => this.ended);
    if (this.error === undefined) throw new Error(`no error: ${this.describe()}`);
    return this.error;
  }

  /** Waits for the completion. */
  async completion(): Promise<void> {
    await this.hold('its completion', () => this.completed);
  }

  unsubscribe(): void {
    this.subscription.unsubscribe();
  }

  private async hold(what: string, condition: () => boolean): Promise<void> {
    await until(what, () => {
      if (condition()) return true;
      if (this.ended) throw new Error(`ended before ${what}: ${this.describe()}`);
      return false;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)} [${this.describe()}]`, { cause: error });
    });
  }

  private describe(): string {
    const shown = this.values.map((value) => inspect(value, { depth: 1, breakLength: Infinity }));
    const end = this.completed
      ? '|'
      : this.error === undefined
        ? ''
        : `#${inspect(this.error, { depth: 0 })}`;
    return [...shown, end].join(' ');
  }
}

/** Subscribes and records. */
export function record<T>(source$: Observable<T>): Recording<T> {
  return new Recording(source$);
}

type ErrorClass = abstract new (...args: never[]) => ZooKeeperError;

/** The error of what must fail: of exactly this class and with exactly this message. */
export async function expectFailure(
  request: PromiseLike<unknown>,
  type: ErrorClass,
  message: string | RegExp,
): Promise<ZooKeeperError> {
  const outcome = await request.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) throw new Error(`did not fail, but answered ${String(outcome.value)}`);
  const { error } = outcome;
  // What is not a ZooKeeperError fails in the next line.
  const failure = error as ZooKeeperError;
  expect([failure.constructor.name, failure.message]).toEqual([
    type.name,
    typeof message === 'string' ? message : expect.stringMatching(message),
  ]);
  expect(failure).toBeInstanceOf(type);
  expect(failure.name).toBe(type.name);
  return failure;
}
