/**
 * The ensemble's own configuration, as it stands in `/zookeeper/config` (3.5+): who its servers are.
 *
 * It is text of lines `server.1=host:2888:3888:participant;host:2181`, as `QuorumPeer.QuorumServer` reads and writes them, and
 * a line with its version. The part behind the semicolon is where clients are served; it may lack its host, or be left out.
 */

/** The ensemble's configuration. */
export interface EnsembleConfig {
  /** Zxid of the change that made it: what `fromConfig` of a `reconfig` is compared with. 0 = it says none. */
  readonly version: bigint;
  /** By number. None: the server is on its own, and has no such configuration. */
  readonly servers: readonly EnsembleServer[];
  /** All other lines (groups, weights, what could not be read), as they stand. */
  readonly otherLines: readonly string[];
}

/** One server of an ensemble. */
export interface EnsembleServer {
  readonly id: number;
  /** `observer`: follows and serves, but does not vote. */
  readonly role: 'participant' | 'observer';
  /** Where the other servers reach it. */
  readonly host: string;
  readonly quorumPort: number;
  /** `undefined`: not said. */
  readonly electionPort: number | undefined;
  /** Further addresses for the other servers, `host:2888:3888` (3.6+). */
  readonly furtherAddresses: readonly string[];
  /**
   * Where clients are served, as it is configured: the host may be `0.0.0.0` or `::`, which is every address of the machine.
   * `undefined`: not said. It is a port without TLS; the secure one is not in the configuration.
   */
  readonly client: { readonly host: string; readonly port: number } | undefined;
}

const decoder = new TextDecoder();

/** Reads a configuration. Lines that cannot be read are in `otherLines`. */
export function parseEnsembleConfig(data: Uint8Array | null): EnsembleConfig {
  const servers = new Map<number, EnsembleServer>();
  const otherLines: string[] = [];
  let version = 0n;
  for (const line of data === null ? [] : decoder.decode(data).split(/\r?\n/)) {
    const text = line.trim();
    const versionText = /^version=([0-9a-f]{1,16})$/i.exec(text)?.[1];
    const server = parseServer(text);
    if (versionText !== undefined) version = BigInt(`0x${versionText}`);
    else if (server !== undefined) servers.set(server.id, server);
    else if (text !== '') otherLines.push(text);
  }
  const sorted = [...servers.values()].sort((one, other) => one.id - other.id);
  return { version, servers: sorted, otherLines };
}

function parseServer(line: string): EnsembleServer | undefined {
  const [, id = '', value = ''] = /^server\.(\d{1,9})=(.*)$/.exec(line) ?? [];
  const [quorum = '', client, ...tooMany] = value.split(';');
  const [first, ...further] = quorum.split('|').map(parseQuorumAddress);
  if (first === undefined || tooMany.length > 0) return undefined;
  const wrong = further.some((address) => address === undefined);
  const clientAddress = client === undefined ? undefined : parseClientAddress(client);
  if (wrong || (client !== undefined && clientAddress === undefined)) return undefined;
  const { host, quorumPort, electionPort } = first;
  // The role stands behind the last address, or behind each.
  const isObserver = /:observer$/i.test(quorum);
  return {
    id: Number(id),
    role: isObserver ? 'observer' : 'participant',
    ...{ host, quorumPort, electionPort },
    furtherAddresses: quorum.split('|').slice(1).map(withoutRole),
    client: clientAddress,
  };
}

type QuorumAddress = Pick<EnsembleServer, 'host' | 'quorumPort' | 'electionPort'>;

function parseQuorumAddress(text: string): QuorumAddress | undefined {
  const match = /^(\[[^\]]+\]|[^:[\]]+):(\d{1,5})(?::(\d{1,5}))?$/.exec(withoutRole(text));
  if (match === null) return undefined;
  const [, host = '', quorumPort, electionPort] = match;
  return {
    host: withoutBrackets(host),
    quorumPort: Number(quorumPort),
    electionPort: electionPort === undefined ? undefined : Number(electionPort),
  };
}

function parseClientAddress(text: string): EnsembleServer['client'] {
  const match = /^(?:(\[[^\]]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, host = '0.0.0.0', port] = match;
  return { host: withoutBrackets(host), port: Number(port) };
}

function withoutRole(text: string): string {
  return text.trim().replace(/:(?:participant|observer)$/i, '');
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
