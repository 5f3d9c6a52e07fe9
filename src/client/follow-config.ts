/** The ensemble's own configuration as the list of servers of a client: `followConfig`, and which address of a server that is. */

import {
  concatMap,
  distinctUntilChanged,
  EMPTY,
  type Observable,
  defer,
  of,
  tap,
  throwError,
} from 'rxjs';
import { HostsError, InvalidOptionError } from '../errors/client-errors.js';
import { formatAddress } from '../transport/transport.js';
import { checkCallable, checkNames } from './checks.js';
import { type EnsembleConfig, type EnsembleServer } from './ensemble-config.js';
import { type Hosts } from './hosts.js';
import { type FollowConfigOptions } from './zookeeper.js';

/** What following needs of the client. */
export interface Follower {
  readonly config$: Observable<EnsembleConfig | null>;
  /** Whether it speaks TLS. */
  readonly secure: boolean;
  readonly hosts: Pick<Hosts, 'set' | 'report'>;
}

const optionNames: ReadonlySet<string> = new Set(['address']);
const context = { operation: 'followConfig' };

/** See `ZooKeeper.followConfig`. */
export function followConfig(
  follower: Follower,
  options: FollowConfigOptions = {},
): Observable<string> {
  return defer(() => {
    checkNames({ option: '', value: options, context }, optionNames);
    checkCallable({ option: 'address', value: options.address, context });
    const { address = clientAddress } = options;
    if (follower.secure && options.address === undefined) return throwError(noSecurePorts);
    let told = '';
    const report = (problem: string): void => {
      if (problem !== told && problem !== '') follower.hosts.report(new HostsError(problem));
      told = problem;
    };
    return follower.config$.pipe(
      concatMap((config) => {
        const { hosts, problem } = hostsOf(config, address);
        report(problem);
        return hosts === '' ? EMPTY : of(hosts);
      }),
      distinctUntilChanged(),
      tap((hosts) => {
        follower.hosts.set(hosts);
      }),
    );
  });
}

function hostsOf(
  config: EnsembleConfig | null,
  address: (server: EnsembleServer) => string | undefined,
): { readonly hosts: string; readonly problem: string } {
  const servers = config?.servers ?? [];
  const addresses = servers.map((server) => address(server));
  const hosts = addresses.filter((one) => one !== undefined).join();
  const without = servers.filter((_, index) => addresses[index] === undefined);
  if (hosts === '') {
    const problem =
      "the ensemble's configuration names no server for clients; the servers known before stay";
    return { hosts, problem };
  }
  if (without.length === 0) return { hosts, problem: '' };
  const ids = without.map(({ id }) => String(id)).join(', ');
  const problem = `the ensemble's configuration has no address for clients of server ${ids}; it is left out`;
  return { hosts, problem };
}

/** Every address of a machine, which is none to connect to. */
const everyAddress = /^(?:0\.0\.0\.0|[0:]*:[0:]*)$/;

function clientAddress({ host, client }: EnsembleServer): string | undefined {
  if (client === undefined) return undefined;
  return formatAddress(everyAddress.test(client.host) ? { host, port: client.port } : client);
}

function noSecurePorts(): InvalidOptionError {
  const reason =
    "must say where a server speaks TLS: the ensemble's configuration has the ports without TLS only";
  return new InvalidOptionError('address', reason, context);
}
