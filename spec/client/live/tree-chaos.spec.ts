/** `tree$` under random changes and faults, beside other live reads of the same znodes: whatever happens, it converges. */

import { type Subscription } from 'rxjs';
import { type TreeOptions, type TreeUpdate } from '../../../src/client/tree.js';
import { parentPath } from '../../../src/path.js';
import { VirtualClient } from '../virtual-client.js';
import { rolls } from '../../support/dice.js';

const names = ['x', 'y', 'z'];
const seeds = 40;

type Raw = Uint8Array | null;

/** Somebody who follows a tree by its changes alone, and notes down when a promise is broken. */
class TreeWitness {
  readonly subscription: Subscription;
  private replica: Map<string, string> | undefined;
  private update: TreeUpdate<Raw> | undefined;

  constructor(
    private readonly run: Run,
    readonly root: string,
    readonly options: TreeOptions,
  ) {
    this.subscription = run.world.zk.tree$(root, options).subscribe({
      next: (update) => {
        this.see(update);
      },
      error: (error: unknown) => run.broken.push(`tree of ${root} errs: ${String(error)}`),
      complete: () => run.broken.push(`tree of ${root} completes`),
    });
  }

  /** What is wrong at the end. */
  verdict(truth: Map<string, string>): string[] {
    if (this.update === undefined) return [`tree of ${this.root} never came`];
    const told = new Map([...this.update.tree].map((node) => [node.path, id(node)]));
    return [
      ...differences(`view of ${this.root}`, told, truth),
      ...differences(`changes of ${this.root}`, this.replica ?? new Map<string, string>(), truth),
      ...(this.update.tree.size === truth.size ? [] : [`size of ${this.root}`]),
    ];
  }

  private see(update: TreeUpdate<Raw>): void {
    this.update = update;
    if (this.replica === undefined) {
      this.replica = new Map([...update.tree].map((node) => [node.path, id(node)]));
      if (update.changes.length > 0) this.complain('first emission has changes');
    } else {
      if (update.changes.length === 0) this.complain('emits nothing');
      for (const change of update.changes) this.apply(change, this.replica);
    }
    for (const { path } of update.tree) {
      if (path !== this.root && !update.tree.has(parentPath(path)))
        this.complain(`${path} has no parent`);
    }
  }

  private apply(change: TreeUpdate<Raw>['changes'][number], replica: Map<string, string>): void {
    const before = replica.get(change.path);
    const previous = change.type === 'added' ? undefined : id(change.previous);
    if (before !== previous) this.complain(`${change.type} of ${change.path} follows nothing`);
    if (change.type === 'removed') replica.delete(change.path);
    else {
      const after = id(change.node);
      if (after === before) this.complain(`${change.path} did not change`);
      if (
        before !== undefined &&
        BigInt(after.split('/')[1] ?? 0) < BigInt(before.split('/')[1] ?? 0)
      )
        this.complain(`${change.path} goes back`);
      replica.set(change.path, after);
    }
  }

  private complain(what: string): void {
    this.run.broken.push(`tree of ${this.root}: ${what}`);
  }
}

function id({ stat, data }: { stat: { czxid: bigint; mzxid: bigint }; data: Raw }): string {
  return `${String(stat.czxid)}/${String(stat.mzxid)}/${String(data)}`;
}

function differences(
  what: string,
  told: Map<string, string>,
  truth: Map<string, string>,
): string[] {
  const wrong: string[] = [];
  for (const path of new Set([...told.keys(), ...truth.keys()])) {
    if (told.get(path) !== truth.get(path))
      wrong.push(`${what}: ${path} is ${String(told.get(path))}, not ${String(truth.get(path))}`);
  }
  return wrong;
}

class Run {
  readonly world;
  readonly writer;
  readonly broken: string[] = [];
  private readonly others: Subscription[] = [];
  private readonly lists = new Map<string, string>();
  private readonly values = new Map<string, string>();
  private readonly roll: (bound: number) => number;
  private readonly witnesses: TreeWitness[] = [];
  private readonly filter = (path: string) => !path.endsWith('/z');

  constructor(seed: number, version: string) {
    this.roll = rolls(seed);
    this.world = new VirtualClient({
      latencyMs: 3,
      server: { version },
      client: { idleGraceMs: Infinity, sessionTimeoutMs: 4000 },
    });
    this.writer = this.world.client('', { idleGraceMs: Infinity });
    this.watch();
  }

  step(): void {
    const ignore = { error: () => undefined };
    const path = this.anyPath();
    const dice = this.roll(24);
    if (dice < 7) this.writer.create(path, String(this.roll(100))).subscribe(ignore);
    else if (dice < 8) this.writer.create(path, 'e', { mode: 'ephemeral' }).subscribe(ignore);
    else if (dice < 12) this.writer.set(path, String(this.roll(1000))).subscribe(ignore);
    else if (dice < 14) this.writer.delete(path).subscribe(ignore);
    else if (dice < 15) this.writer.delete(path, { recursive: true }).subscribe(ignore);
    else if (dice < 16) this.recreate(path);
    else if (dice < 18) this.watch();
    else if (dice < 19) this.leave();
    else if (dice < 21) this.readBeside(path);
    else if (dice < 22) this.others.splice(this.roll(this.others.length || 1), 1)[0]?.unsubscribe();
    else if (dice < 23) this.harm();
    this.world.time.advanceBy(this.roll(8));
  }

