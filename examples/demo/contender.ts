/** One contender of the demo: a client of its own that streams the configuration, stands for election and wants the lock. */

import { Subscription } from 'rxjs';
import { json, leaderElection$, lock$, whileHeld, type ZooKeeper, zookeeper } from 'rxzk';
import { type Observable, BehaviorSubject, defer, finalize, tap } from 'rxjs';
import { type ContenderView } from './board.js';
import { cuttableTransport } from './cuttable-transport.js';

/** What the demo streams as configuration. */
export interface DemoConfig {
  readonly version: number;
  readonly colour: string;
}

export class Contender {
  readonly view$: BehaviorSubject<ContenderView>;
  /** Fence of the leadership, while this contender leads. */
  fence: bigint | undefined;
  private readonly zk: ZooKeeper;
  private readonly cable = cuttableTransport();
  private readonly subscriptions = new Subscription();

  constructor(
    readonly name: string,
    private readonly place: { readonly hosts: string; readonly root: string },
  ) {
    this.zk = zookeeper(place.hosts, { sessionTimeoutMs: 4_000, transport: this.cable });
    this.view$ = new BehaviorSubject<ContenderView>({
      name,
      connection: '-',
      config: '-',
      role: '-',
      lock: '-',
    });
  }

  /** Shows the connection and the configuration from now on. */
  start(): void {
    this.subscriptions.add(
      this.zk.state$.subscribe(({ status }) => {
        this.show({ connection: status });
      }),
    );
    this.subscriptions.add(
      this.zk.data$(`${this.place.root}/config`, json<DemoConfig>()).subscribe((config) => {
        this.show({
          config: config === null ? 'none' : `v${String(config.version)} ${config.colour}`,
        });
      }),
    );
  }

  /** Stands for election until it is stopped. */
  campaign(): void {
    const leadership$ = leaderElection$(this.zk, `${this.place.root}/election`, {
      identifier: this.name,
    });
    this.subscriptions.add(
      leadership$.subscribe((leadership) => {
        this.fence = leadership.role === 'leader' ? leadership.lease.fence : undefined;
        const role =
          leadership.role === 'leader'
            ? `LEADER fence ${String(leadership.lease.fence)}`
            : 'follower';
        this.show({ role });
      }),
    );
  }

  /** Runs work under the lock. */
  underLock(work$: Observable<unknown>): Observable<unknown> {
    return defer(() => {
      this.show({ lock: 'waits' });
      return lock$(this.zk, `${this.place.root}/lock`, { identifier: this.name }).pipe(
        tap((lease) => {
          this.show({ lock: `HOLDS fence ${String(lease.fence)}` });
        }),
        whileHeld(() => work$),
        finalize(() => {
          this.show({ lock: 'done' });
        }),
      );
    });
  }

  cutOff(): void {
    this.cable.cut();
  }

  plugIn(): void {
    this.cable.heal();
  }

  async stop(): Promise<void> {
    this.subscriptions.unsubscribe();
    await this.zk.close();
  }

  private show(change: Partial<ContenderView>): void {
    this.view$.next({ ...this.view$.value, ...change });
  }
}
