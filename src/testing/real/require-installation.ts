/** An installation to start servers from: the one that is here, else a fetched one if that is allowed, else an error. */

import { cacheDirectory } from './cache.js';
import { findZooKeeper, type Installation, wantedVersion } from './installation.js';
import { type ReleaseOptions } from './options.js';
import { apacheArchive, defaultVersion, fetchRelease } from './release.js';

/** Whether a release may be fetched. */
export function mayFetch({ fetch }: ReleaseOptions, env: NodeJS.ProcessEnv): boolean {
  return fetch ?? env['RXZK_FETCH'] === '1';
}

/** Rejects with what was tried and how to get one. */
export async function requireInstallation(
  options: ReleaseOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Installation> {
  const found = findZooKeeper(options, env);
  if (!('missing' in found)) return found;
  // Without a java there is nothing that a release would be good for.
  if (found.tried.length === 0) throw notFound(found.missing, []);
  if (!mayFetch(options, env)) throw notFound(found.missing, found.tried);
  const home = await fetchRelease({
    version: wantedVersion(options, env) ?? defaultVersion,
    mirror: options.mirror ?? env['RXZK_MIRROR'] ?? apacheArchive,
    directory: cacheDirectory(options, env),
    sha512: options.sha512,
  }).catch((error: unknown) => {
    throw notFound(`${found.missing}; ${String(error)}`, found.tried, error);
  });
  const fetched = findZooKeeper({ ...options, home }, env);
  if ('missing' in fetched) throw notFound(fetched.missing, fetched.tried);
  return fetched;
}

function notFound(missing: string, tried: readonly string[], cause?: unknown): Error {
  const looked = tried.map((line) => `\n  looked at ${line}`).join('');
  return new Error(`a real ZooKeeper is needed, but there is ${missing}${looked}`, { cause });
}
