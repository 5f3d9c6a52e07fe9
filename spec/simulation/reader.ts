/** A subscriber to one live read, who compares everything that is emitted with what the server's tree was. */

import { Observable, type Subscription } from 'rxjs';
import { bytes } from '../../src/client/codecs.js';
import { type Live } from '../../src/client/zookeeper.js';
import { type Stat } from '../../src/wire/records.js';
import { listOf, textOf, type Version } from './model.js';
import { type Process } from './process.js';

export type ReaderKind =
  'data$' | 'node$' | 'exists$' | 'children$' | 'deleted$' | 'data$ meta' | 'children$ meta';

export const readerKinds: readonly ReaderKind[] = [
  ...(['data$', 'node$', 'exists$', 'children$', 'children$', 'deleted$'] as const),
  ...(['data$ meta', 'children$ meta'] as const),
];

export class Reader {
  ended = false;
  private seen = 0;
  /** What was emitted last, in words. */
  private last = 'nothing';
  private newest = 0n;
  private gone = 0n;
  private listAt = 0;
  private lastLiveZxid = 0n;
  private lastVersion = '';
  private fresh = true;
  private readonly subscription: Subscription;

  constructor(
    private readonly process: Process,
    readonly kind: ReaderKind,
    readonly path: string,
  ) {
    this.subscription = this.observe().subscribe({
      error: (error: unknown) => {
        this.ended = true;
        this.violate(`errs: ${String(error)}`);
      },
      complete: () => {
        this.complete();
      },
    });
  }

  get isOfChildren(): boolean {
    return this.kind.startsWith('children$');
  }

  leave(): void {
    this.ended = true;
    this.subscription.unsubscribe();
  }

  /** What is wrong now that all is quiet; `undefined` if nothing is. */
  verdict(): string | undefined {
    const { model } = this.process.world;
    if (this.kind === 'deleted$') {
      return model.current(this.path) === null ? `${this.name} has not completed` : undefined;
    }
    const version = model.current(this.path);
    const truth = this.isOfChildren
      ? (model.currentList(this.path) ?? 'absent')
      : version === null
        ? 'absent'
        : describe(version);
    if (this.last !== truth) return `${this.name} ends at ${this.last}, not at ${truth}`;
    return this.fresh ? undefined : `${this.name} is not fresh`;
  }

  private get name(): string {
    return `${this.process.name} ${this.kind} ${this.path}`;
  }

  private observe(): Observable<unknown> {
    const { zk } = this.process;
    const { path } = this;
    switch (this.kind) {
      case 'data$':
        return this.tell(zk.data$(path), (data) => {
          this.seeData(data);
        });
      case 'node$':
        return this.tell(zk.node$(path), (node) => {
          this.seeStat(node?.stat ?? null, node === null ? undefined : textOf(node.data));
        });
      case 'exists$':
        return this.tell(zk.exists$(path), (stat) => {
          this.seeStat(stat);
        });
      case 'children$':
        return this.tell(zk.children$(path), (names) => {
          this.seeList(names);
        });
      case 'deleted$':
        return this.tell(zk.deleted$(path), () => {
          this.violate('emits');
        });
      case 'data$ meta':
        return this.tell(zk.data$(path, bytes(), { meta: true }), (live) => {
          if (!this.isNews(live)) return;
          this.seeStat(live.stat, live.value === null ? undefined : textOf(live.value));
        });
      case 'children$ meta':
        return this.tell(zk.children$(path, { meta: true }), (live) => {
          if (this.isNews(live)) this.seeList(live.value);
        });
    }
  }

  private tell<T>(source$: Observable<T>, see: (value: T) => void): Observable<T> {
    return new Observable<T>((out) =>
      source$.subscribe({
        next: (value) => {
          this.process.checkLeases(this.name);
          this.seen++;
          see(value);
          this.process.note(`${this.kind} ${this.path} = ${this.last}`);
        },
        error: (error) => {
          out.error(error);
        },
        complete: () => {
          out.complete();
        },
      }),
    );
  }

  /** Whether there is more than another freshness in it. */
  private isNews({ zxid, fresh, stat }: Live<unknown>): boolean {
    if (zxid < this.lastLiveZxid) this.violate(`goes back to zxid ${zxid}`);
    const version = this.versionOf(stat);
    const isNew = this.seen === 1 || version !== this.lastVersion;
    if (!isNew && fresh === this.fresh) this.violate('says the same twice');
    this.lastLiveZxid = zxid;
    this.lastVersion = version;
    this.fresh = fresh;
    return isNew;
  }

  private versionOf(stat: Stat | null): string {
    if (stat === null) return 'absent';
    return `${stat.czxid}/${this.isOfChildren ? stat.pzxid : stat.mzxid}`;
  }

  private seeData(data: Uint8Array | null): void {
    if (data === null) {
      this.seeAbsence();
      return;
    }
    const version = this.process.world.model.versionWith(this.path, textOf(data));
    if (version === undefined) this.violate(`emits ${textOf(data)}, which nobody wrote`);
    else this.seeVersion(version);
  }

  private seeStat(stat: Stat | null, data?: string): void {
    if (stat === null) {
      this.seeAbsence();
      return;
    }
    const version = this.process.world.model.version(this.path, stat.mzxid);
    if (version?.czxid !== stat.czxid) this.violate(`emits zxid ${stat.mzxid}, which never was`);
    else if (data !== undefined && data !== version.data) this.violate(`emits wrong data ${data}`);
    else this.seeVersion(version);
  }

  private seeVersion(version: Version): void {
    if (version.mzxid <= this.newest) this.violate(`goes back to ${describe(version)}`);
    if (version.czxid < this.gone) this.violate(`shows ${describe(version)}, which was gone`);
    this.newest = version.mzxid;
    this.last = describe(version);
  }

  private seeAbsence(): void {
    if (this.last === 'absent') this.violate('says twice that it is absent');
    const from =
      this.newest === 0n ? 0n : this.process.world.model.absentAfter(this.path, this.newest);
    if (from === undefined) this.violate(`says absent, but ${this.last} was never deleted`);
    else this.gone = from;
    this.last = 'absent';
  }

  private seeList(names: readonly string[] | null): void {
    const list = names === null ? null : listOf(names);
    const at = this.process.world.model.listFrom(this.path, this.listAt, list);
    if (at === undefined) this.violate(`lists ${list ?? 'absent'}, which was not so any more`);
    else this.listAt = at;
    if (list === null && this.last === 'absent') this.violate('says twice that it is absent');
    this.last = list ?? 'absent';
  }

  private complete(): void {
    this.ended = true;
    this.process.left(this);
    if (this.process.closing) return;
    if (this.kind !== 'deleted$') this.violate('completes');
    else if (this.process.world.model.absentAfter(this.path, -1n) === undefined)
      this.violate('completes, but the znode was never gone');
    this.process.note(`${this.kind} ${this.path} |`);
  }

  private violate(what: string): void {
    this.process.world.journal.violate(`${this.name} ${what}`);
  }
}

function describe({ czxid, mzxid, data }: Version): string {
  return `${czxid}/${mzxid} ${data}`;
}
