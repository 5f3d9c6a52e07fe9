/**
 * Finds a real Apache ZooKeeper on this machine, and a java to run it: `ZOOKEEPER_HOME`, else Debian's
 * libzookeeper-java, else what was fetched before. Nothing is fetched here (see release.ts).
 */

import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cachedReleases } from './cache.js';
import { type ReleaseOptions } from './options.js';
import { checkVersion } from './version.js';

/** A ZooKeeper that can be started: `java -cp classpath mainClass zoo.cfg`. */
export interface Installation {
  /** Path of the program. */
  readonly java: string;
  readonly classpath: string;
  /** Its release, such as `3.8.0`. */
  readonly version: string;
}

/** Why there is none. */
export interface MissingInstallation {
  /** In one line. */
  readonly missing: string;
  /** What was looked at, and why it would not do. */
  readonly tried: readonly string[];
}

export const mainClass = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';

const debianJars = '/usr/share/java';
// zookeeper.jar's manifest names the rest; the logger, and what Netty needs for a TLS port, it leaves to the packager.
const debianExtras = [
  'slf4j-simple',
  'netty-codec',
  'netty-resolver',
  'netty-transport-native-unix-common',
  'snappy-java',
];

/** Where to look and for what; the environment fills in what the options leave open. */
export type FindOptions = Pick<ReleaseOptions, 'version' | 'home' | 'cacheDirectory'>;

/**
 * Looks for a real ZooKeeper on this machine, without starting or fetching anything: so that tests that need one can be
 * skipped where there is none.
 *
 * @example
 * const found = findZooKeeper();
 * const describeReal = 'missing' in found ? describe.skip : describe;
 */
export function findZooKeeper(
  options: FindOptions = {},
  env: NodeJS.ProcessEnv = process.env,
): Installation | MissingInstallation {
  const java = findJava(env);
  if (java === undefined) {
    return { missing: 'no java (set JAVA_HOME or put it on the PATH)', tried: [] };
  }
  const version = wantedVersion(options, env);
  const tried: string[] = [];
  for (const { place, jars } of candidates(options, env)) {
    const found = versionOf(jars);
    if (found !== undefined && (version === undefined || version === found)) {
      return { java, classpath: jars.join(delimiter), version: found };
    }
    tried.push(`${place}: ${found ?? 'nothing'}`);
  }
  const what = version === undefined ? 'no Apache ZooKeeper' : `no Apache ZooKeeper ${version}`;
  return {
    missing: `${what} (set ZOOKEEPER_HOME to an unpacked release, install libzookeeper-java, or set RXZK_FETCH=1)`,
    tried,
  };
}

/** The release that is asked for, if a certain one is. */
export function wantedVersion(
  { version }: FindOptions,
  env: NodeJS.ProcessEnv,
): string | undefined {
  const wanted = version ?? env['ZOOKEEPER_VERSION'];
  return wanted === undefined || wanted === '' ? undefined : checkVersion(wanted);
}

interface Candidate {
  readonly place: string;
  readonly jars: readonly string[];
}

/** In the order of preference. Who names a home means it: then what the machine has besides is not looked at. */
function candidates(options: FindOptions, env: NodeJS.ProcessEnv): readonly Candidate[] {
  const home = options.home ?? env['ZOOKEEPER_HOME'];
  const cached = cachedReleases(options, env).map((directory) => ({
    place: `the cache ${directory}`,
    jars: homeJars(directory),
  }));
  if (home !== undefined) {
    const place = `${options.home === undefined ? 'ZOOKEEPER_HOME' : 'home'} ${home}`;
    const named = { place, jars: homeJars(home) };
    return versionOf(named.jars) === undefined ? [named] : [named, ...cached];
  }
  return [{ place: `Debian's ${debianJars}/zookeeper.jar`, jars: findDebianJars() }, ...cached];
}

function findJava(env: NodeJS.ProcessEnv): string | undefined {
  const home = env['JAVA_HOME'];
  const onPath = (env['PATH'] ?? '').split(delimiter);
  const directories = home === undefined ? onPath : [join(home, 'bin'), ...onPath];
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, 'java'))
    .find((file) => existsSync(file));
}

/** The jars of an unpacked release. */
function homeJars(home: string): readonly string[] {
  return [join(home, 'lib'), home].flatMap((directory) => jarsIn(directory));
}

function jarsIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jar'))
    .map((name) => join(directory, name));
}

/** Told by the name of the server's jar. */
function versionOf(jars: readonly string[]): string | undefined {
  const names = jars.map((jar) => /[/\\]zookeeper-(\d[^/\\]*)\.jar$/.exec(jar)?.[1]);
  return names.find((version) => version !== undefined);
}

/** By the name with the version in it, which is a link to the jar. */
function findDebianJars(): readonly string[] {
  const main = jarsIn(debianJars).filter((jar) => /\/zookeeper-\d[^/]*\.jar$/.test(jar));
  const extras = debianExtras.map((name) => join(debianJars, `${name}.jar`));
  return main.length === 0 ? [] : [...main.slice(0, 1), ...extras.filter((jar) => existsSync(jar))];
}
