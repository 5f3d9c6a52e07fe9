/** `tree$` over thousands of znodes of a real server: right under a writer that is flat out, and thrifty after a cut connection. */

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text, type Tree, zookeeper, type ZooKeeper } from '../../../src/index.js';
import { type ManagedServer, startZooKeeper } from '../../../src/testing/index.js';
import { operationName } from '../../../src/wire/operations.js';
import { record, until } from '../../contract/support/recording.js';
import { describeLive } from '../../support/live.js';

const folders = 20;
const size = 250;
const lanes = 64;
const writes = 6000;
const timeoutMs = 120_000;

/** Forwards to a server, and counts what clients ask for. */
async function listeningTo(hosts: string) {
  const asked = new Map<string, number>();
  const sockets = new Set<Socket>();
  const [host = '', port = ''] = hosts.split(':');
  let away = false;
  const server = createServer((client) => {
    if (away) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(port), host);
    let rest = Buffer.alloc(0);
    let greeted = false;
    client.on('data', (chunk) => {
      upstream.write(chunk);
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        // Length, xid, operation; the first frame is the greeting.
        const name = greeted ? operationName(rest.readInt32BE(8)) : undefined;
        if (name !== undefined) asked.set(name, (asked.get(name) ?? 0) + 1);
        greeted = true;
        rest = rest.subarray(4 + rest.readInt32BE(0));
      }
    });
    upstream.on('data', (chunk) => client.write(chunk));
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    asked,
    /** Breaks all connections, and those to come until it is back. */
    setAway: (isAway: boolean) => {
      away = isAway;
      if (isAway) cut();
    },
    // A TCP server that listens has a port.
    hosts: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () => {
      cut();
      server.close();
    },
  };
}

async function fill(zk: ZooKeeper): Promise<void> {
  await zk.create('/tree', 'x');
  for (let folder = 0; folder < folders; folder++) {
    const names = Array.from({ length: size - 1 }, (_, i) => `/tree/f${folder}/n${i}`);
    await zk.create(`/tree/f${folder}`, 'x');
    await Promise.all(names.map((path) => zk.create(path, 'x')));
  }
}

/** Creates, changes and deletes at random, with many requests under way at any time. */
async function storm(zk: ZooKeeper): Promise<void> {
  let state = 7;
  let left = writes;
  const roll = (bound: number) => (state = (state * 48_271) % 2_147_483_647) % bound;
  const ignore = () => undefined;
  const lane = async () => {
    while (left-- > 0) {
      const path = `/tree/f${roll(folders)}/n${roll(size * 2)}`;
      const kind = roll(4);
      if (kind === 0) await zk.delete(path).then(ignore, ignore);
      else if (kind === 1) await zk.create(path, String(left)).then(ignore, ignore);
      else await zk.set(path, String(left)).then(ignore, ignore);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Every znode with its data and zxid, read one by one. */
async function walk(zk: ZooKeeper, path = '/tree', found = new Map<string, string>()) {
  const [{ data, stat }, names] = await Promise.all([zk.get(path), zk.children(path)]);
  found.set(path, `${new TextDecoder().decode(data ?? undefined)} ${stat.mzxid}`);
  await Promise.all(names.map((name) => walk(zk, `${path}/${name}`, found)));
  return found;
}

function contents(tree: Tree<string> | undefined): Map<string, string> {
  return new Map([...(tree ?? [])].map(({ path, data, stat }) => [path, `${data} ${stat.mzxid}`]));
}

describeLive('tree$ over thousands of znodes', () => {
  let server: ManagedServer | undefined;
  let ear: Awaited<ReturnType<typeof listeningTo>> | undefined;
  const clients: ZooKeeper[] = [];

  beforeAll(async () => {
    server = await startZooKeeper();
    ear = await listeningTo(server.hosts);
  }, timeoutMs);

  afterAll(async () => {
    await Promise.all(clients.map((zk) => zk.close()));
    ear?.close();
    await server?.close();
  }, timeoutMs);

  it(
    'is what a full walk finds, and reads again only what has changed while it was away',
    async () => {
      if (server === undefined || ear === undefined) throw new Error('nothing runs');
      const options = { sessionTimeoutMs: 20_000 };
      const [zk, writer] = [zookeeper(ear.hosts, options), zookeeper(server.hosts, options)];
      clients.push(zk, writer);
      await fill(writer);
      const { asked, setAway } = ear;
      const reading = record(zk.tree$('/tree', { codec: text() }));
      const [first] = await reading.count(1);
      expect(first?.tree.size).toBe(folders * size + 1);
      const isRight = async () => {
        const truth = await walk(writer);
        const told = contents(reading.last?.tree);
        return told.size === truth.size && [...truth].every(([path, it]) => told.get(path) === it);
      };
      const before = reading.values.length;
      await storm(writer);
      await until('the tree of a full walk', isRight);
      expect(reading.values.length).toBeGreaterThan(before + 10);

      setAway(true);
      asked.clear();
      const present = [...(await walk(writer)).keys()].filter((path) => path.includes('/f3/'));
      const changed = present.slice(0, 10);
      await Promise.all([
        ...changed.map((path) => writer.set(path, 'changed')),
        ...[5, 6].map((folder) => writer.create(`/tree/f${folder}/new`, 'new')),
        writer.delete(present.at(-1) ?? ''),
      ]);
      setAway(false);
      await until('the tree of a full walk', isRight);
      const reads = (...names: string[]) =>
        names.reduce((sum, name) => sum + (asked.get(name) ?? 0), 0);
      // The changed and the new ones, and the lists of the folders in which something came or went.
      expect(reads('getData')).toBe(changed.length + 2);
      expect(reads('getChildren', 'getChildren2')).toBe(3);
      expect(reads('exists', 'multiRead')).toBe(0);
    },
    timeoutMs,
  );
});
