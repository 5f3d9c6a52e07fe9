/** Which instances are down: those that erred too often within a while. */

import { type ServiceInstance } from './service-instance.js';

/** When an instance is down. */
export interface DownPolicy {
  /** So many errors put it out. */
  readonly errorThreshold: number;
  /** So long after its first error they are forgotten. */
  readonly downMs: number;
}

interface Errors {
  readonly since: number;
  count: number;
}

export class DownInstances {
  /** In the order of their first errors. */
  private readonly errors = new Map<string, Errors>();

  constructor(
    private readonly clock: { now(): number },
    private readonly policy: DownPolicy,
  ) {}

  /** An error of this instance, now. */
  note(instance: ServiceInstance): void {
    this.forget();
    const key = keyOf(instance);
    const errors = this.errors.get(key);
    if (errors !== undefined) errors.count++;
    else this.errors.set(key, { since: this.clock.now(), count: 1 });
  }

  has(instance: ServiceInstance): boolean {
    this.forget();
    return (this.errors.get(keyOf(instance))?.count ?? 0) >= this.policy.errorThreshold;
  }

  private forget(): void {
    const now = this.clock.now();
    for (const [key, { since }] of this.errors) {
      // A clock that was put back must not keep an instance out for longer.
      if (since <= now && now - since < this.policy.downMs) continue;
      this.errors.delete(key);
    }
  }
}

/** An instance that has been registered anew is another one; one that only tells something else is not. */
function keyOf({ name, id, registrationTimeUTC }: ServiceInstance): string {
  return JSON.stringify([name, id, registrationTimeUTC]);
}
