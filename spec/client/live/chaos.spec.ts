/** Live reads under random changes and faults: whatever happens, each stream keeps its word. */

import { type Observable, type Subscription } from 'rxjs';
import { type ZooKeeper } from '../../../src/client/zookeeper.js';
import { type Node } from '../../../src/client/znode.js';
import { VirtualClient } from '../virtual-client.js';
import { rolls } from '../../support/dice.js';

const paths = ['/a', '/b', '/a/x', '/a/y'];

/** Somebody who subscribes to one thing and notes down when a promise is broken. */
class Witness {
  last: string | undefined;
  private newest = 0n;
  private readonly subscription: Subscription;

  constructor(
    zk: ZooKeeper,
    readonly path: string,
    private readonly broken: string[],
  ) {
    const stream$: Observable<Node<Uint8Array | null> | null> = zk.node$(path);
    this.subscription = stream$.subscribe({
      next: (node) => {
        this.see(node);
      },
      error: (error: unknown) => broken.push(`${path} errs: ${String(error)}`),
      complete: () => broken.push(`${path} completes`),
    });
  }

  leave(): void {
    this.subscription.unsubscribe();
  }

  private see(node: Node<Uint8Array | null> | null): void {
    const shown =
      node === null ? 'absent' : `${String(node.stat.czxid)}/${String(node.stat.mzxid)}`;
    if (shown === this.last) this.broken.push(`${this.path} tells ${shown} twice`);
    if (node !== null && node.stat.mzxid <= this.newest) this.broken.push(`${this.path} goes back`);
    this.newest = node?.stat.mzxid ?? this.newest;
    this.last = shown;
  }
}

class Run {
  readonly world = new VirtualClient({
    latencyMs: 3,
    client: { idleGraceMs: Infinity, sessionTimeoutMs: 4000 },
  });
  readonly writer = this.world.client('', { idleGraceMs: Infinity });
  readonly broken: string[] = [];
  readonly lists = new Map<string, string>();
  private readonly subscriptions: Subscription[] = [];
  private readonly roll: (bound: number) => number;
  private readonly witnesses: Witness[] = [];

  constructor(seed: number) {
    this.roll = rolls(seed);
    for (const path of paths) {
      this.watch(path);
      this.subscriptions.push(
        this.world.zk.children$(path).subscribe({
          next: (names) =>
            this.lists.set(path, names === null ? 'absent' : [...names].sort().join()),
          error: (error: unknown) => this.broken.push(`children of ${path} err: ${String(error)}`),
        }),
      );
    }
  }

  step(): void {
    const path = paths[this.roll(paths.length)] ?? '/a';
    const ignore = { error: () => undefined };
    switch (this.roll(12)) {
      case 0:
        this.writer.delete(path).subscribe(ignore);
        break;
      case 1:
      case 2:
      case 3:
        this.writer.create(path).subscribe(ignore);
        break;
      case 4:
      case 5:
      case 6:
        this.writer.set(path, String(this.roll(1000))).subscribe(ignore);
        break;
      case 7:
        this.watch(path);
        break;
      case 8:
        this.witnesses.splice(this.roll(this.witnesses.length || 1), 1)[0]?.leave();
        break;
      case 9:
        this.harm();
        break;
      default:
        break;
    }
    this.world.time.advanceBy(this.roll(8));
  }

  private harm(): void {
    const { server, zk } = this.world;
    const id = zk.session?.id ?? 0n;
    const kind = this.roll(6);
    if (kind === 0) server.expireSession(id);
    else if (kind < 4) server.dropConnections(id);
    else
      this.world.network.resetOnce({
        direction: kind === 4 ? 'toServer' : 'toClient',
        when: 'after',
      });
  }

  /** What is wrong when all is quiet again. */
  verdict(): string[] {
    this.world.time.advanceBy(30_000);
    const tree = this.world.server.tree();
    for (const { path, last } of this.witnesses) {
      const stat = tree[path]?.stat;
      const truth = stat === undefined ? 'absent' : `${String(stat.czxid)}/${String(stat.mzxid)}`;
      if (last !== truth) this.broken.push(`${path} ends at ${String(last)}, not ${truth}`);
    }
    for (const path of paths) {
      const below = Object.keys(tree).filter((other) => other.startsWith(`${path}/`));
      const names = below
        .map((other) => other.slice(path.length + 1))
        .filter((name) => !name.includes('/'));
      const truth = tree[path] === undefined ? 'absent' : names.sort().join();
      const last = this.lists.get(path);
      if (last !== truth) this.broken.push(`list of ${path} ends at ${String(last)}, not ${truth}`);
    }
    for (const witness of this.witnesses) witness.leave();
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.world.time.advanceBy(1000);
    const left = this.world.server.watchCount();
    if (left > 0) this.broken.push(`${String(left)} watches are left`);
    return this.broken;
  }

  private watch(path: string): void {
    this.witnesses.push(new Witness(this.world.zk, path, this.broken));
  }
}

describe('live reads under changes, lost connections and lost sessions', () => {
  it.each(Array.from({ length: 100 }, (_, seed) => seed + 1))(
    'keep their word (seed %i)',
    (seed) => {
      const run = new Run(seed);
      for (let i = 0; i < 150; i++) run.step();
      expect(run.verdict()).toEqual([]);
    },
  );
});
