/** The relay: bytes pass unchanged, ends are handed on, and what is held comes later. */

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { Relay } from '../../../src/testing/real/relay.js';
import { waitFor } from '../../../src/testing/real/wait-until.js';

let server: Server;
let relay: Relay;
let accepted: Socket[];
let open: Socket[];

beforeEach(async () => {
  accepted = [];
  open = [];
  server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    accepted.push(socket);
    open.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  relay = await Relay.start(`127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});

afterEach(async () => {
  await relay.close();
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function client(): Socket {
  const [host, port] = relay.hosts.split(':');
  const socket = connect({ host: host ?? '', port: Number(port), allowHalfOpen: true });
  open.push(socket);
  return socket.on('error', () => undefined);
}

async function peer(): Promise<Socket> {
  return waitFor('a connection', {
    probe: () => Promise.resolve(accepted.pop()),
    timeoutMs: 20_000,
    intervalMs: 1,
  });
}

/** All that comes until the end. */
async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

describe('Relay', () => {
  it('answers who has closed its own side already, with megabytes if it has to', async () => {
    const socket = client().end('question');
    const there = await peer();
    expect(String(await readAll(there))).toBe('question');
    const answer = Buffer.alloc(8_000_000, 'abcdefg');
    there.end(answer);
    expect((await readAll(socket)).equals(answer)).toBe(true);
  });

  it('does not read more from one side than the other takes', async () => {
    const socket = client().pause();
    const there = await peer();
    const chunk = Buffer.alloc(1_000_000);
    for (let i = 0; i < 64; i++) there.write(chunk);
    // What the kernel and the streams buffer is a few megabytes.
    await once(socket, 'readable');
    expect(there.writableLength).toBeGreaterThan(20_000_000);
    there.end();
    expect((await readAll(socket)).length).toBe(64_000_000);
  });

  it('cuts what is there and takes what comes', async () => {
    const socket = client();
    const there = await peer();
    const ended = [once(socket.resume(), 'end'), once(there.resume(), 'end')];
    relay.cut();
    await Promise.all(ended);
    client();
    await peer();
  });

  it('refuses until it is restored', async () => {
    relay.refuse();
    await once(client().resume(), 'end');
    expect(accepted).toHaveLength(0);
    relay.restore();
    client();
    await peer();
  });

  it('holds both directions, and lets go of everything in order', async () => {
    relay.freeze();
    const socket = client();
    const there = await peer();
    const [heard, answered] = [readAll(there), readAll(socket)];
    for (const letter of 'abc') socket.write(letter);
    there.end('xyz');
    socket.end('d');
    let early = 0;
    there.on('data', () => early++);
    // A connection made later and not held would have been through by now.
    relay.restore();
    relay.holdReplies();
    expect(early).toBe(0);
    expect(String(await heard)).toBe('abcd');
    relay.restore();
    expect(String(await answered)).toBe('xyz');
  });

  it('ends a connection whose server is gone', async () => {
    await new Promise((resolve) => server.close(resolve));
    await once(client().resume(), 'end');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
});
