/** The embedded server over TCP under clients that mean harm: each hurts only itself. */

import { connect, type Socket } from 'node:net';
import { type RunningServer } from '../../src/testing/running-server.js';
import { startServer } from '../../src/testing/start-server.js';
import { operations } from '../../src/wire/operations.js';
import { connectRequestCodec } from '../../src/wire/records.js';
import { encode, type JuteWriter } from '../../src/wire/writer.js';
import { fourLetterWord } from '../../src/testing/real/four-letter-word.js';
import { framed } from '../support/raw-client.js';
import { waitFor } from '../../src/testing/real/wait-until.js';

const dice = (seed: number) => {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
};

const hello = framed(
  encode((writer) => {
    const request = { protocolVersion: 0, lastZxidSeen: 0n, timeoutMs: 4000, sessionId: 0n };
    connectRequestCodec.write(writer, {
      ...request,
      password: new Uint8Array(16),
      readOnly: false,
    });
  }),
);

const request = (opcode: number, body: (writer: JuteWriter) => void): Uint8Array =>
  framed(
    encode((writer) => {
      writer.int(1);
      writer.int(opcode);
      body(writer);
    }),
  );

const portOf = ({ hosts }: RunningServer): number => Number(hosts.split(':')[1]);

function dial(running: RunningServer): { socket: Socket; isClosed: () => boolean } {
  const socket = connect(portOf(running), '127.0.0.1');
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  return { socket, isClosed: () => closed };
}

const until = (what: string, holds: () => boolean): Promise<boolean> =>
  waitFor(what, {
    probe: () => Promise.resolve(holds() ? true : undefined),
    timeoutMs: 10_000,
    intervalMs: 5,
  });

const serves = async (running: RunningServer): Promise<boolean> =>
  (await fourLetterWord('ruok', { port: portOf(running) })) === 'imok';

describe('a server on a port', () => {
  it('turns away the connections of a host that has too many, and counts them', async () => {
    await using running = await startServer({ maxClientCnxns: 2 });
    const two = [dial(running), dial(running)];
    await until('two connections', () => running.server.connectionCount() === 2);
    const third = dial(running);
    await until('the refusal', () => third.isClosed());
    two[0]?.socket.destroy();
    await until('the place', () => running.server.connectionCount() === 1);
    expect(await fourLetterWord('mntr', { port: portOf(running) })).toContain(
      'zk_connection_rejected\t1\n',
    );
    two[1]?.socket.destroy();
  });

  it('has a bound of 60 by default', async () => {
    await using running = await startServer();
    expect(await fourLetterWord('conf', { port: portOf(running) })).toContain(
      'maxClientCnxns=60\n',
    );
  });

  it('ends a handshake that never comes to its end', async () => {
    await using running = await startServer({ handshakeTimeoutMs: 200 });
    const slow = dial(running);
    slow.socket.write(hello.subarray(0, 10));
    await until('the end', () => slow.isClosed());
    expect(await serves(running)).toBe(true);
  });

  it('serves others while one asks and asks and never reads', async () => {
    await using running = await startServer();
    const greedy = dial(running);
    greedy.socket.write(hello);
    const before = process.memoryUsage().arrayBuffers;
    const big = new Uint8Array(500_000);
    greedy.socket.write(
      request(operations.create.opcode, (writer) => {
        writer.string('/big');
        writer.buffer(big);
        writer.vector([0], () => {
          writer.int(31);
          writer.string('world');
          writer.string('anyone');
        });
        writer.int(0);
      }),
    );
    greedy.socket.pause();
    const read = request(operations.getData.opcode, (writer) => {
      writer.string('/big');
      writer.bool(false);
    });
    for (let i = 0; i < 2000; i++) greedy.socket.write(read);
    await until('the first reads', () => (running.server.requestCounts().getData ?? 0) > 0);
    expect(await serves(running)).toBe(true);
    // A gigabyte was asked for in a few bytes; what waits to be sent is bounded.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(256 * 2 ** 20);
    greedy.socket.destroy();
  });

  it('holds back the replies of a slow reader, drops none of them, and not the reader', async () => {
    await using running = await startServer();
    const slow = dial(running);
    slow.socket.pause();
    slow.socket.write(hello);
    slow.socket.write(
      request(operations.create.opcode, (writer) => {
        writer.string('/big');
        writer.buffer(new Uint8Array(900_000));
        writer.vector([0], () => {
          writer.int(31);
          writer.string('world');
          writer.string('anyone');
        });
        writer.int(0);
      }),
    );
    const read = request(operations.getData.opcode, (writer) => {
      writer.string('/big');
      writer.bool(false);
    });
    // 180 MB, far over what may wait for one reader.
    for (let i = 0; i < 200; i++) slow.socket.write(read);
    const answered = () => running.server.requestCounts().getData ?? 0;
    await until('the first reads', () => answered() > 0);
    expect(await serves(running)).toBe(true);
    expect(answered()).toBeLessThan(100);
    let heard = 0;
    slow.socket.on('data', (chunk: Uint8Array) => (heard += chunk.length)).resume();
    await until('all replies', () => heard > 200 * 900_000);
    expect(slow.isClosed()).toBe(false);
    slow.socket.destroy();
  });

  it('goes on through garbage of every kind', async () => {
    await using running = await startServer({ maxClientCnxns: 0 });
    const random = dice(7);
    const junk = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
    const hostile = Array.from({ length: 200 }, (_, i) => {
      const one = dial(running);
      if (i % 2 === 0) one.socket.write(hello);
      one.socket.end(i % 3 === 0 ? framed(junk(40)) : junk(1 + i));
      one.socket.resume();
      return one;
    });
    await until('the end of all', () => hostile.every(({ isClosed }) => isClosed()));
    expect(await serves(running)).toBe(true);
    await until('no connection', () => running.server.connectionCount() === 0);
  });
});
