/**
 * Captures `frames-3.8.json` from a real server. Run it with `npx ts-node spec/golden/capture.ts`.
 *
 * It starts a server of its own, or takes one by `--hosts host:port` (an empty one, with extended types enabled).
 */

import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

import { serverStatus } from '../../src/testing/real/four-letter-word.js';
import { type ManagedServer, startZooKeeper } from '../../src/testing/index.js';
import { type GoldenFile, goldenPath } from './golden-file.js';
import { Recorder } from './recorder.js';
import { recordMulti } from './scenario-multi.js';
import { recordSession } from './scenario-session.js';
import { recordTree } from './scenario-tree.js';
import { recordWatches } from './scenario-watches.js';

const systemProperties = { 'zookeeper.extendedTypesEnabled': true };
const how =
  'spec/golden/capture.ts sends frames written by src/wire over a raw socket to a standalone server ' +
  'and keeps what comes back; payloads in hex, without the four length bytes';

async function capture(hosts: string, version: string): Promise<GoldenFile> {
  const colon = hosts.lastIndexOf(':');
  const recorder = new Recorder({
    host: hosts.slice(0, colon),
    port: Number(hosts.slice(colon + 1)),
  });
  const startedMs = Date.now();
  for (const record of [recordTree, recordWatches, recordMulti, recordSession]) {
    await record(recorder);
  }
  return {
    provenance: {
      server: `Apache ZooKeeper ${version}`,
      how,
      systemProperties,
      startedMs,
      endedMs: Date.now(),
    },
    exchanges: recorder.exchanges,
  };
}

async function withServer(): Promise<GoldenFile> {
  const server: ManagedServer = await startZooKeeper({ tickMs: 1000, systemProperties });
  try {
    return await capture(server.hosts, server.version);
  } finally {
    await server.close();
  }
}

async function main(): Promise<void> {
  const flag = process.argv.indexOf('--hosts');
  const hosts = flag === -1 ? undefined : process.argv[flag + 1];
  const status = await serverStatus(Number(hosts?.split(':').pop() ?? 0));
  const file =
    hosts === undefined ? await withServer() : await capture(hosts, status?.version ?? 'unknown');
  const style = { ...(await resolveConfig(goldenPath)), parser: 'json' };
  writeFileSync(goldenPath, await format(JSON.stringify(file), style));
  console.log(`${String(file.exchanges.length)} exchanges with ${file.provenance.server}`);
}

void main();
