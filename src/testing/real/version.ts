/** Numbers of releases: they become part of a path and of an address, so nothing else may look like one. */

import { InvalidOptionError } from '../../errors/client-errors.js';

const oldest = [3, 5, 5] as const;

/** The version as it is; throws if it is none, or of a release that was packed in another way. */
export function checkVersion(version: string): string {
  if (!/^\d+\.\d+\.\d+(?:-[a-z0-9]+)?$/.test(version)) {
    throw new InvalidOptionError('version', `${version} is not like 3.9.3`);
  }
  return version;
}

/** Throws for releases before 3.5.5. */
export function checkFetchable(version: string): void {
  if (compareVersions(version, oldest.join('.')) < 0) {
    const advice = 'unpack one yourself and set ZOOKEEPER_HOME';
    throw new InvalidOptionError('version', `releases before 3.5.5 are not fetched: ${advice}`);
  }
}

/** Negative if `a` is older. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
