/** A Java process with Curator's recipes beside ours: `java/CuratorProcess.java`, told what to do. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Program } from '../../contract/support/program.js';
import { findCurator, javaArguments, type JavaTools } from '../foreign/java.js';
import { type Found } from '../needs.js';

const discoveryJar = '/usr/share/java/curator-x-discovery.jar';

/** A compiler with Curator and its service discovery on its class path. */
export function findCuratorDiscovery(): Found<JavaTools> {
  const curator = findCurator();
  if ('missing' in curator) return curator;
  if (!existsSync(discoveryJar)) {
    return { missing: `no ${discoveryJar} (install libcurator-discovery-java)` };
  }
  const classpath = [curator.found.classpath, discoveryJar].join(delimiter);
  return { found: { ...curator.found, classpath } };
}

/** What a recipe of Curator's is asked, by verb; it does one thing after the other. */
export type Handle = (verb: string, ...words: readonly (string | number)[]) => Promise<unknown>;

export class CuratorProcess {
  private asked = 0;
  private made = 0;

  private constructor(
    private readonly program: Program,
    private readonly hosts: string,
    private readonly classes: string,
  ) {}

  /** Compiles it, starts it, and waits until it is connected. */
  static async start(tools: JavaTools, hosts: string): Promise<CuratorProcess> {
    const classes = compile(tools);
    const classpath = [classes, tools.classpath].join(delimiter);
    const program = new Program(tools.java, [
      ...javaArguments({ ...tools, classpath }),
      'CuratorProcess',
      hosts,
    ]);
    await program.event('ready');
    return new CuratorProcess(program, hosts, classes);
  }

  /** Makes a recipe of this kind at an absolute path. */
  async make(kind: string, path: string, ...words: readonly (string | number)[]): Promise<Handle> {
    const name = `h${String(++this.made)}`;
    await this.ask(name, 'make', kind, path, ...words);
    return (verb, ...more) => this.ask(name, verb, ...more);
  }

  /** Ends its session, with all that is left in it, watches included, and begins another one. */
  renew(): Promise<unknown> {
    return this.ask('all', 'renew', this.hosts);
  }

  async end(): Promise<void> {
    await this.program.end();
    rmSync(this.classes, { recursive: true });
  }

  private async ask(...words: readonly (string | number)[]): Promise<unknown> {
    const id = `a${String(++this.asked)}`;
    this.program.tell([id, ...words].join('\t'));
    const { value, error } = await this.program.event(id);
    if (typeof error === 'string') throw new Error(`${words.join(' ')}: ${error}`);
    return value;
  }
}

/** Where the classes are. */
function compile(tools: JavaTools): string {
  const sources = join(__dirname, 'java');
  const files = readdirSync(sources).map((file) => join(sources, file));
  const classes = mkdtempSync(join(tmpdir(), 'rxzk-curator-'));
  const compiler = ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '-proc:none', '-d', classes];
  execFileSync(tools.java, [...javaArguments(tools), ...compiler, ...files], { stdio: 'pipe' });
  return classes;
}
