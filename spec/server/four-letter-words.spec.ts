/** Four-letter words in raw bytes; the formats are those of a real 3.8, compared by hand. */

import { type RawConnectOptions } from '../support/raw-client.js';
import { type Pipe } from '../../src/transport/transport.js';
import { bytes, startWorld, type World } from './world.js';

const decoder = new TextDecoder();

/** Sends bytes, in pieces, on a fresh connection; what was answered, and whether it was closed. */
function ask({ server }: World, ...pieces: readonly Uint8Array[]) {
  let closed = false;
  const pipe: Pipe = {
    wantWrite: () => undefined,
    close: () => {
      closed = true;
    },
  };
  const handlers = server.acceptor(pipe, { host: '10.0.0.9', port: 5 });
  for (const piece of pieces) handlers.onData(piece);
  return { answer: decoder.decode(handlers.onFlush()), closed };
}

const word = (world: World, text: string): string => ask(world, bytes(text)).answer;
const early: RawConnectOptions = { timeoutMs: 4000 };

describe('a four-letter word', () => {
  it.each([
    ['ruok', 'imok'],
    ['isro', 'rw'],
    ['gtmk', '306'],
    ['hash', ''],
    ['dirs', 'datadir_size: 0\nlogdir_size: 0\n'],
    ['crst', 'Connection stats reset.\n'],
    ['srst', 'Server stats reset.\n'],
    ['wchs', '0 connections watching 0 paths\nTotal watches:0\n'],
    ['wchc', '\n'],
    ['wchp', '\n'],
  ])('is answered, and then the connection is closed: %s', (text, answer) => {
    const world = startWorld();
    expect(ask(world, bytes(text))).toEqual({ answer, closed: true });
    expect([world.server.connectionCount(), world.server.sessions(), world.time.pending]).toEqual([
      0,
      [],
      0,
    ]);
  });

  it('is known however it is cut, and whatever follows it', () => {
    const world = startWorld();
    expect(ask(world, bytes('r'), bytes('uo'), bytes('k')).answer).toBe('imok');
    expect(ask(world, bytes('ruok\r\n')).answer).toBe('imok');
  });

  it('that does not exist is a frame that is too long', () => {
    expect(ask(startWorld(), bytes('xxxx'))).toEqual({ answer: '', closed: true });
  });

  it('sets the trace mask, once its eight bytes are there', () => {
    const world = startWorld();
    const mask = new Uint8Array([...bytes('stmk'), 0, 0, 0, 0, 0, 0, 1, 2]);
    expect(ask(world, mask.subarray(0, 6))).toEqual({ answer: '', closed: false });
    expect(ask(world, mask.subarray(0, 6), mask.subarray(6))).toEqual({
      answer: '258',
      closed: true,
    });
    expect(word(world, 'gtmk')).toBe('258');
  });

  it('is refused if it is not on the whitelist', () => {
    const world = startWorld({ words: ['srvr'] });
    expect(word(world, 'ruok')).toBe('ruok is not executed because it is not in the whitelist.\n');
    expect(word(world, 'srvr')).toContain('Mode: standalone');
  });

  it('after the handshake is none', () => {
    const client = startWorld().connect();
    client.sendBytes(bytes('ruok'));
    expect([client.closed, client.replyCount]).toEqual([true, 0]);
  });
});

describe('a handshake', () => {
  it('goes on as usual when its first bytes come one by one', () => {
    const client = startWorld().connect({ silent: true });
    const hello = new Uint8Array(49);
    hello.set([0, 0, 0, 45]);
    hello.set([0, 0, 0, 16], 28);
    for (const byte of hello) client.sendBytes(Uint8Array.of(byte));
    expect(client.sessionId).not.toBe(0n);
  });
});

