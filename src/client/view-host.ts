/**
 * What stands behind the view that `namespace` makes: the client's own session, with another root of all paths.
 *
 * A view has no state of its own, so that it is cheap: paths are translated by a prefix as those of a client with a chroot
 * are, once for each request, whatever the number of namespaces inside each other.
 */

import { type SchedulerLike } from 'rxjs';
import { type ZooKeeperError } from '../errors/base.js';
import { assertPath, type Chroot, chroot } from '../path.js';
import { type Session } from '../session/session.js';
import { type Acl } from '../wire/records.js';
import { checkAcl, checkAncestorMode, checkNames } from './checks.js';
import { checkSchema } from './check-schema.js';
import { type Place, placesBetween } from './home.js';
import { type LiveHost } from './host.js';
import { type NamespaceOptions } from './namespace.js';
import { type RequestHost } from './request-host.js';
import { type Credential } from './resolve-options.js';
import { SchemaGuard } from './schema-guard.js';

/** What a client, or a view of it, stands on. */
export type ClientHost = LiveHost & RequestHost;

const names: ReadonlySet<string> = new Set([
  'parents',
  'parentsAcl',
  'defaultAcl',
  'schema',
] satisfies (keyof NamespaceOptions)[]);

/** Where a view begins: below which path of which client or view, and how. */
export interface NamespacePlace {
  readonly of: ClientHost;
  readonly path: string;
  readonly options: NamespaceOptions;
}

export class ViewHost implements LiveHost, RequestHost {
  readonly chroot: Chroot;
  readonly makesHome = true;
  readonly schema: SchemaGuard | undefined;
  readonly requestTimeoutMs: number;
  readonly waitForConnectionMs: number;
  readonly scheduler: SchedulerLike;
  readonly monotonicNow: () => number;
  // Digests of passwords may stand in ACLs: whoever inspects the view must not see them.
  readonly #home: readonly Place[];
  readonly #defaultAcl: readonly Acl[];

  /** Throws `UsageError`. */
  constructor(
    private readonly client: ClientHost,
    place: NamespacePlace,
  ) {
    checkPlace(place);
    const { of, path, options } = place;
    const { prefix } = of.chroot;
    this.chroot = chroot(path === '/' ? prefix : prefix + path);
    const container = options.parents === 'container';
    const acl = options.parentsAcl ?? of.defaultAcl;
    const own = placesBetween(prefix, this.chroot.prefix, { container, acl });
    this.#home = [...of.home, ...own];
    this.schema = options.schema
      ? new SchemaGuard(options.schema, this.chroot.prefix, of.schema)
      : of.schema;
    this.#defaultAcl = options.defaultAcl ?? of.defaultAcl;
    this.requestTimeoutMs = client.requestTimeoutMs;
    this.waitForConnectionMs = client.waitForConnectionMs;
    this.scheduler = client.scheduler;
    this.monotonicNow = client.monotonicNow;
  }

  get home(): readonly Place[] {
    return this.#home;
  }

  get defaultAcl(): readonly Acl[] {
    return this.#defaultAcl;
  }

  get sessionId(): bigint | undefined {
    return this.client.sessionId;
  }

  retain(): Session | undefined {
    return this.client.retain();
  }

  release(): void {
    this.client.release();
  }

  rememberAuth(credential: Credential): void {
    this.client.rememberAuth(credential);
  }

  report(error: ZooKeeperError): void {
    this.client.report(error);
  }
}

function checkPlace({ path, options }: NamespacePlace): void {
  const operation = 'namespace';
  assertPath(path, operation);
  const context = { operation, path };
  checkNames({ option: 'options', value: options, context }, names);
  const { parents, parentsAcl, defaultAcl } = options;
  checkAncestorMode({ option: 'parents', value: parents, context });
  checkAcl({ option: 'parentsAcl', value: parentsAcl, context });
  checkAcl({ option: 'defaultAcl', value: defaultAcl, context });
  checkSchema(options.schema, context);
}
