/** Finds a real Apache ZooKeeper on this machine: `ZOOKEEPER_HOME`, else Debian's libzookeeper-java; and a java. */

import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What it takes to start a server: `java -cp classpath mainClass zoo.cfg`. */
export interface Installation {
  readonly java: string;
  readonly classpath: string;
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

/** The installation, or why there is none. */
export function findInstallation(
  env: NodeJS.ProcessEnv = process.env,
): Installation | { readonly missing: string } {
  const java = findJava(env);
  if (java === undefined) return { missing: 'no java (set JAVA_HOME or put it on the PATH)' };
  const jars =
    env['ZOOKEEPER_HOME'] === undefined ? findDebianJars() : findHomeJars(env['ZOOKEEPER_HOME']);
  if (jars.length === 0) {
    return {
      missing:
        'no Apache ZooKeeper (set ZOOKEEPER_HOME to an unpacked release, or install libzookeeper-java)',
    };
  }
  return { java, classpath: jars.join(delimiter) };
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

function findHomeJars(home: string): string[] {
  const jars = [join(home, 'lib'), home].flatMap((directory) => jarsIn(directory));
  return jars.some((jar) => /zookeeper-\d[^/]*\.jar$/.test(jar)) ? jars : [];
}

function jarsIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jar'))
    .map((name) => join(directory, name));
}

function findDebianJars(): string[] {
  const main = join(debianJars, 'zookeeper.jar');
  if (!existsSync(main)) return [];
  return [main, ...debianExtras.map((name) => join(debianJars, `${name}.jar`))].filter((jar) =>
    existsSync(jar),
  );
}
