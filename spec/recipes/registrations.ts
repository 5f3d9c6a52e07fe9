/** Registrations of instances, and what becomes of them, for the specs of `register$`. */

import { type Observable } from 'rxjs';
import { register$, type RegistrationState } from '../../src/recipes/services/register.js';
import { type ServiceRegistration } from '../../src/recipes/services/registration.js';
import { type Member, type World } from './world.js';

export const base = '/services';
export const path = `${base}/search/i1`;
export const one: ServiceRegistration = { name: 'search', id: 'i1', address: '10.0.0.1', port: 80 };

/** What a stream of states did. */
export function recording<T extends { readonly status: string }>(states$: Observable<T>) {
  const log: string[] = [];
  const errors: unknown[] = [];
  const values: T[] = [];
  const subscription = states$.subscribe({
    next: (state) => {
      log.push(state.status);
      values.push(state);
    },
    error: (error: unknown) => errors.push(error),
    complete: () => log.push('|'),
  });
  return { log, errors, values, subscription };
}

/** A registration of a member, recorded. */
export function register(
  { zk }: Member,
  instance: ServiceRegistration | Observable<ServiceRegistration> = one,
) {
  return recording<RegistrationState>(register$(zk, base, instance));
}

/** What an instance says on the server. */
export function said(world: World, at = path): Record<string, unknown> | undefined {
  const data = world.server.tree()[at]?.data;
  // JSON of an instance.
  return data ? (JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>) : undefined;
}