describe('the figures', () => {
  it('of srvr and stat are counted as a real server counts', () => {
    const world = startWorld();
    const client = world.connect();
    client.create('/a');
    client.exists('/a', true);
    client.create('/b');
    expect(word(world, 'srvr')).toBe(
      'Zookeeper version: 3.9.3-rxzk, built on 1970-01-01 00:00 UTC\n' +
        'Latency min/avg/max: 0/0.0/0\nReceived: 5\nSent: 4\nConnections: 2\nOutstanding: 0\n' +
        'Zxid: 0x3\nMode: standalone\nNode count: 7\n',
    );
    expect(word(world, 'stat')).toContain(
      'Clients:\n /10.0.0.1:40000[1](queued=0,recved=4,sent=4)\n' +
        ' /10.0.0.9:5[0](queued=0,recved=1,sent=0)\n\nLatency',
    );
  });

  it('of mntr are names and values by tabs', () => {
    const world = startWorld();
    const client = world.connect();
    client.create('/e', { flags: 1 });
    client.getChildren('/', true);
    client.send('auth', { type: 0, scheme: 'no', credential: null }, -4);
    const figures = new Map(
      word(world, 'mntr')
        .trimEnd()
        .split('\n')
        .map((line): [string, string] => {
          const [name = '', value = ''] = line.split('\t');
          return [name, value];
        }),
    );
    expect([...figures.keys()].every((name) => name.startsWith('zk_'))).toBe(true);
    expect(Object.fromEntries(figures)).toMatchObject({
      zk_server_state: 'standalone',
      zk_znode_count: '6',
      zk_ephemerals_count: '1',
      zk_watch_count: '0',
      zk_global_sessions: '1',
      zk_packets_received: '5',
      zk_packets_sent: '4',
      zk_auth_failed_count: '1',
      zk_approximate_data_size: '47',
    });
  });

  it('are forgotten by srst and crst', () => {
    const world = startWorld();
    const client = world.connect();
    client.create('/a');
    word(world, 'srst');
    word(world, 'crst');
    expect(word(world, 'srvr')).toContain('Received: 2\nSent: 2\n');
    expect(word(world, 'cons')).toContain(
      `(queued=0,recved=0,sent=0,sid=0x${client.sessionId.toString(16)},lop=NA,est=0,to=10000,` +
        'lzxid=0xffffffffffffffff,lresp=0,llat=0,minlat=0,avglat=0,maxlat=0)\n',
    );
  });

  it('of conf are the bounds of sessions', () => {
    expect(word(startWorld({ tickMs: 100, maxClientCnxns: 7 }), 'conf')).toMatch(
      /tickTime=100\nmaxClientCnxns=7\nminSessionTimeout=200\nmaxSessionTimeout=2000\n/,
    );
  });

  it('of envi name the version', () => {
    expect(word(startWorld({ version: '3.8.0' }), 'envi')).toMatch(
      /^Environment:\nzookeeper\.version=3\.8\.0-/,
    );
  });
});

describe('the lists', () => {
  it('of cons tell the last request', () => {
    const world = startWorld();
    const client = world.connect();
    world.time.advanceTo(500);
    client.call('getData', { path: '/', watch: false }, 10);
    expect(word(world, 'cons')).toBe(
      ` /10.0.0.1:40000[1](queued=0,recved=2,sent=2,sid=0x${client.sessionId.toString(16)},` +
        'lop=GETD,est=0,to=10000,lcxid=0xa,lzxid=0x1,lresp=500,llat=0,minlat=0,avglat=0,maxlat=0)\n' +
        ' /10.0.0.9:5[0](queued=0,recved=1,sent=0)\n\n',
    );
  });

  it('of watches go by session and by path, without those on children', () => {
    const world = startWorld();
    const [a, b] = [world.connect(), world.connect()];
    a.exists('/x', true);
    a.addWatch('/', 1);
    a.getChildren('/zookeeper', true);
    b.exists('/x', true);
    const [idA, idB] = [a, b].map(({ sessionId }) => `0x${sessionId.toString(16)}`);
    expect(word(world, 'wchs')).toBe('2 connections watching 2 paths\nTotal watches:3\n');
    expect(word(world, 'wchc')).toBe(`${String(idA)}\n\t/x\n\t/\n${String(idB)}\n\t/x\n\n`);
    expect(word(world, 'wchp')).toBe(
      `/x\n\t${String(idA)}\n\t${String(idB)}\n/\n\t${String(idA)}\n\n`,
    );
  });

  it('of dump go by the time at which they end', () => {
    const world = startWorld();
    const [a, b] = [world.connect(), world.connect(early)];
    a.create('/e', { flags: 1 });
    const [idA, idB] = [a, b].map(({ sessionId }) => `0x${sessionId.toString(16)}`);
    expect(word(world, 'dump')).toBe(
      [
        'SessionTracker dump:',
        'Session Sets (2)/(2):',
        '1 expire at Thu Jan 01 00:00:06 UTC 1970:',
        `\t${String(idB)}`,
        '1 expire at Thu Jan 01 00:00:12 UTC 1970:',
        `\t${String(idA)}`,
        'ephemeral nodes dump:',
        'Sessions with Ephemerals (1):',
        `${String(idA)}:`,
        '\t/e',
        'Connections dump:',
        'Connections Sets (2)/(3):',
        '1 expire at Thu Jan 01 00:00:10 UTC 1970:',
        `\tip: /10.0.0.1:40000 sessionId: ${String(idB)}`,
        '2 expire at Thu Jan 01 00:00:20 UTC 1970:',
        `\tip: /10.0.0.1:40000 sessionId: ${String(idA)}`,
        '\tip: /10.0.0.9:5 sessionId: 0x0',
        '',
      ].join('\n'),
    );
  });
});
