/** SRV records as connect strings: from an injected resolver on virtual time, and from a DNS server of this spec's own. */

import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { firstValueFrom, take, tap, toArray } from 'rxjs';
import { srvHosts$, type SrvHostsOptions, type SrvRecord } from '../../src/transport/srv-hosts.js';
import { VirtualTime } from '../support/virtual-time.js';

const record = (name: string, { port = 2181, priority = 0, weight = 0 } = {}): SrvRecord => ({
  name,
  port,
  priority,
  weight,
});

/** Lets the Promises of an answer come through. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function world(answers: (readonly SrvRecord[] | Error)[], options: SrvHostsOptions = {}) {
  const time = new VirtualTime();
  const seen: string[] = [];
  const asked: number[] = [];
  const subscription = srvHosts$('_zk._tcp.example', {
    everyMs: 30_000,
    scheduler: time,
    onReport: ({ message }) => seen.push(`! ${message}`),
    resolve: () => {
      asked.push(time.now());
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? []);
    },
    ...options,
  }).subscribe((hosts) => seen.push(hosts));
  const advance = async (ms: number): Promise<void> => {
    await settle();
    for (const end = time.now() + ms; time.now() < end;) {
      time.advanceBy(Math.min(500, end - time.now()));
      await settle();
    }
  };
  return { time, seen, asked, subscription, advance };
}

describe('srvHosts$', () => {
  it('emits the servers by priority, weight and name, and again only when they change', async () => {
    const [a, b] = [record('b.example'), record('a.example', { port: 2182 })];
    const c = record('c.example.', { priority: 2, weight: 9 });
    const d = record('d.example', { weight: 5 });
    const { seen, asked, advance } = world([[c, a, b, d], [d, b, a, c], [a]]);
    await advance(0);
    expect(seen).toEqual(['d.example:2181,a.example:2182,b.example:2181,c.example:2181']);
    await advance(30_000);
    expect(seen).toHaveLength(1);
    await advance(30_000);
    expect(seen[1]).toBe('b.example:2181');
    expect(asked).toEqual([0, 30_000, 60_000]);
  });

  it('keeps the last answer when a question fails, reports it, and asks again sooner', async () => {
    const failure = new Error('queryA ETIMEOUT');
    const { seen, asked, advance } = world([
      [record('a')],
      failure,
      failure,
      [record('.')],
      [record('b')],
    ]);
    await advance(40_000);
    expect(seen).toEqual([
      'a:2181',
      '! SRV _zk._tcp.example: queryA ETIMEOUT',
      '! SRV _zk._tcp.example: queryA ETIMEOUT',
      '! SRV _zk._tcp.example: the answer names no server',
      'b:2181',
    ]);
    expect(asked).toEqual([0, 30_000, 31_000, 33_000, 37_000]);
  });

  it('doubles its pauses after failures up to everyMs', async () => {
    const { asked, advance } = world([new Error('no')], { everyMs: 5000, retryMs: 1500 });
    await advance(15_000);
    expect(asked).toEqual([0, 1500, 4500, 9500, 14_500]);
  });

  it('asks no more when it is left, not even while a question is under way', async () => {
    const { time, asked, seen, subscription, advance } = world([[record('a')]]);
    subscription.unsubscribe();
    await advance(100_000);
    expect([asked, seen, time.pending]).toEqual([[0], [], 0]);
  });

  it('puts the chroot behind, and an IPv6 address in brackets', async () => {
    const { seen, advance } = world([[record('fd00::1')]], { chroot: '/app' });
    await advance(0);
    expect(seen).toEqual(['[fd00::1]:2181/app']);
  });

  it.each<[string, SrvHostsOptions]>([
    ['everyMs', { everyMs: 0 }],
    ['retryMs', { retryMs: 1.5 }],
  ])('refuses a wrong %s', (option, options) => {
    expect(() => srvHosts$('x', options)).toThrow(`srvHosts$: ${option} must be a whole number`);
  });
});

/** Answers every question with these SRV records (RFC 1035, RFC 2782). */
class DnsServer {
  records: readonly SrvRecord[] = [];
  private constructor(private readonly socket: Socket) {
    socket.on('message', (question, { port, address }) => {
      socket.send(this.answer(question), port, address);
    });
  }

  static async start(): Promise<DnsServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket);
  }

  get address(): string {
    return `127.0.0.1:${String(this.socket.address().port)}`;
  }

  close(): void {
    this.socket.close();
  }

  private answer(question: Buffer): Buffer {
    const nameEnd = question.indexOf(0, 12) + 1;
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(this.records.length, 6);
    header.writeUInt32BE(0, 8);
    const answers = this.records.map(({ name, port, priority, weight }) => {
      const labels = [...name.split('.').map((label) => Buffer.from(label)), Buffer.alloc(0)];
      const target = labels.flatMap((label) => [Buffer.of(label.length), label]);
      const data = Buffer.concat([Buffer.alloc(6), ...target]);
      [priority, weight, port].forEach((value, index) => data.writeUInt16BE(value, index * 2));
      const head = Buffer.from('c00c002100010000000a0000', 'hex');
      head.writeUInt16BE(data.length, 10);
      return Buffer.concat([head, data]);
    });
    return Buffer.concat([header, question.subarray(12, nameEnd + 4), ...answers]);
  }
}

describe('srvHosts$ with a DNS server', () => {
  it('follows what it says', async () => {
    const dns = await DnsServer.start();
    dns.records = [record('zk2.example', { port: 2182 }), record('zk1.example')];
    const resolver = new Resolver();
    resolver.setServers([dns.address]);
    const hosts$ = srvHosts$('_zookeeper._tcp.example', {
      everyMs: 10,
      resolve: (name) => resolver.resolveSrv(name),
    });
    const changed$ = hosts$.pipe(
      tap(() => {
        dns.records = [record('zk3.example')];
      }),
    );
    expect(await firstValueFrom(changed$.pipe(take(2), toArray()))).toEqual([
      'zk1.example:2181,zk2.example:2182',
      'zk3.example:2181',
    ]);
    dns.close();
  });
});
