/** The contract of servers that are none: nobody listens, garbage comes, or nothing ever does; and a good one is found. */

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ConnectionLossError, TimeoutError, type ZooKeeper } from '../../../src/index.js';
import { freePorts } from '../../../src/testing/real/free-ports.js';
import { expectFailure, record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

/** Says something to each connection; `undefined` stays silent. */
type Speech = ((socket: Socket) => void) | undefined;

const handshake = (timeoutMs: number): Buffer => {
  const frame = Buffer.alloc(41);
  frame.writeInt32BE(37, 0);
  frame.writeInt32BE(timeoutMs, 8);
  frame.writeBigInt64BE(77n, 12);
  frame.writeInt32BE(16, 20);
  return frame;
};

const kinds: readonly (readonly [string, Speech])[] = [
  ['a web server', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['one that never answers', undefined],
  ['one that hangs up', (socket) => socket.end()],
  ['one that sends random bytes', (socket) => socket.write(Buffer.alloc(4096, 0xd7))],
  ['one that sends a frame too short', (socket) => socket.write(Buffer.from([0, 0, 0, 2, 1, 2]))],
  ['one that refuses every session', (socket) => socket.write(handshake(0))],
];

function reply(xid: number): Buffer {
  const frame = Buffer.alloc(20);
  frame.writeInt32BE(16, 0);
  frame.writeInt32BE(xid, 4);
  return frame;
}

export function describeBadServers(target: ContractTarget): void {
  describe('a server that is none', () => {
    const impostors = useImpostors();

    it.each(kinds)('is left for a good one: %s', async (_, speech) => {
      const bad = await impostors.start(speech);
      const hosts = `${bad.hosts},${target.hosts}`;
      const zk = target.clientAt(await target.newChroot(), { shuffleHosts: false }, hosts);
      expect(await zk.create('/a')).toBe('/a');
      expect(bad.connections()).toBeGreaterThan(0);
    });

    it.each(kinds)('lets requests time out where there is no other: %s', async (_, speech) => {
      const bad = await impostors.start(speech);
      const zk = target.clientAt('', { connectTimeoutMs: 100 }, bad.hosts);
      await timesOut(zk);
      await until('another attempt', () => bad.connections() > 1);
      const from = performance.now();
      await zk.close();
      expect(performance.now() - from).toBeLessThan(4000);
      expect(zk.state.status).toBe('closed');
    });

    it('is found out when it answers what nobody asked', async () => {
      let sessions = 0;
      const bad = await impostors.start((socket) => {
        if (sessions++ > 0) socket.end();
        else socket.write(Buffer.concat([handshake(4000), reply(99)]));
      });
      const hosts = `${bad.hosts},${target.hosts}`;
      const zk = target.clientAt(await target.newChroot(), { shuffleHosts: false }, hosts);
      const states = record(zk.state$);
      const written = zk.create('/a');
      const message = 'ConnectionLoss: create /a';
      const error = await expectFailure(written, ConnectionLossError, message);
      expect(error).toMatchObject({ outcome: 'unknown' });
      expect(await zk.exists('/a')).toBeNull();
      // Its session is unknown to the good one.
      expect(states.values).toMatchObject([
        { status: 'connecting' },
        { status: 'connected', sessionId: 77n },
        { status: 'suspended' },
        { status: 'lost' },
        { status: 'connected' },
      ]);
    });

    it('is left for a good one where nobody listens, or a name means nothing', async () => {
      const [port = 0] = await freePorts(1);
      const hosts = `127.0.0.1:${String(port)},no-such-host.invalid:2181,${target.hosts}`;
      const zk = target.clientAt(await target.newChroot(), { shuffleHosts: false }, hosts);
      expect(await zk.create('/a')).toBe('/a');
    });

    it('lets requests time out where nobody listens', async () => {
      const [port = 0] = await freePorts(1);
      const zk = target.clientAt('', {}, `127.0.0.1:${String(port)}`);
      const states = record(zk.state$);
      await timesOut(zk);
      expect(states.values).toEqual([{ status: 'connecting' }]);
    });
  });
}

async function timesOut(zk: ZooKeeper): Promise<void> {
  const request = zk.create('/a', null, { timeoutMs: 300 });
  const error = await expectFailure(request, TimeoutError, 'Timeout after 300 ms: create /a');
  expect(error).toMatchObject({ timeoutMs: 300 });
}

interface Impostor {
  readonly hosts: string;
  /** How many connections there have been. */
  connections(): number;
}

/** TCP servers that are no ZooKeeper, gone after the test. */
function useImpostors(): { start(speech: Speech): Promise<Impostor> } {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });
  return {
    async start(speech) {
      const sockets: Socket[] = [];
      const server = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        socket.resume();
        speech?.(socket);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      stops.push(async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      });
      // A TCP server that listens has an address and a port.
      const { port } = server.address() as AddressInfo;
      return { hosts: `127.0.0.1:${String(port)}`, connections: () => sockets.length };
    },
  };
}
