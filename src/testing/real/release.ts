/**
 * Fetches a release of Apache ZooKeeper into the cache.
 *
 * It is unpacked beside its place, checked, and moved there in one step, so that nobody ever finds half a release: of two
 * processes that fetch at the same time the second finds the place taken, and takes what is there.
 */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ReadableStream } from 'node:stream/web';
import { promisify } from 'node:util';
import { releaseName } from './cache.js';
import { reaper } from './reaper.js';
import { checkFetchable } from './version.js';

/** Every release that there ever was; the mirrors have only the newest. */
export const apacheArchive = 'https://archive.apache.org/dist/zookeeper';

/** What is fetched when nobody asks for a certain release. */
export const defaultVersion = '3.9.3';

// A release has about 20 MB.
const maxBytes = 200 * 1024 * 1024;
const timeoutMs = 10 * 60_000;

export interface Release {
  readonly version: string;
  readonly mirror: string;
  /** The cache. */
  readonly directory: string;
  readonly sha512?: string | undefined;
}

const underWay = new Map<string, Promise<string>>();

/** Fetches a release, unless it is there; its directory. */
export function fetchRelease(release: Release): Promise<string> {
  checkFetchable(release.version);
  const target = join(release.directory, releaseName(release.version));
  if (existsSync(target)) return Promise.resolve(target);
  const running = underWay.get(target);
  if (running !== undefined) return running;
  const fetching = fetchTo(target, release).finally(() => underWay.delete(target));
  underWay.set(target, fetching);
  return fetching;
}

async function fetchTo(target: string, release: Release): Promise<string> {
  await mkdir(release.directory, { recursive: true });
  const workshop = await mkdtemp(join(release.directory, '.fetching-'));
  reaper.keepDirectory(workshop);
  try {
    const unpacked = await unpack(await download(release, workshop), workshop);
    const jar = join(unpacked, 'lib', `zookeeper-${release.version}.jar`);
    if (!existsSync(jar)) throw new Error(`there is no ${jar} in it`);
    await moveInto(target, unpacked);
    return target;
  } catch (error) {
    throw new Error(
      `Apache ZooKeeper ${release.version} could not be fetched from ${release.mirror}: ${String(error)}`,
      { cause: error },
    );
  } finally {
    await rm(workshop, { recursive: true, force: true });
    reaper.releaseDirectory(workshop);
  }
}

/** The archive's file, with the right digest. */
async function download(release: Release, workshop: string): Promise<string> {
  const name = `${releaseName(release.version)}.tar.gz`;
  const url = `${release.mirror.replace(/\/+$/, '')}/zookeeper-${release.version}/${name}`;
  const wanted = release.sha512 ?? digestIn(await (await get(`${url}.sha512`)).text());
  const file = join(workshop, name);
  const body = (await get(url)).body;
  if (body === null) throw new Error(`${url} is empty`);
  // The same class under two names: the browser's types and Node's.
  const bytes = Readable.fromWeb(body as unknown as ReadableStream);
  await pipeline(bytes, atMost(maxBytes), createWriteStream(file));
  const got = await sha512Of(file);
  if (got !== wanted.toLowerCase()) {
    throw new Error(`SHA-512 of ${url} is ${got}, and should be ${wanted}`);
  }
  return file;
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).catch(
    (error: unknown) => {
      // "fetch failed" says nothing; what failed is its cause.
      const { cause } = error as { readonly cause?: unknown };
      throw new Error(`${url}: ${String(cause ?? error)}`, { cause: error });
    },
  );
  if (!response.ok) throw new Error(`${url}: HTTP ${String(response.status)}`);
  return response;
}

/** `0123…  name`, or as older releases have it `name: 0123 4567 …`, in several lines. */
function digestIn(text: string): string {
  const compact = text.slice(text.lastIndexOf(':') + 1).replace(/\s+/g, '');
  const [digest] = /^[0-9a-f]{128}/i.exec(compact) ?? [];
  if (digest === undefined) throw new Error('its .sha512 has no SHA-512');
  return digest;
}

async function sha512Of(file: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Lets bytes through, and fails over the limit. */
function atMost(limitBytes: number): Transform {
  let count = 0;
  return new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => {
      count += chunk.length;
      if (count > limitBytes) done(new Error(`more than ${String(limitBytes)} bytes`));
      else done(null, chunk);
    },
  });
}

/** The directory that the archive had in it. */
async function unpack(file: string, workshop: string): Promise<string> {
  await promisify(execFile)('tar', ['-xzf', file, '-C', workshop], {
    env: process.env,
  });
  return file.replace(/\.tar\.gz$/, '');
}

async function moveInto(target: string, unpacked: string): Promise<void> {
  await rename(unpacked, target).catch((error: unknown) => {
    // Somebody else was faster.
    if (!existsSync(target)) throw error;
  });
}
