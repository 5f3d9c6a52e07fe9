/**
 * SRV records as a stream of connect strings, for Node: `host:port,host:port`, anew whenever the answer of DNS changes.
 *
 * Answers are asked for one after the other, never two at a time. One that fails changes nothing but the pause before the next.
 */
import { resolveSrv } from 'node:dns/promises';
import { asyncScheduler, Observable, type SchedulerLike, Subscription } from 'rxjs';
import { type Address, formatAddress } from './transport.js';

const maxTimerMs = 0x7fff_ffff;

/** One SRV record, as Node has it. */
export interface SrvRecord {
  /** Host of a server; `.` alone says that there is no such service. */
  readonly name: string;
  readonly port: number;
  /** Lower ones come first. */
  readonly priority: number;
  /** Of two with the same priority the heavier one comes first. */
  readonly weight: number;
}

/** How SRV records are asked for. All times are in milliseconds. */
export interface SrvHostsOptions {
  /** Pause between an answer and the next question. 1 to 2^31-1; default 30,000. */
  readonly everyMs?: number;
  /** Pause after a first failure; it doubles with each further one, up to `everyMs`. Default 1,000, or `everyMs` if that is less. */
  readonly retryMs?: number;
  /** Prefix of all paths, put behind each string. Default: none; it is better said by the client's option `chroot`. */
  readonly chroot?: string;
  /** Told of each question that failed; the last answer stays. */
  readonly onReport?: (error: Error) => void;
  /** Asks for the records of a name. Default: Node's `resolveSrv`, by the servers that the system is configured with. */
  readonly resolve?: (name: string) => PromiseLike<readonly SrvRecord[]>;
  /** What the pauses run on. Default: rxjs' `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Emits the servers that a name's SRV records say, now and whenever they change, as a connect string for `zookeeper`.
 *
 * All records are taken, sorted by priority, then weight (heavier first), then name: with `shuffleHosts: false` they are tried in that
 * order; by default a client shuffles its hosts and takes no notice of priority and weight. Throws a `TypeError` for options that
 * cannot be used.
 *
 * @param name - name of the service: `_zookeeper._tcp.example.com`
 * @param options - how often it is asked, and whom
 * @emits connect strings, equal consecutive ones once
 * @completes never
 * @errors never; `onReport` is told of questions that failed, and of answers without a server
 * @sharing each subscription asks for itself
 * @example
 * const zk = zookeeper(srvHosts$('_zookeeper._tcp.example.com'), { chroot: '/app' });
 */
export function srvHosts$(name: string, options: SrvHostsOptions = {}): Observable<string> {
  const { everyMs = 30_000 } = options;
  const { retryMs = Math.min(1000, everyMs), chroot = '', scheduler = asyncScheduler } = options;
  checkPause('everyMs', everyMs);
  checkPause('retryMs', retryMs);
  if (typeof name !== 'string' || name === '') throw new TypeError('srvHosts$: name must be text');
  const { onReport, resolve = resolveSrv } = options;
  return new Observable((out) => {
    const pauses = new Subscription();
    let last = '';
    let failures = 0;
    const askAfter = (delayMs: number): void => {
      if (out.closed) return;
      pauses.add(
        scheduler.schedule(() => {
          void ask();
        }, delayMs),
      );
    };
    const ask = async (): Promise<void> => {
      const answer = await answerOf(name, resolve);
      if (out.closed) return;
      if (answer instanceof Error) {
        // Before somebody who throws: the next question must follow.
        askAfter(Math.min(everyMs, retryMs * 2 ** Math.min(failures++, 30)));
        onReport?.(answer);
        return;
      }
      failures = 0;
      askAfter(everyMs);
      const hosts = answer + chroot;
      if (hosts === last) return;
      last = hosts;
      out.next(hosts);
    };
    void ask();
    return pauses;
  });
}

async function answerOf(
  name: string,
  resolve: (name: string) => PromiseLike<readonly SrvRecord[]>,
): Promise<string | Error> {
  try {
    const records = await resolve(name);
    const servers = [...records]
      .sort(byRank)
      .map(addressOf)
      .filter(({ host }) => host !== '');
    if (servers.length > 0) return [...new Set(servers.map(formatAddress))].join();
    return new Error(`SRV ${name}: the answer names no server`);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    return new Error(`SRV ${name}: ${said}`, { cause });
  }
}

function byRank(one: SrvRecord, other: SrvRecord): number {
  const rank = one.priority - other.priority || other.weight - one.weight;
  if (rank !== 0) return rank;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : one.port - other.port;
}

function addressOf({ name, port }: SrvRecord): Address {
  return { host: name.replace(/\.$/, ''), port };
}

function checkPause(option: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= maxTimerMs) return;
  throw new TypeError(
    `srvHosts$: ${option} must be a whole number from 1 to ${String(maxTimerMs)}`,
  );
}
