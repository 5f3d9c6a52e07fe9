/** An embedded server on virtual time with raw clients on it, and the requests that specs send most. */

import {
  createServer,
  type EmbeddedServer,
  type EmbeddedServerOptions,
} from '../../src/server/server.js';
import { type Acl, type Stat } from '../../src/wire/records.js';
import { createFlags } from '../../src/wire/request-records.js';
import { RawClient, type RawConnectOptions, said } from '../support/raw-client.js';
import { VirtualTime } from '../support/virtual-time.js';

export { said };
export const open: readonly Acl[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export interface World {
  readonly time: VirtualTime;
  readonly server: EmbeddedServer;
  connect(options?: RawConnectOptions): Speaker;
}

export function startWorld(options: Partial<EmbeddedServerOptions> = {}): World {
  const time = new VirtualTime();
  const server = createServer({ scheduler: time, ...options });
  return {
    time,
    server,
    connect: (connectOptions) => new Speaker(server, connectOptions),
  };
}

export interface CreateOptions {
  readonly flags?: number;
  readonly acl?: readonly Acl[];
  readonly data?: Uint8Array | null;
}

/** A raw client with words for what is asked most; each answers a body or the error's name. */
export class Speaker extends RawClient {
  constructor(server: EmbeddedServer, options: RawConnectOptions & { server?: number } = {}) {
    super(server.acceptors[options.server ?? 0] ?? server.acceptor, options);
  }

  create(path: string, options: CreateOptions = {}): string {
    const { flags = createFlags.persistent, acl = open, data = bytes('x') } = options;
    return said(this.call('create', { path, data, acl, flags }));
  }

  delete(path: string, version = -1): string {
    return said(this.call('delete', { path, version }));
  }

  setData(path: string, version = -1): string {
    return said(this.call('setData', { path, data: bytes('y'), version }));
  }

  setAcl(path: string, acl: readonly Acl[] = open, version = -1): string {
    return said(this.call('setAcl', { path, acl, version }));
  }

  exists(path: string, watch = false): string {
    return said(this.call('exists', { path, watch }));
  }

  getData(path: string, watch = false): string {
    return said(this.call('getData', { path, watch }));
  }

  getChildren(path: string, watch = false): string {
    return said(this.call('getChildren', { path, watch }));
  }

  stat(path: string): Stat {
    const { body } = this.call('exists', { path, watch: false });
    if (body === undefined) throw new Error(`no ${path}`);
    return body;
  }

  auth(credential: string, scheme = 'digest'): string {
    return said(this.call('auth', { type: 0, scheme, credential: bytes(credential) }, -4));
  }

  addWatch(path: string, mode: number): string {
    return said(this.call('addWatch', { path, mode }));
  }
}
