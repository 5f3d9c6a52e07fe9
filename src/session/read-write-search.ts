/**
 * Looks for a server that takes writes, while the client is connected to one that does not.
 *
 * All hosts are asked `isro`, one after the other, each over a connection of its own that is thrown away; after a round in vain
 * follows a pause, which doubles from 100 ms to 10 s and is partly random, so that many clients do not ask all at once. What is found is not
 * sure to be good (it may be too far behind, or full), so a search that starts again goes on with its pauses where it stopped,
 * until `succeeded()`.
 *
 * A server on which the word is not on the list of allowed ones (3.5.3+, without `readonlymode.enabled`) is asked `srvr`,
 * which is always allowed.
 */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { pauseMs } from '../rx/backoff.js';
import { type Address, type Transport } from '../transport/transport.js';
import { type HostRotation } from './host-rotation.js';
import { askWord } from './word-exchange.js';

export interface SearchSettings {
  readonly transport: Transport;
  readonly scheduler: SchedulerLike;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Whom to ask. */
  readonly hosts: Pick<HostRotation, 'all'>;
}

/** For whom a search is. */
export interface SearchOwner {
  /** Bound on one question. */
  readonly connectTimeoutMs: number;
  /** The server takes writes. The search has ended. */
  found(address: Address): void;
}

const pauses = { initialDelayMs: 100, maxDelayMs: 10_000, factor: 2, jitter: 0.5 } as const;
// Neither answer is longer than a few hundred; whoever says more is no ZooKeeper.
const maxBytes = 64 * 1024;

export class ReadWriteSearch {
  private readonly alarm: Alarm;
  /** Rounds since a server that takes writes has proved good. */
  private rounds = 0;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly settings: SearchSettings,
    private readonly owner: SearchOwner,
  ) {
    this.alarm = new Alarm(settings.scheduler, () => {
      this.ask(this.round(), 0);
    });
  }

  /** Begins with a pause. */
  start(): void {
    this.stop();
    this.rounds++;
    this.alarm.set(pauseMs({ ...pauses, random: this.settings.random }, this.rounds));
  }

  stop(): void {
    this.alarm.clear();
    this.cancel?.();
    this.cancel = undefined;
  }

  /** There is a server that takes writes: the next search begins with short pauses again. */
  succeeded(): void {
    this.rounds = 0;
  }

  /** All hosts, another one first in each round: the one that was found last may be no good. */
  private round(): readonly Address[] {
    const hosts = this.settings.hosts.all();
    const first = (this.rounds - 1) % hosts.length;
    return [...hosts.slice(first), ...hosts.slice(0, first)];
  }

  private ask(hosts: readonly Address[], index: number): void {
    const address = hosts[index];
    if (address === undefined) {
      this.start();
      return;
    }
    this.askWord(address, 'isro', (isro) => {
      if (isro === 'rw') this.owner.found(address);
      else if (isro.includes('not in the whitelist')) this.askMode(hosts, index);
      else this.ask(hosts, index + 1);
    });
  }

  private askMode(hosts: readonly Address[], index: number): void {
    // It is within the list: it was asked before.
    const address = hosts[index] as Address;
    this.askWord(address, 'srvr', (srvr) => {
      if (/^Mode: (?!read-only)/m.test(srvr)) this.owner.found(address);
      else this.ask(hosts, index + 1);
    });
  }

  private askWord(address: Address, word: string, heard: (answer: string) => void): void {
    const { transport, scheduler } = this.settings;
    const timeoutMs = this.owner.connectTimeoutMs;
    this.cancel = askWord(
      { transport, scheduler, address, word, timeoutMs, maxBytes },
      ({ text }) => {
        this.cancel = undefined;
        heard(text);
      },
    );
  }
}
