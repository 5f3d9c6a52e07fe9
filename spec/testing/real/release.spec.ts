/** Fetching a release, from a server of our own with a release of our own: what is right is kept, what is wrong is not. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchRelease } from '../../../src/testing/real/release.js';
import { findZooKeeper } from '../../../src/testing/real/installation.js';
import { requireInstallation } from '../../../src/testing/real/require-installation.js';

const version = '3.99.1';
const name = `apache-zookeeper-${version}-bin`;
const archivePath = `/zookeeper-${version}/${name}.tar.gz`;

let directory: string;
let http: Server;
let mirror: string;
/** What is served, and what was asked for. */
let files: Map<string, Buffer>;
let requests: string[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rxzk-release-'));
  const archive = packRelease(`${name}/lib/zookeeper-${version}.jar`);
  const digest = createHash('sha512').update(archive).digest('hex');
  files = new Map([
    [archivePath, archive],
    [`${archivePath}.sha512`, Buffer.from(`${digest}  ${name}.tar.gz\n`)],
  ]);
  requests = [];
  http = createServer(({ url = '' }, response) => {
    requests.push(url);
    const file = files.get(url);
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  mirror = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
});

afterEach(async () => {
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
  rmSync(directory, { recursive: true });
});

function packRelease(file: string): Buffer {
  const source = mkdtempSync(join(directory, 'source-'));
  mkdirSync(join(source, file, '..'), { recursive: true });
  writeFileSync(join(source, file), 'not really a jar');
  const parameters = ['-czf', 'release.tar.gz', file.split('/')[0] ?? ''];
  execFileSync('tar', parameters, { cwd: source });
  return readFileSync(join(source, 'release.tar.gz'));
}

const release = () => ({ version, mirror, directory: join(directory, 'cache') });
const cached = () => readdirSync(release().directory);

/** An environment with a java, and nothing else. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const home = join(directory, 'java');
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'bin', 'java'), '');
  return { JAVA_HOME: home, RXZK_CACHE: release().directory, ZOOKEEPER_VERSION: version, ...more };
}

describe('fetchRelease', () => {
  it('fetches, checks and unpacks a release, once', async () => {
    const target = await fetchRelease(release());
    expect(readdirSync(join(target, 'lib'))).toEqual([`zookeeper-${version}.jar`]);
    expect(requests).toEqual([`${archivePath}.sha512`, archivePath]);
    await fetchRelease({ ...release(), mirror: `${mirror}//` });
    expect(requests).toHaveLength(2);
    expect(cached()).toEqual([name]);
  });

  it('is asked by many at once, here and in other processes, and there is one release in the end', async () => {
    const twin = mkdtempSync(join(directory, 'twin-'));
    const [first, second] = [fetchRelease(release()), fetchRelease(release())];
    expect(await first).toBe(await second);
    expect(requests).toHaveLength(2);
    // Another process is faster: its release is in place when ours is unpacked.
    const other = { ...release(), directory: twin };
    http.removeAllListeners('request');
    http.on('request', ({ url = '' }, response) => {
      mkdirSync(join(twin, name, 'lib'), { recursive: true });
      writeFileSync(join(twin, name, 'lib', 'theirs.jar'), '');
      response.end(files.get(url));
    });
    expect(readdirSync(join(await fetchRelease(other), 'lib'))).toEqual(['theirs.jar']);
    expect(readdirSync(twin)).toEqual([name]);
  });

  it('reads a digest in the form of older releases', async () => {
    const digest = String(files.get(`${archivePath}.sha512`))
      .slice(0, 128)
      .toUpperCase();
    const blocks = digest.replace(/(.{8})/g, '$1 ').replace(/(.{36})/, '$1\n   ');
    files.set(`${archivePath}.sha512`, Buffer.from(`${name}.tar.gz: ${blocks}\n`));
    await fetchRelease(release());
    expect(cached()).toEqual([name]);
  });

  it.each([
    [
      'a wrong digest',
      () => files.set(`${archivePath}.sha512`, Buffer.alloc(128, 'a')),
      /SHA-512 of/,
    ],
    ['no digest', () => files.set(`${archivePath}.sha512`, Buffer.from('gone')), /no SHA-512/],
    ['nothing there', () => files.delete(archivePath), /HTTP 404/],
    ['a digest that is missing', () => files.delete(`${archivePath}.sha512`), /HTTP 404/],
    ['another content', () => serve(packRelease(`${name}/readme.txt`)), /there is no .*jar/],
    ['no archive', () => serve(Buffer.from('hello')), /tar/],
  ])('keeps nothing of %s', async (_name, spoil, message) => {
    spoil();
    await expect(fetchRelease(release())).rejects.toThrow(message);
    await expect(fetchRelease(release())).rejects.toThrow(`${version} could not be fetched from`);
    expect(cached()).toEqual([]);
  });

  it('says what is wrong with a server that is not there', async () => {
    await expect(fetchRelease({ ...release(), mirror: 'http://127.0.0.1:1' })).rejects.toThrow(
      /ECONNREFUSED|bad port/,
    );
  });

  it('prefers the digest that it is given', async () => {
    const wrong = fetchRelease({ ...release(), sha512: 'a'.repeat(128) });
    await expect(wrong).rejects.toThrow(/SHA-512 of .* should be aaaa/);
    expect(requests).toEqual([archivePath]);
  });

  it('refuses what is no version, and releases that are packed in another way', async () => {
    expect(() => findZooKeeper({ version: '../3.9.3' })).toThrow(/InvalidOption version/);
    expect(() => fetchRelease({ ...release(), version: '3.4.14' })).toThrow(/before 3.5.5/);
    await expect(requireInstallation({ version: 'newest' })).rejects.toThrow(/InvalidOption/);
  });
});

describe('an installation', () => {
  it('is fetched only if that is asked for', async () => {
    const env = environment({ RXZK_MIRROR: mirror });
    await expect(requireInstallation({}, env)).rejects.toThrow(/set RXZK_FETCH=1/);
    await expect(
      requireInstallation({ fetch: false }, { ...env, RXZK_FETCH: '1' }),
    ).rejects.toThrow(/looked at Debian/);
    expect(requests).toEqual([]);
    const found = await requireInstallation({}, { ...env, RXZK_FETCH: '1' });
    expect(found.version).toBe(version);
    expect(found.classpath).toContain(join(release().directory, name, 'lib'));
    expect(findZooKeeper({}, env)).toEqual(found);
  });

  it('that cannot be fetched is told of with all that was tried', async () => {
    files.clear();
    const env = environment({ RXZK_FETCH: '1' });
    const failure = await requireInstallation({ mirror }, env).catch(String);
    expect(failure).toMatch(/there is no Apache ZooKeeper 3\.99\.1 \(set ZOOKEEPER_HOME/);
    expect(failure).toContain(`could not be fetched from ${mirror}`);
    expect(failure).toContain("looked at Debian's /usr/share/java");
  });

  it('is the newest in the cache, or the one that is asked for', () => {
    const env = environment({ ZOOKEEPER_VERSION: '' });
    for (const cachedVersion of ['3.9.3', '3.99.0', '3.10.0']) place(cachedVersion);
    const home = join(directory, 'cache', 'apache-zookeeper-3.10.0-bin');
    const found = (options: object) => {
      const answer = findZooKeeper(options, { ...env, ZOOKEEPER_HOME: home });
      return 'missing' in answer ? answer.missing : answer.version;
    };
    expect(found({})).toBe('3.10.0');
    expect(found({ version: '3.9.3' })).toBe('3.9.3');
    expect(found({ home: join(directory, 'cache', 'apache-zookeeper-3.99.0-bin') })).toBe('3.99.0');
    expect(found({ version: '3.1.4' })).toMatch(/^no Apache ZooKeeper 3\.1\.4 /);
    expect(found({ home: '/nowhere' })).toMatch(/^no Apache ZooKeeper /);
  });

  it('needs a java', async () => {
    const env = { PATH: '/nowhere', RXZK_FETCH: '1', RXZK_MIRROR: mirror };
    await expect(requireInstallation({}, env)).rejects.toThrow(/there is no java \(set JAVA_HOME/);
    expect(requests).toEqual([]);
  });
});

function serve(archive: Buffer): void {
  files.set(archivePath, archive);
  const digest = createHash('sha512').update(archive).digest('hex');
  files.set(`${archivePath}.sha512`, Buffer.from(digest));
}

function place(cachedVersion: string): void {
  const lib = join(release().directory, `apache-zookeeper-${cachedVersion}-bin`, 'lib');
  if (!existsSync(lib)) mkdirSync(lib, { recursive: true });
  writeFileSync(join(lib, `zookeeper-${cachedVersion}.jar`), '');
  writeFileSync(join(lib, `zookeeper-jute-${cachedVersion}.jar`), '');
}
