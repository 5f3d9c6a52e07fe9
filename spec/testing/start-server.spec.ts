/** The embedded server on a TCP port, in real time. */

import { connect, type Socket } from 'node:net';
import { startServer } from '../../src/testing/start-server.js';
import { operations } from '../../src/wire/operations.js';
import { connectRequestCodec } from '../../src/wire/records.js';
import { encode } from '../../src/wire/writer.js';
import { framed } from '../support/raw-client.js';
import { waitFor } from '../../src/testing/real/wait-until.js';

interface Caller {
  readonly socket: Socket;
  received(): Buffer;
  isClosed(): boolean;
}

function call(hosts: string): Caller {
  const [host = '', port = ''] = hosts.split(':');
  const socket = connect(Number(port), host);
  let bytes = Buffer.alloc(0);
  let closed = false;
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  return { socket, received: () => bytes, isClosed: () => closed };
}

const hello = framed(
  encode((writer) => {
    const nothing = {
      protocolVersion: 0,
      lastZxidSeen: 0n,
      sessionId: 0n,
      password: new Uint8Array(16),
    };
    connectRequestCodec.write(writer, { ...nothing, timeoutMs: 200, readOnly: false });
  }),
);
const ping = framed(
  encode((writer) => {
    writer.int(-2);
    writer.int(operations.ping.opcode);
  }),
);

const waitUntil = async (what: string, holds: () => boolean): Promise<void> => {
  const probe = () => Promise.resolve(holds() ? true : undefined);
  await waitFor(what, { probe, timeoutMs: 5000, intervalMs: 5 });
};

describe('startServer', () => {
  it('answers over TCP, on a port of its own', async () => {
    await using running = await startServer({ tickMs: 100 });
    expect(running.hosts).toMatch(/^127\.0\.0\.1:\d+$/);
    const client = call(running.hosts);
    client.socket.write(Buffer.concat([hello, ping]));
    await waitUntil('the replies', () => client.received().length >= 4 + 37 + 4 + 16);
    expect(client.received().readInt32BE(0)).toBe(37);
    expect(client.received().readInt32BE(8)).toBe(200);
    expect(client.received().readInt32BE(45)).toBe(-2);
    expect(running.server.sessions()).toMatchObject([{ timeoutMs: 200, connected: true }]);
    client.socket.destroy();
    await waitUntil('the end of the connection', () => running.server.connectionCount() === 0);
  });

  it('ends sessions in real time', async () => {
    await using running = await startServer({ tickMs: 50 });
    const client = call(running.hosts);
    client.socket.write(hello);
    await waitUntil('the session', () => running.server.sessions().length === 1);
    await waitUntil('its end', () => running.server.sessions().length === 0);
    await waitUntil('the end of the connection', () => client.isClosed());
  });

  it('closes all connections and its port when it is stopped, once', async () => {
    const running = await startServer();
    const client = call(running.hosts);
    client.socket.write(hello);
    await waitUntil('the connection', () => running.server.connectionCount() === 1);
    await Promise.all([running.stop(), running.stop()]);
    await waitUntil('the end of the connection', () => client.isClosed());
    const late = call(running.hosts);
    await waitUntil('a refusal', () => late.isClosed());
    expect(late.received()).toHaveLength(0);
  });
});
