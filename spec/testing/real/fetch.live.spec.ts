/** A release that is fetched is started. The release is the one that is here, packed as Apache packs it. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { findZooKeeper } from '../../../src/testing/real/installation.js';
import { startZooKeeper } from '../../../src/testing/real/start.js';
import { describeLive } from '../../support/live.js';

describeLive('a release that is nowhere', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rxzk-fetch-'));
  const version = '3.99.7';
  const name = `apache-zookeeper-${version}-bin`;
  const archive = join(directory, `${name}.tar.gz`);
  const http = createServer(({ url = '' }, response) => {
    const digest = createHash('sha512').update(readFileSync(archive)).digest('hex');
    response.end(url.endsWith('.sha512') ? `${digest}  ${name}.tar.gz` : readFileSync(archive));
  });

  beforeAll(async () => {
    const found = findZooKeeper();
    if ('missing' in found) throw new Error(found.missing);
    const lib = join(directory, name, 'lib');
    mkdirSync(lib, { recursive: true });
    for (const jar of found.classpath.split(delimiter)) {
      const server = /\/zookeeper-\d[^/]*\.jar$/.test(jar);
      copyFileSync(jar, join(lib, server ? `zookeeper-${version}.jar` : basename(jar)));
    }
    execFileSync('tar', ['-czf', archive, name], { cwd: directory });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    rmSync(directory, { recursive: true });
  });

  it('is fetched, kept, and started', async () => {
    const { port } = http.address() as AddressInfo;
    const cacheDirectory = join(directory, 'cache');
    const options = { version, cacheDirectory, mirror: `http://127.0.0.1:${String(port)}` };
    await expect(startZooKeeper(options)).rejects.toThrow(
      new RegExp(`no Apache ZooKeeper ${version}.*\n  looked at`),
    );
    await using fetched = await startZooKeeper({ ...options, fetch: true });
    expect((await fetched.status())?.mode).toBe('standalone');
    expect(existsSync(join(cacheDirectory, name))).toBe(true);
    await using cached = await startZooKeeper({ version, cacheDirectory });
    expect(await cached.status()).toBeDefined();
  }, 120_000);
});
