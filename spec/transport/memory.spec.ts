/** The in-memory network without faults: the contract of pipes, step by step, on virtual time. */
import { asyncScheduler, VirtualTimeScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { memoryNetwork, type MemoryNetwork } from '../../src/transport/memory.js';
import { type Address } from '../../src/transport/transport.js';
import { Recorder, until } from './recorder.js';

const address: Address = { host: 'zk1', port: 2181 };

describe('memoryNetwork', () => {
  let scheduler: VirtualTimeScheduler;
  let network: MemoryNetwork;
  let server: Recorder;
  let remote: Address | undefined;

  beforeEach(() => {
    scheduler = new VirtualTimeScheduler();
    network = memoryNetwork({ scheduler, latencyMs: 10 });
    server = new Recorder(() => scheduler.now());
    remote = undefined;
  });

  function listen() {
    return network.listen(address, (pipe, from) => {
      server.pipe = pipe;
      remote = from;
      return server;
    });
  }

  function connect(): Recorder {
    const client = new Recorder(() => scheduler.now());
    client.pipe = network.transport.connect(address, client);
    return client;
  }

  it('connects in one latency there and one back, and not inside the call', () => {
    listen();
    const client = connect();
    expect([client.log, network.links()[0]?.state]).toEqual([[], 'connecting']);
    scheduler.flush();
    expect([client.log, network.links()[0]?.state]).toEqual([['20 open'], 'open']);
    expect(remote).toEqual({ host: '127.0.0.1', port: 1025 });
  });

  it('refuses where nobody listens', () => {
    const client = connect();
    scheduler.flush();
    expect(client.log).toEqual(['20 close:ECONNREFUSED']);
    expect(network.links()).toEqual([]);
  });

  it('delivers the bytes of one turn as one chunk, in order, after the latency', () => {
    listen();
    const client = connect();
    client.say('before ');
    client.say('open');
    scheduler.schedule(() => {
      client.say('a');
      client.say('b');
      expect(server.log).toEqual(['30 data:before open']);
      server.say('1');
    }, 100);
    scheduler.schedule(() => {
      client.say('c');
    }, 101);
    scheduler.flush();
    expect(server.log.slice(1)).toEqual(['110 data:ab', '111 data:c']);
    expect(client.log).toEqual(['20 open', '110 data:1']);
  });

  it('takes a step for each hop when the latency is 0', () => {
    network.latencyMs = 0;
    listen();
    const client = connect();
    const steps: string[] = [];
    client.onOpen = () => {
      client.say('x');
      steps.push('said', ...server.log);
      scheduler.schedule(() => steps.push('next step', ...server.log));
    };
    scheduler.flush();
    expect(steps).toEqual(['said', 'next step']);
    expect(server.log).toEqual(['0 data:x']);
  });

  it('spoils a chunk after the call, as a reused buffer would be', () => {
    listen();
    const client = connect();
    const sent = Buffer.from('abc');
    let kept: Uint8Array | undefined;
    server.onData = (chunk) => {
      kept = chunk;
    };
    client.say(sent);
    scheduler.flush();
    expect([sent.toString(), kept]).toEqual(['abc', Uint8Array.of(0xdb, 0xdb, 0xdb)]);
  });

  it('sends what is left when it closes, then ends the other side', () => {
    listen();
    const client = connect();
    scheduler.flush();
    client.say('bye');
    client.pipe?.close();
    client.pipe?.close();
    server.say('not heard');
    scheduler.flush();
    expect(client.log).toEqual(['20 open']);
    expect(server.log).toEqual(['30 data:bye', '30 close:']);
    expect(network.links()).toEqual([]);
  });

  it('ends the client when the server closes, and loses what the client says meanwhile', () => {
    listen();
    const client = connect();
    scheduler.flush();
    server.say('bye');
    server.pipe?.close();
    client.say('too late');
    scheduler.flush();
    expect(client.log).toEqual(['20 open', '30 data:bye', '30 close:']);
    expect(server.log).toEqual([]);
    expect(network.links()).toEqual([]);
  });

  it('forgets a connect that is closed before it arrives', () => {
    listen();
    connect().pipe?.close();
    expect(network.links()).toEqual([]);
    scheduler.flush();
    expect(remote).toBeUndefined();
  });

  it('ends the server when the client closes before it has heard of the acceptance', () => {
    listen();
    const client = connect();
    scheduler.schedule(() => client.pipe?.close(), 15);
    scheduler.flush();
    expect([client.log, server.log]).toEqual([[], ['25 close:']]);
    expect(network.links()).toEqual([]);
  });

  it('lets a listener die: its ends are told at once, the clients later, and no connect is taken', () => {
    const listener = listen();
    const client = connect();
    scheduler.flush();
    server.say('lost, it was not sent yet');
    listener.close();
    listener.close();
    const second = connect();
    scheduler.flush();
    expect(server.log).toEqual(['20 close:ECONNRESET']);
    expect(client.log).toEqual(['20 open', '30 close:ECONNRESET']);
    expect(second.log).toEqual(['40 close:ECONNREFUSED']);
    expect(network.links()).toEqual([]);
    listen();
    const third = connect();
    scheduler.flush();
    expect(third.log).toEqual(['60 open']);
  });

  it('throws if an address is listened on twice', () => {
    listen();
    expect(listen).toThrow('listen EADDRINUSE zk1:2181');
  });

  it('runs inside TestScheduler.run()', () => {
    const test = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    test.run(({ flush }) => {
      network = memoryNetwork({ scheduler: test, latencyMs: 5 });
      server = new Recorder(() => test.now());
      listen();
      const client = new Recorder(() => test.now());
      client.pipe = network.transport.connect(address, client);
      client.say('x');
      flush();
      expect([client.log, server.log]).toEqual([['10 open'], ['15 data:x']]);
    });
  });

  it('runs in real time, and holds no timer once it is idle', async () => {
    const schedule = jest.spyOn(asyncScheduler, 'schedule');
    network = memoryNetwork({ scheduler: asyncScheduler });
    listen();
    const client = new Recorder();
    client.pipe = network.transport.connect(address, client);
    client.say('x');
    await until(() => server.log.length === 1);
    client.say('y');
    client.pipe.close();
    await until(() => network.links().length === 0);
    expect([client.log, server.received]).toEqual([['open'], 'xy']);
    const timers = schedule.mock.results.map(({ value }): unknown => value);
    expect(timers).not.toHaveLength(0);
    for (const timer of timers) expect(timer).toHaveProperty('pending', false);
    schedule.mockRestore();
  });
});