  /** What is wrong when all is quiet again. */
  verdict(): string[] {
    this.world.time.advanceBy(30_000);
    const all = new Map(Object.entries(this.world.server.tree()));
    for (const { root, options, ...witness } of this.witnesses.map((w) => ({
      root: w.root,
      options: w.options,
      verdict: (truth: Map<string, string>) => w.verdict(truth),
    }))) {
      const truth = new Map<string, string>();
      for (const [path, node] of all) {
        if (belongs(path, root, options)) truth.set(path, id(node));
      }
      this.broken.push(...witness.verdict(truth));
    }
    for (const [path, told] of this.values) {
      const node = all.get(path);
      const truth = node === undefined ? 'absent' : id(node);
      if (told !== truth) this.broken.push(`data of ${path} is ${told}, not ${truth}`);
    }
    for (const [path, told] of this.lists) {
      const below = [...all.keys()].filter((other) => parentPath(other) === path && other !== '/');
      const truth = all.has(path) ? below.sort().join() : 'absent';
      if (told !== truth) this.broken.push(`children of ${path} are ${told}, not ${truth}`);
    }
    for (const { subscription } of this.witnesses) subscription.unsubscribe();
    for (const subscription of this.others) subscription.unsubscribe();
    this.world.time.advanceBy(2000);
    const left = this.world.server.watchCount();
    if (left > 0) this.broken.push(`${String(left)} watches are left`);
    return this.broken;
  }

  private anyPath(): string {
    let path = '/r';
    for (let depth = this.roll(4); depth > 0; depth--)
      path = `${path}/${names[this.roll(names.length)] ?? 'x'}`;
    return path;
  }

  private recreate(path: string): void {
    const create = { type: 'create', data: null, options: {}, withStat: false } as const;
    this.writer
      .transaction([
        { type: 'remove', path, version: -1 },
        { ...create, path },
        { ...create, path: `${path}/x` },
      ])
      .subscribe({ error: () => undefined });
  }

  private watch(): void {
    if (this.witnesses.length > 6) return;
    const root = this.roll(2) === 0 ? '/r' : this.anyPath();
    const options = [{}, { maxDepth: this.roll(3) }, { filter: this.filter }][this.roll(3)] ?? {};
    this.witnesses.push(new TreeWitness(this, root, options));
  }

  private leave(): void {
    const [witness] = this.witnesses.splice(this.roll(this.witnesses.length || 1), 1);
    witness?.subscription.unsubscribe();
  }

  private readBeside(path: string): void {
    const { zk } = this.world;
    const root = this.roll(2) === 0 ? (this.witnesses[0]?.root ?? path) : path;
    const kind = this.roll(3);
    if (kind === 0) {
      const node$ = zk.node$(root);
      this.keep(
        root,
        this.values,
        node$.subscribe((node) => {
          this.values.set(root, node === null ? 'absent' : id(node));
        }),
      );
    } else if (kind === 1) {
      this.keep(
        root,
        this.lists,
        zk.children$(root).subscribe((list) => {
          const paths = list?.map((name) => `${root}/${name}`).sort();
          this.lists.set(root, paths === undefined ? 'absent' : paths.join());
        }),
      );
    } else this.others.push(zk.exists$(root).subscribe());
  }

  private keep(path: string, known: Map<string, string>, subscription: Subscription): void {
    subscription.add(() => known.delete(path));
    this.others.push(subscription);
  }

  private harm(): void {
    const { server, zk, network } = this.world;
    const id = zk.session?.id ?? 0n;
    const kind = this.roll(6);
    if (kind === 0) server.expireSession(id);
    else if (kind < 4) server.dropConnections(id);
    else network.resetOnce({ direction: kind === 4 ? 'toServer' : 'toClient', when: 'after' });
  }
}

function belongs(
  path: string,
  root: string,
  { maxDepth = Infinity, filter }: TreeOptions,
): boolean {
  if (path !== root && !path.startsWith(`${root}/`)) return false;
  const parts = path.slice(root.length).split('/').slice(1);
  if (parts.length > maxDepth) return false;
  return parts.every((_, i) => filter?.([root, ...parts.slice(0, i + 1)].join('/')) ?? true);
}

describe.each([
  { mode: 'recursive', version: '3.9.3' },
  { mode: 'one-shot', version: '3.5.10' },
])('tree$ ($mode) under changes, lost connections and lost sessions', ({ version }) => {
  it.each(Array.from({ length: seeds }, (_, seed) => seed + 1))(
    'keeps its word (seed %i)',
    (seed) => {
      const run = new Run(seed, version);
      for (let i = 0; i < 200; i++) run.step();
      expect(run.verdict()).toEqual([]);
    },
  );
});
