/**
 * kazoo's `DoubleBarrier`, request by request, for specs: what it sends, what it waits for, and what it takes for a member.
 *
 * After `kazoo/recipe/barrier.py` and `ensure_path` of kazoo 2.8; its flaws are wanted. The server answers at once, so
 * whatever happens between two of its requests is what happens between two calls of `step`.
 */

import { type EmbeddedServer } from '../../src/server/embedded-server.js';
import { joinPath, parentPath } from '../../src/path.js';
import { RawClient } from '../support/raw-client.js';

/** A watch of kazoo's: it hears of the first event at its path, and wants one of this kind. */
interface Watch {
  readonly path: string;
  readonly kind: 'created' | 'deleted';
  isHeard: boolean;
}

/** One stay of a member. */
export interface KazooStay {
  readonly root: string;
  readonly name: string;
  readonly count: number;
  /** It leaves when it is told to. Default: at once. */
  readonly works?: boolean;
}

const ephemeral = 1;
const openAcl = [{ perms: 31, scheme: 'world', id: 'anyone' }];

export class KazooMember {
  /** `in`, `leaves`, `left`: each when it was so. */
  readonly log: string[] = [];
  private readonly client: RawClient;
  private readonly steps: Generator<'sent' | 'waits', void>;
  private watches: Watch[] = [];
  private isWorking: boolean;

  constructor(
    server: EmbeddedServer,
    private readonly stay: KazooStay,
  ) {
    this.client = new RawClient(server.acceptor);
    this.isWorking = stay.works ?? false;
    this.steps = this.run();
  }

  /** Sends so many requests, one after the other, or as many as it can. Returns how many it has sent. */
  step(most = Infinity): number {
    for (let sent = 0; sent < most; sent++) {
      const { value, done } = this.steps.next();
      if (done === true || value === 'waits') return sent;
    }
    return most;
  }

  /** Its work is done. */
  finish(): void {
    this.isWorking = false;
  }

  close(): void {
    this.client.call('closeSession', undefined);
  }

  private *run(): Generator<'sent' | 'waits', void> {
    yield* this.enter();
    this.log.push('in');
    while (this.isWorking) yield 'waits';
    this.log.push('leaves');
    yield* this.leave();
    this.log.push('left');
  }

  private *enter(): Generator<'sent' | 'waits', void> {
    const { root, name, count } = this.stay;
    yield* this.ensurePath(root);
    this.create(joinPath(root, name), ephemeral);
    yield 'sent';
    const made = this.exists(joinPath(root, 'ready'), 'created');
    yield 'sent';
    const { length } = this.children();
    yield 'sent';
    if (length < count) yield* this.heard(made.watch);
    else yield* this.ensurePath(joinPath(root, 'ready'));
  }

  private *leave(): Generator<'sent' | 'waits', void> {
    const { root, name } = this.stay;
    const own = joinPath(root, name);
    this.delete(joinPath(root, 'ready'));
    yield 'sent';
    for (;;) {
      const names = [...this.children()].sort();
      yield 'sent';
      const [lowest, highest] = [names[0], names.at(-1)];
      if (lowest === undefined || highest === undefined) return;
      if (names.length === 1 && lowest === name) {
        this.delete(own);
        yield 'sent';
        return;
      }
      if (lowest !== name) {
        const wasThere = this.delete(own);
        yield 'sent';
        // The second time it is refused, and kazoo takes that for the end (after one more try).
        if (!wasThere) {
          this.delete(own);
          yield 'sent';
          return;
        }
      }
      const gone = this.exists(joinPath(root, lowest === name ? highest : lowest), 'deleted');
      yield 'sent';
      if (gone.isThere) yield* this.heard(gone.watch);
    }
  }

  private *ensurePath(path: string): Generator<'sent' | 'waits', void> {
    const { isThere } = this.exists(path);
    yield 'sent';
    if (isThere || path === '/') return;
    yield* this.ensurePath(parentPath(path));
    this.create(path, 0);
    yield 'sent';
  }

  private *heard(watch: Watch): Generator<'waits', void> {
    for (;;) {
      this.hear();
      if (watch.isHeard) return;
      yield 'waits';
    }
  }

  private create(path: string, flags: number): void {
    this.client.call('create', { path, data: null, acl: openAcl, flags });
  }

  private delete(path: string): boolean {
    return this.client.call('delete', { path, version: -1 }).error === 0;
  }

  private children(): readonly string[] {
    return this.client.call('getChildren', { path: this.stay.root, watch: false }).body ?? [];
  }

  private exists(path: string, kind?: Watch['kind']): { isThere: boolean; watch: Watch } {
    // What has come before is of earlier watches.
    this.hear();
    const watch: Watch = { path, kind: kind ?? 'created', isHeard: false };
    if (kind !== undefined) this.watches.push(watch);
    const { error } = this.client.call('exists', { path, watch: kind !== undefined });
    return { isThere: error === 0, watch };
  }

  private hear(): void {
    for (const event of this.client.events()) {
      const [kind, path] = event.split(' ');
      for (const watch of this.watches) {
        if (watch.path === path && watch.kind === kind) watch.isHeard = true;
      }
      this.watches = this.watches.filter((watch) => watch.path !== path);
    }
  }
}
