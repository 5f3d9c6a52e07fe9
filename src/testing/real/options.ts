/** How a real ZooKeeper is to be found, configured and started: the options of `startZooKeeper` and `startEnsemble`. */

import { type SaslUsers } from '../../server/digest-md5.js';
import { type CertificateRequest } from './certificates.js';

/** Which release of Apache ZooKeeper, and from where. */
export interface ReleaseOptions {
  /** Take this release and no other: `3.9.3`. Default: `ZOOKEEPER_VERSION`, else whichever is there. */
  readonly version?: string;
  /** Directory of an unpacked release. Default: `ZOOKEEPER_HOME`, else Debian's jars, else the cache. */
  readonly home?: string;
  /** Where fetched releases are kept. Default: `RXZK_CACHE`, else `rxzk` in the user's directory for caches. */
  readonly cacheDirectory?: string;
  /** Fetch the release if it is nowhere. Default: only if `RXZK_FETCH=1`; nothing is ever fetched unasked. */
  readonly fetch?: boolean;
  /** What releases are fetched from. Default: `RXZK_MIRROR`, else Apache's archive, which has all of them. */
  readonly mirror?: string;
  /** SHA-512 of the release to fetch, in hex. Default: what the mirror says, which protects from damage only. */
  readonly sha512?: string;
}

/** TLS on the secure port. */
export interface ManagedTlsOptions {
  /** Whether clients have to show a certificate; `want` asks for one and does without. Default `need`. */
  readonly clientAuth?: 'none' | 'want' | 'need';
  /** The server's certificate, if it shall be wrong: expired, for other hosts. Default: one that is right. */
  readonly certificate?: Partial<CertificateRequest>;
}

/** Values of a configuration. */
export type ServerProperties = Readonly<Record<string, string | number | boolean>>;

/** How to start a real server; every part has a default. */
export interface StartZooKeeperOptions extends ReleaseOptions {
  /** The server's unit of time: session timeouts lie between 2 and 20 ticks. Default 500. */
  readonly tickMs?: number;
  /** A secure port beside the plain one, with throw-away certificates made by `openssl`. Default: none. */
  readonly tls?: boolean | ManagedTlsOptions;
  /** Users that may log in by SASL DIGEST-MD5. Default: no SASL. */
  readonly saslUsers?: SaslUsers;
  /** Refuse every request of a session that has not logged in by SASL. Default false. */
  readonly requireSasl?: boolean;
  /** The text of a JAAS file, instead of the one made of `saslUsers`: for GSSAPI and whatever else Java can do. */
  readonly jaas?: string;
  /** `user:hash` of who may do everything, as in `superDigest` of the embedded server. Default: nobody. */
  readonly superDigest?: string;
  /** Serve reads while there is no quorum, to clients that ask for it; makes sessions local ones. Default false. */
  readonly readOnlyMode?: boolean;
  /** Znodes with a time to live. Default false, as a server has it. */
  readonly extendedTypes?: boolean;
  /** Refuse what goes over a hard quota. Default false. */
  readonly enforceQuota?: boolean;
  /** Put a relay in front, so that connections can be dropped, held and refused. Default false. */
  readonly relay?: boolean;
  /** Further lines of `zoo.cfg`, such as `{ maxClientCnxns: 10 }`. They come last and win. */
  readonly properties?: ServerProperties;
  /** Java system properties, such as `{ 'znode.container.checkIntervalMs': 200 }`. They come last and win. */
  readonly systemProperties?: ServerProperties;
  /** Further flags of the JVM, such as `-Xmx1g`. They come last and win. */
  readonly jvmFlags?: readonly string[];
  /** Environment of the JVM, on top of this process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long a server may take until it serves. Default 60,000. */
  readonly startTimeoutMs?: number;
}

/** How to start an ensemble: all servers alike. */
export interface StartEnsembleOptions extends StartZooKeeperOptions {
  /** How many servers besides, that follow and serve but do not vote. Default 0. */
  readonly observers?: number;
}
