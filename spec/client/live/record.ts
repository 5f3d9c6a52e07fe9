/** Writes down what a stream does: values by a function, then `|` for completion or the error's name. */

import { type Observable, type Subscription } from 'rxjs';
import { type Node } from '../../../src/client/znode.js';

export interface Recording {
  readonly seen: string[];
  readonly errors: unknown[];
  readonly subscription: Subscription;
  /** What was seen since the last look. */
  take(): string[];
}

export function record<T>(stream$: Observable<T>, show: (value: T) => string = text): Recording {
  const seen: string[] = [];
  const errors: unknown[] = [];
  const subscription = stream$.subscribe({
    next: (value) => seen.push(show(value)),
    error: (error: unknown) => {
      errors.push(error);
      seen.push(error instanceof Error ? error.name : String(error));
    },
    complete: () => seen.push('|'),
  });
  return { seen, errors, subscription, take: () => seen.splice(0) };
}

/** Bytes as text, `0` for absent, names joined, a node as `data@mzxid`, a stat as `@mzxid`. */
export function text(value: unknown): string {
  if (value === null) return '0';
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return `[${value.join(',')}]`;
  if (typeof value === 'object' && 'stat' in value) {
    // What has a stat and a path in these specs is a node.
    const { data, stat } = value as Node<unknown>;
    return `${text(data)}@${String(stat.mzxid)}`;
  }
  if (typeof value === 'object' && 'mzxid' in value) return `@${String(value.mzxid)}`;
  return JSON.stringify(value);
}
