/** What is registered: an instance as it is given, its checks, and what is filled in. */

import { checkBoolean, checkNames, checkNumber, refuse } from '../../client/checks.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { InvalidOptionError } from '../../errors/client-errors.js';
import { checkOneOf, checkText, type RecipeCall } from '../core/options.js';
import { type ServiceInstance, type ServiceType } from './service-instance.js';
import { checkSegment } from '../core/segment.js';
import { parseUriSpec, type UriSpec } from './uri-spec.js';
import { dashedUuid } from '../core/uuid.js';

/** An instance to register. */
export interface ServiceRegistration<P = unknown> {
  /** Name of the service: a name of a znode, too. */
  readonly name: string;
  /** What tells the instance from others of the service, also a name of a znode. Default: a random UUID. */
  readonly id?: string;
  /** Host name or IP address. */
  readonly address?: string | null;
  readonly port?: number | null;
  readonly sslPort?: number | null;
  /**
   * Whatever JSON can say. An object is a `Map` for Java processes, unless it says `"@class"`; lists, which Java could not read, belong
   * into an object.
   */
  readonly payload?: P | null;
  /** Epoch milliseconds. Default: when it is subscribed. */
  readonly registrationTimeUTC?: number;
  /** Default `'DYNAMIC'`. Curator itself neither updates nor unregisters a `'DYNAMIC_SEQUENTIAL'` one; rxzk does. */
  readonly serviceType?: ServiceType | null;
  /** Template of its address; a text is taken apart by {@link parseUriSpec}. */
  readonly uriSpec?: string | UriSpec | null;
  /** Whether it wants to be used. Default true. */
  readonly enabled?: boolean;
}

const fields: ReadonlySet<string> = new Set([
  ...['name', 'id', 'address', 'port', 'sslPort', 'payload'],
  ...['registrationTimeUTC', 'serviceType', 'uriSpec', 'enabled'],
]);
const maxPort = 65_535;

/**
 * Fills in what was left out, the same each time, and sees to it that what tells entries apart stays. The function that it gives throws
 * `InvalidOptionError`, naming the field.
 */
export function completed<P>(
  zk: ZooKeeper,
  call: RecipeCall,
): (given: ServiceRegistration<P>) => ServiceInstance<P> {
  const defaults = { id: dashedUuid(zk.randomId()), registrationTimeUTC: zk.scheduler.now() };
  let first: ServiceInstance<P> | undefined;
  return (given) => {
    check(given, call);
    const { uriSpec = null } = given;
    const instance: ServiceInstance<P> = {
      name: checkSegment('name', given.name, call),
      id: checkSegment('id', given.id ?? defaults.id, call),
      address: given.address ?? null,
      port: given.port ?? null,
      sslPort: given.sslPort ?? null,
      payload: given.payload ?? null,
      registrationTimeUTC: given.registrationTimeUTC ?? defaults.registrationTimeUTC,
      serviceType: given.serviceType ?? 'DYNAMIC',
      uriSpec: typeof uriSpec === 'string' ? parseUriSpec(uriSpec, call) : uriSpec,
      enabled: given.enabled ?? true,
    };
    first ??= instance;
    for (const field of ['name', 'id', 'serviceType'] as const) {
      if (instance[field] !== first[field]) {
        throw new InvalidOptionError(field, 'must not change while it is registered', call);
      }
    }
    return instance;
  };
}

function check(given: ServiceRegistration, context: RecipeCall): void {
  const as = (option: string, value: unknown) => {
    return { option, value: value ?? undefined, context };
  };
  // A caller without types may have given anything.
  if (typeof (given as unknown) !== 'object') throw refuse(as('instance', given), 'an object');
  checkNames({ option: '', value: given, context }, fields);
  checkText(as('address', given.address));
  for (const port of ['port', 'sslPort'] as const) {
    checkNumber(as(port, given[port]), { min: 0, max: maxPort });
  }
  const { registrationTimeUTC: time } = given;
  checkNumber(as('registrationTimeUTC', time), { min: 0, max: Number.MAX_SAFE_INTEGER });
  checkOneOf(as('serviceType', given.serviceType), [
    'DYNAMIC',
    'DYNAMIC_SEQUENTIAL',
    'STATIC',
    'PERMANENT',
  ]);
  checkBoolean(as('enabled', given.enabled));
  checkUriSpec(as('uriSpec', given.uriSpec));
}

function checkUriSpec(given: Parameters<typeof refuse>[0]): void {
  const { value } = given;
  if (value === undefined || typeof value === 'string') return;
  // Looked at, whatever it is.
  const parts = (value as Partial<UriSpec>).parts as readonly unknown[] | undefined;
  if (!Array.isArray(parts)) throw refuse(given, 'a text or { parts }');
}
