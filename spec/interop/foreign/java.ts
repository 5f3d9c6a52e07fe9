/** Java with ZooKeeper's classes, a compiler, and Curator: where they are, and programs of ours that use them. */

import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { findZooKeeper } from '../../../src/testing/real/installation.js';
import { type Found } from '../needs.js';
import { ForeignProcess } from './foreign-process.js';
import { type Tour } from './transcript.js';

/** A java and what it needs to run a ZooKeeper client. */
export interface JavaTools {
  readonly java: string;
  readonly classpath: string;
}

const debianJars = '/usr/share/java';

// What the manifests of Curator's jars name besides ZooKeeper's.
const curatorJars = [
  ...['curator-recipes', 'curator-framework', 'curator-client', 'guava'],
  ...['jackson-databind', 'jackson-core', 'jackson-annotations'],
];

// A client that lives for seconds: small heap, no parallel collectors, no optimizing compiler.
const jvmFlags = [
  ...['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'],
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=off',
];

export function javaArguments({ classpath }: JavaTools): readonly string[] {
  return [...jvmFlags, '-cp', classpath];
}

export function findJava(): Found<JavaTools> {
  const installation = findZooKeeper();
  return 'missing' in installation ? installation : { found: installation };
}

/** A java that can compile. */
export function findCompiler(): Found<JavaTools> {
  const java = findJava();
  if ('missing' in java) return java;
  const { env } = process;
  const places = [dirname(java.found.java), ...(env['PATH'] ?? '').split(delimiter)];
  const found = places.some((place) => existsSync(join(place, 'javac')));
  return found ? java : { missing: 'no javac (install default-jdk-headless)' };
}

/** A compiler with Curator on its class path. */
export function findCurator(): Found<JavaTools> {
  const compiler = findCompiler();
  if ('missing' in compiler) return compiler;
  const jars = curatorJars.map((name) => join(debianJars, `${name}.jar`));
  const [missing] = jars.filter((jar) => !existsSync(jar));
  if (missing !== undefined) {
    return { missing: `no ${missing} (install libcurator-recipes-java)` };
  }
  const classpath = [compiler.found.classpath, ...jars].join(delimiter);
  return { found: { ...compiler.found, classpath } };
}

/** A tour that is a program of one file in the folder `java`, compiled as it is started. */
export function javaTour(main: string): (tools: JavaTools) => Tour {
  const file = join(__dirname, 'java', `${main}.java`);
  return (tools) =>
    ({ hosts }) =>
      new ForeignProcess({ file: tools.java, args: [...javaArguments(tools), file, hosts] }).end();
}
