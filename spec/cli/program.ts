/** The command `rxzk`, compiled and run as a process of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ts from 'typescript';
import { readSources, root } from '../house/sources.js';
import { waitFor } from '../../src/testing/real/wait-until.js';

/** A folder with the compiled sources and what starts them. */
export interface CompiledCommand {
  readonly file: string;
  remove(): void;
}

/** Compiles without a look at the types, which other checks look at; that takes a second. */
export function compileCommand(): CompiledCommand {
  const folder = mkdtempSync(join(tmpdir(), 'rxzk-cli-'));
  for (const { path, text } of readSources('src')) {
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    const to = join(folder, path.replace(/\.ts$/, '.js'));
    mkdirSync(join(to, '..'), { recursive: true });
    writeFileSync(to, outputText);
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const file = join(folder, 'rxzk.js');
  writeFileSync(file, `void require('./src/cli/main.js').main('1.2.3');\n`);
  return {
    file,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One run of it. */
export interface Run {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  readonly ended: Promise<number | null>;
}

export function run(file: string, ...args: readonly string[]): Run {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    texts.out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    texts.err += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { child, ended, out: () => texts.out, err: () => texts.err };
}

/** Waits until it serves, and gives its port. */
export function portOf(started: Run): Promise<number> {
  return waitFor('the server', {
    probe: () => {
      const port = /serves on 127\.0\.0\.1:(\d+)/.exec(started.out())?.[1];
      if (port === undefined && started.child.exitCode !== null) throw new Error(started.err());
      return Promise.resolve(port === undefined ? undefined : Number(port));
    },
    timeoutMs: 30_000,
    intervalMs: 10,
  });
}
