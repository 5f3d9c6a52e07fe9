/** The embedded server over TCP in a hostile crowd: one who behaves is served in time, and afterwards nobody else is left. */

import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { zookeeper, type ZooKeeper } from '../../src/index.js';
import { type RunningServer } from '../../src/testing/running-server.js';
import { startServer } from '../../src/testing/start-server.js';
import * as hostile from '../support/hostile-bytes.js';
import { waitFor } from '../../src/testing/real/wait-until.js';

const patienceMs = 5_000;

/** A server and one who behaves: with a watch, an ephemeral, and an operation now and then that must not take long. */
class Place {
  private readonly zk: ZooKeeper;
  private readonly memoryBefore = process.memoryUsage().arrayBuffers;
  private changes = 0;

  private constructor(readonly running: RunningServer) {
    this.zk = zookeeper(running.hosts, { sessionTimeoutMs: 8_000, idleGraceMs: Infinity });
  }

  static async open(maxClientCnxns = 0): Promise<Place> {
    // Sessions of the crowd end within seconds.
    const options = { tickMs: 400, handshakeTimeoutMs: 2_000, maxClientCnxns };
    const place = new Place(await startServer(options));
    await place.zk.create('/mine', null, { mode: 'ephemeral' });
    place.zk.data$('/mine').subscribe(() => {
      place.changes += 1;
    });
    return place;
  }

  dial(): Socket {
    const socket = connect(Number(this.running.hosts.split(':')[1]), '127.0.0.1');
    socket.on('error', () => undefined);
    return socket;
  }

  async expectService(): Promise<void> {
    const { changes } = this;
    const from = performance.now();
    await this.zk.set('/mine', String(changes));
    await this.until('the event', () => this.changes > changes);
    expect(performance.now() - from).toBeLessThan(patienceMs);
    expect(process.memoryUsage().arrayBuffers - this.memoryBefore).toBeLessThan(256 * 2 ** 20);
  }

  /** When the crowd has gone only the session, the connection and the watch of the one who behaves are left. */
  async close(): Promise<void> {
    const { server } = this.running;
    await this.until('the end of all connections', () => server.connectionCount() === 1);
    await this.until('the end of all sessions', () => server.sessions().length === 1);
    expect([server.watchCount(), server.ephemerals()]).toEqual([1, ['/mine']]);
    await this.zk.close();
    await this.until('the last connection', () => server.connectionCount() === 0);
    expect([server.watchCount(), server.sessions()]).toEqual([0, []]);
    await this.running.stop();
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const probe = () => Promise.resolve(holds() ? true : undefined);
    await waitFor(what, { probe, timeoutMs: 18_000, intervalMs: 5 });
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const crowdMs = 60_000;

describe('a server in a hostile crowd', () => {
  it(
    'serves while others send bytes of every kind, in pieces, and hang up or break off',
    async () => {
      const place = await Place.open();
      const cases = fc.sample(fc.tuple(hostile.requests, hostile.pieceSize, fc.nat(2)), 300);
      for (const [i, [frames, size, end]] of cases.entries()) {
        const socket = place.dial();
        socket.resume();
        const all = i % 5 === 0 ? frames : [hostile.greeting({ timeoutMs: 1 }), ...frames];
        for (const piece of hostile.pieces(all, size)) socket.write(piece);
        if (end === 0) socket.end();
        else if (end === 1) socket.on('connect', () => socket.resetAndDestroy());
        else socket.on('connect', () => setImmediate(() => socket.destroy()));
        if (i % 20 === 0) await place.expectService();
      }
      await place.expectService();
      await place.close();
    },
    crowdMs,
  );

  it(
    'serves while thousands connect and go',
    async () => {
      const place = await Place.open();
      for (let wave = 0; wave < 20; wave++) {
        const sockets = Array.from({ length: 100 }, () => place.dial());
        for (const [i, socket] of sockets.entries()) {
          if (i % 2 === 0) socket.write(hostile.greeting({ timeoutMs: 1 }).subarray(0, i));
          socket.on('connect', () => (i % 3 === 0 ? socket.resetAndDestroy() : socket.end()));
          socket.resume();
        }
        await place.expectService();
      }
      await place.close();
    },
    crowdMs,
  );

  it(
    'serves while the limit of connections is filled with those who say little or nothing',
    async () => {
      const place = await Place.open(60);
      const { server } = place.running;
      const sockets = Array.from({ length: 80 }, () => place.dial());
      const hello = hostile.greeting();
      await place.until('the limit', () => server.connectionCount() === 60);
      for (let i = 0; i < 40; i++) {
        for (const socket of sockets) if (socket.writable) socket.write(hello.subarray(i, i + 1));
        await pause();
      }
      await place.expectService();
      // A handshake that is never finished is ended by the server.
      await place.until('their end', () => server.connectionCount() === 1);
      for (const socket of sockets) socket.destroy();
      await place.close();
    },
    crowdMs,
  );

  it(
    'serves while some ask for much and read nothing',
    async () => {
      const place = await Place.open();
      const ask = fc.sample(hostile.request, 200);
      const sockets = Array.from({ length: 20 }, () => place.dial());
      for (const socket of sockets) {
        socket.pause();
        socket.write(hostile.greeting());
        for (let i = 0; i < 20; i++) socket.write(Buffer.concat(ask));
      }
      await place.expectService();
      for (const socket of sockets) socket.destroy();
      await place.close();
    },
    crowdMs,
  );
});
