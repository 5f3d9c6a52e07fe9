/**
 * Builds `dist/`: tsc twice (ES modules and CommonJS), each folder marked with its module type; then the examples.
 *
 * The examples are CommonJS and have no package.json of their own, so that `rxzk` in them means this very package.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Runs tsc on one of the projects beside this file; it says itself what is wrong. */
function compile(project) {
  const config = join(root, '.config', `tsconfig.${project}.json`);
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [tsc, '-p', config], { stdio: 'inherit' }).once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`tsc -p .config/tsconfig.${project}.json failed`));
    });
  });
}

/** The two formats have nothing to do with each other, so they are compiled at the same time. */
async function compileFormat([format, type]) {
  const out = join(root, 'dist', format);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'package.json'), `${JSON.stringify({ type, sideEffects: false })}\n`);
  await compile(format);
}

/** What npm links as `rxzk`: a system needs its first line, and the program the package's version. */
function writeCommand() {
  const file = join(root, 'dist', 'cjs', 'cli', 'rxzk.js');
  const run = "void require('./main.js').main(require('../../../package.json').version);";
  writeFileSync(file, `#!/usr/bin/env node\n'use strict';\n${run}\n`);
  chmodSync(file, 0o755);
}

function hasExamples() {
  const folder = join(root, 'examples');
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.ts'));
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
try {
  await Promise.all(Object.entries({ esm: 'module', cjs: 'commonjs' }).map(compileFormat));
  writeCommand();
  if (hasExamples()) await compile('examples');
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
