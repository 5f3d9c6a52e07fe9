/** One-shots of recipes on virtual time: what each of them answered. */

import { type Observable } from 'rxjs';
import { type EmbeddedServer } from '../../src/server/server.js';

/** What a one-shot said, and its subscription. */
export interface Outcome<T> {
  readonly values: T[];
  readonly errors: unknown[];
  completed: boolean;
  unsubscribe(): void;
}

/** Subscribes to a one-shot. */
export function ask<T>(request$: Observable<T>): Outcome<T> {
  const values: T[] = [];
  const errors: unknown[] = [];
  const outcome: Outcome<T> = {
    values,
    errors,
    completed: false,
    unsubscribe: () => {
      subscription.unsubscribe();
    },
  };
  const subscription = request$.subscribe({
    next: (value) => values.push(value),
    error: (error: unknown) => errors.push(error),
    complete: () => {
      outcome.completed = true;
    },
  });
  return outcome;
}

/** The data of a znode as text; `undefined` if there is no such znode. */
export function dataAt(server: EmbeddedServer, path: string): string | undefined {
  const node = server.tree()[path];
  return node === undefined ? undefined : new TextDecoder().decode(node.data ?? undefined);
}

/** The data of a znode in hex digits. */
export function hexAt(server: EmbeddedServer, path: string): string {
  return Buffer.from(server.tree()[path]?.data ?? []).toString('hex');
}
