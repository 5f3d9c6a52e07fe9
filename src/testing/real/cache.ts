/** The directory where fetched releases are kept, one directory each, shared by all processes of the user. */

import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type ReleaseOptions } from './options.js';
import { compareVersions } from './version.js';

type CacheOptions = Pick<ReleaseOptions, 'cacheDirectory'>;

/** `RXZK_CACHE`, else where the system keeps what can be fetched again. */
export function cacheDirectory(options: CacheOptions, env: NodeJS.ProcessEnv): string {
  return options.cacheDirectory ?? nonEmpty(env['RXZK_CACHE']) ?? join(systemCache(env), 'rxzk');
}

/** The name of a release's directory, which is also the one inside the archive. */
export function releaseName(version: string): string {
  return `apache-zookeeper-${version}-bin`;
}

/** Directories of the releases that are there, the newest first. */
export function cachedReleases(options: CacheOptions, env: NodeJS.ProcessEnv): readonly string[] {
  const directory = cacheDirectory(options, env);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => /^apache-zookeeper-\d[^/]*-bin$/.test(name))
    .sort((a, b) => compareVersions(b, a))
    .map((name) => join(directory, name));
}

function systemCache(env: NodeJS.ProcessEnv): string {
  const named = nonEmpty(env['XDG_CACHE_HOME']);
  if (named !== undefined) return named;
  return process.platform === 'darwin'
    ? join(homedir(), 'Library', 'Caches')
    : join(homedir(), '.cache');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
