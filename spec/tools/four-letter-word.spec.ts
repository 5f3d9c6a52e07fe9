/** Four-letter words on virtual time: the embedded server, and whoever else may answer at a port. */

import { type Observable } from 'rxjs';
import {
  conf,
  fourLetterWord,
  FourLetterWordError,
  type FourLetterWordOptions,
  InvalidOptionError,
  isReadOnly,
  isRetryable,
  mntr,
  ruok,
  serverVersion,
  srvr,
} from '../../src/index.js';
import { createServer, type EmbeddedServerOptions } from '../../src/server/server.js';
import { memoryNetwork } from '../../src/transport/memory.js';
import { type Acceptor, type Pipe } from '../../src/transport/transport.js';
import { watch } from '../client/virtual-client.js';
import { VirtualTime } from '../support/virtual-time.js';

const zk1 = { host: 'zk1', port: 2181 };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

class World {
  readonly time = new VirtualTime();
  readonly network = memoryNetwork({ scheduler: this.time, latencyMs: 1 });
  readonly options: FourLetterWordOptions = {
    transport: this.network.transport,
    scheduler: this.time,
  };

  embedded(options: Partial<EmbeddedServerOptions> = {}) {
    const server = createServer({ scheduler: this.time, ...options });
    this.network.listen(zk1, server.acceptor);
    return server;
  }

  /** Somebody who answers what he likes. */
  stranger(talk: (say: (text: string | Uint8Array) => void, pipe: Pipe) => void): void {
    const acceptor: Acceptor = (pipe) => {
      const said: Uint8Array[] = [];
      const say = (text: string | Uint8Array): void => {
        said.push(typeof text === 'string' ? bytesOf(text) : text);
        pipe.wantWrite();
      };
      return {
        onData: () => {
          talk(say, pipe);
        },
        onFlush: () => new Uint8Array(said.splice(0).flatMap((chunk) => [...chunk])),
        onClose: () => undefined,
      };
    };
    this.network.listen(zk1, acceptor);
  }

  answer<T>(question: Observable<T>): T {
    const record = watch(question);
    this.time.advanceBy(100);
    if (record.error instanceof Error) throw record.error;
    expect([record.values.length, record.completed]).toEqual([1, true]);
    this.expectNothingLeft();
    // Its length was looked at.
    return record.values[0] as T;
  }

  /** Reason and message of the error. */
  refusal(question: Observable<unknown>, withinMs = 100): readonly [string, string] {
    const record = watch(question);
    this.time.advanceBy(withinMs);
    expect(record.error).toBeInstanceOf(FourLetterWordError);
    this.expectNothingLeft();
    // Its class was looked at.
    const { reason, message } = record.error as FourLetterWordError;
    return [reason, message];
  }

  expectNothingLeft(): void {
    expect([this.network.links().length, this.time.pending]).toEqual([0, 0]);
  }
}

describe('fourLetterWord', () => {
  it('is cold: one connection for each subscription, and its whole answer', () => {
    const world = new World();
    const server = world.embedded();
    const question = fourLetterWord('zk1', 'ruok', world.options);
    world.time.advanceBy(100);
    expect(world.network.links()).toHaveLength(0);
    expect(world.answer(question)).toBe('imok');
    expect(world.answer(question)).toBe('imok');
    expect(server.connectionCount()).toBe(0);
  });

  it('can be awaited', async () => {
    const world = new World();
    world.embedded();
    const answer = fourLetterWord('zk1:2181', 'isro', world.options).then((text) => text);
    await Promise.resolve();
    world.time.advanceBy(100);
    expect(await answer).toBe('rw');
  });

  it('cuts nothing off, and keeps letters together that came in two pieces', () => {
    const world = new World();
    const text = `${'zk_ö\t1\n'.repeat(10_000)}end`;
    world.stranger((say, pipe) => {
      const bytes = bytesOf(text);
      for (let at = 0; at < bytes.length; at += 1001) say(bytes.subarray(at, at + 1001));
      pipe.close();
    });
    expect(world.answer(fourLetterWord('zk1', 'cons', world.options))).toBe(text);
  });

  it('puts an answer together that comes a byte at a time', () => {
    const world = new World();
    world.network.splitAt(1);
    world.embedded();
    expect(world.answer(fourLetterWord('zk1', 'srvr', world.options))).toMatch(
      /Node count: \d+\n$/,
    );
  });

  it('takes nothing at all for the answer of a word that lists what may not be there', () => {
    const world = new World();
    world.embedded();
    expect(world.answer(fourLetterWord('zk1', 'wchp', world.options)).trim()).toBe('');
  });

  it('takes IPv6 addresses in brackets', () => {
    const world = new World();
    const server = createServer({ scheduler: world.time });
    world.network.listen({ host: 'fd00::3', port: 2182 }, server.acceptor);
    expect(world.answer(fourLetterWord('[fd00::3]:2182', 'ruok', world.options))).toBe('imok');
  });

  it('says how a word is allowed that the server does not answer', () => {
    const world = new World();
    world.embedded({ words: ['srvr'] });
    expect(world.refusal(fourLetterWord('zk1', 'mntr', world.options))).toEqual([
      'not-allowed',
      'mntr of zk1:2181: the server does not answer this word: allow it there, by ' +
        '4lw.commands.whitelist=mntr in zoo.cfg (a list, or *) or -Dzookeeper.4lw.commands.whitelist=mntr',
    ]);
    expect(world.answer(fourLetterWord('zk1', 'srvr', world.options))).toContain(
      'Mode: standalone',
    );
  });

  it('errs for a server that serves nobody', () => {
    const world = new World();
    world.stranger((say, pipe) => {
      say('This ZooKeeper instance is not currently serving requests\n');
      pipe.close();
    });
    expect(world.refusal(fourLetterWord('zk1', 'mntr', world.options))).toEqual([
      'not-serving',
      'mntr of zk1:2181: the server runs, and serves nobody; has it a quorum?',
    ]);
  });

  it('errs for a server that nobody is at', () => {
    const world = new World();
    const [reason, message] = world.refusal(fourLetterWord('zk1', 'ruok', world.options));
    expect(reason).toBe('refused');
    expect(message).toMatch(/^ruok of zk1:2181: nobody listens there/);
  });

  it('errs for a server that hangs up at once', () => {
    const world = new World();
    world.stranger((_, pipe) => {
      pipe.close();
    });
    const [reason, message] = world.refusal(fourLetterWord('zk1', 'srvr', world.options));
    expect(reason).toBe('closed');
    expect(message).toMatch(/^srvr of zk1:2181: the server hung up without an answer/);
  });

  it('errs for a word that the server does not know, which hangs up', () => {
    const world = new World();
    world.embedded();
    expect(world.refusal(fourLetterWord('zk1', 'nope', world.options))[0]).toBe('closed');
  });

  it('errs for a port that speaks TLS', () => {
    const world = new World();
    world.stranger((say, pipe) => {
      say(new Uint8Array([0x15, 3, 1, 0, 2, 2, 22]));
      pipe.close();
    });
    expect(world.refusal(fourLetterWord('zk1', 'srvr', world.options))).toEqual([
      'tls-only',
      'srvr of zk1:2181: the port speaks TLS: give the option tls, or the port without TLS',
    ]);
  });

  it('errs for an answer that is cut off', () => {
    const world = new World();
    world.stranger((say) => {
      say('half an ans');
      world.time.schedule(() => {
        world.network.reset();
      }, 20);
    });
    const [reason, message] = world.refusal(fourLetterWord('zk1', 'conf', world.options));
    expect(reason).toBe('cut-off');
    expect(message).toMatch(/^conf of zk1:2181: the connection broke after 11 bytes/);
  });

  it.each([
    ['nobody lets it in', 'no connection within 5000 ms (timeoutMs)'],
    [
      'nobody answers',
      'connected, but no answer within 5000 ms (timeoutMs); does the port want TLS (option tls)?',
    ],
    [
      'the answer has no end',
      'the answer was not at its end within 5000 ms (timeoutMs), after 4 bytes',
    ],
  ])('errs in time when %s', (what, message) => {
    const world = new World();
    if (what === 'nobody lets it in') world.network.partition();
    world.stranger((say) => {
      if (what === 'the answer has no end') say('more');
    });
    const record = watch(fourLetterWord('zk1', 'stat', world.options));
    world.time.advanceTo(4999);
    expect(record.error).toBeUndefined();
    world.time.advanceTo(5001);
    expect(record.error).toMatchObject({
      reason: 'timeout',
      word: 'stat',
      server: 'zk1:2181',
    });
    expect(String(record.error)).toBe(`FourLetterWordError: stat of zk1:2181: ${message}`);
    world.network.heal();
    world.time.advanceBy(10);
    world.expectNothingLeft();
  });

  it('takes no more than it is told to of somebody who goes on for ever', () => {
    const world = new World();
    let sent = 0;
    world.stranger((say) => {
      const goOn = (): void => {
        if (world.network.links().length === 0) return;
        say('x'.repeat(100));
        sent += 100;
        world.time.schedule(goOn, 1);
      };
      goOn();
    });
    const options = { ...world.options, maxBytes: 1000, timeoutMs: Infinity };
    expect(world.refusal(fourLetterWord('zk1', 'cons', options))).toEqual([
      'too-large',
      'cons of zk1:2181: the answer has more than 1000 bytes (maxBytes)',
    ]);
    expect(sent).toBeLessThan(2000);
  });

  it('ends with its signal, and with its subscription, and leaves no connection', () => {
    const world = new World();
    world.stranger(() => undefined);
    const controller = new AbortController();
    const options = { ...world.options, signal: controller.signal };
    const aborted = watch(fourLetterWord('zk1', 'ruok', options));
    const left = watch(fourLetterWord('zk1', 'ruok', world.options));
    world.time.advanceBy(10);
    expect(world.network.links()).toHaveLength(2);
    controller.abort('enough');
    left.subscription?.unsubscribe();
    world.time.advanceBy(10);
    expect(aborted.error).toBe('enough');
    expect(left.log()).toEqual([]);
    world.expectNothingLeft();
    expect(watch(fourLetterWord('zk1', 'ruok', options)).error).toBe('enough');
    world.expectNothingLeft();
  });

  it.each<[string, string, FourLetterWordOptions, string, string]>([
    ['', 'ruok', {}, 'host', 'must not be empty'],
    ['zk1,zk2', 'ruok', {}, 'host', 'one server, as in zk1:2181'],
    ['zk1:2181/app', 'ruok', {}, 'host', 'one server, as in zk1:2181'],
    ['fd00::3', 'ruok', {}, 'host', 'an IPv6 address needs brackets'],
    ['zk1:99999', 'ruok', {}, 'host', 'port "99999" of "zk1:99999"'],
    ['zk1', 'RUOK', {}, 'word', 'four lower-case letters'],
    ['zk1', 'ruokay', {}, 'word', 'four lower-case letters'],
    ['zk1', 'stmk', {}, 'word', 'takes a trace mask'],
    ['zk1', 'ruok', { timeoutMs: 0 }, 'timeoutMs', 'a whole number from 1 to'],
    ['zk1', 'ruok', { maxBytes: 0 }, 'maxBytes', 'a whole number from 1 to'],
    ['zk1', 'ruok', { tls: {} }, 'tls', 'cannot be given together with transport'],
    // What callers without types may pass.
    ['zk1', 'ruok', { timeout: 5 } as FourLetterWordOptions, 'timeout', 'did you mean timeoutMs'],
  ])('errs on subscribe for %j, %s, %j', (host, word, options, option, reason) => {
    const world = new World();
    const { error } = watch(fourLetterWord(host, word, { ...world.options, ...options }));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({
      option,
      reason: expect.stringContaining(reason) as unknown,
    });
    world.expectNothingLeft();
  });

  it('errs for TLS options that cannot be used, before it connects', () => {
    const { error } = watch(
      fourLetterWord('zk1', 'ruok', { tls: { ca: 'no certificate', key: '' } }),
    );
    expect(error).toMatchObject({
      name: 'InvalidOptionError',
      option: 'tls.key',
    });
  });
});

describe('the readers of answers', () => {
  it('tell of the embedded server', () => {
    const world = new World();
    const server = world.embedded({ version: '3.8.4', tickMs: 500 });
    expect(world.answer(srvr('zk1', world.options))).toMatchObject({
      version: { release: '3.8.4', major: 3, minor: 8, patch: 4 },
      mode: 'standalone',
      connections: 1,
      outstanding: 0,
      zxid: server.lastZxid,
      latencyMs: { min: 0 },
    });
    const version = world.answer(serverVersion('zk1', world.options));
    expect(['3.8.4', '3.6', '3.8.5', '3.9', '4'].map((other) => version.atLeast(other))).toEqual([
      ...[true, true, false, false, false],
    ]);
    const figures = world.answer(mntr('zk1', world.options));
    expect(figures.get('zk_server_state')).toBe('standalone');
    expect(figures.get('zk_znode_count')).toEqual(expect.any(Number));
    expect(figures.get('zk_version')).toContain('3.8.4');
    expect(world.answer(conf('zk1', world.options)).get('tickTime')).toBe(500);
    expect(world.answer(ruok('zk1', world.options))).toBe(true);
    expect(world.answer(isReadOnly('zk1', world.options))).toBe(false);
  });

  it.each<[string, (host: string, options: FourLetterWordOptions) => Observable<unknown>]>([
    ['srvr', srvr],
    ['srvr', serverVersion],
    ['mntr', mntr],
    ['conf', conf],
    ['ruok', ruok],
    ['isro', isReadOnly],
  ])('say what came instead of an answer to %s', (word, ask) => {
    const world = new World();
    world.stranger((say, pipe) => {
      say('HTTP/1.1 400 Bad Request\r\nServer: something else altogether, with a long name\r\n');
      pipe.close();
    });
    const [reason, message] = world.refusal(ask('zk1', world.options));
    expect(reason).toBe('unreadable');
    expect(message.startsWith(`${word} of zk1:2181: what came is no answer to this word: `)).toBe(
      true,
    );
    expect(message).toMatch(/it begins with "HTTP\/1.1 400 Bad Request\\r"$/);
  });

  it('know a server that is neither read-only nor not', () => {
    const world = new World();
    world.stranger((say, pipe) => {
      say('null');
      pipe.close();
    });
    expect(world.refusal(isReadOnly('zk1', world.options))[0]).toBe('not-serving');
  });
});

describe('isRetryable', () => {
  it.each([
    ['refused', true],
    ['timeout', true],
    ['not-serving', true],
    ['cut-off', true],
    ['untrusted', true],
    ['not-allowed', false],
    ['too-large', false],
    ['unreadable', false],
    ['options', false],
  ] as const)('takes a question that failed with %s for one to ask again: %s', (reason, again) => {
    const problem = {
      word: 'mntr',
      server: 'zk1:2181',
      reason,
      message: 'x',
    };
    expect(isRetryable(new FourLetterWordError(problem))).toBe(again);
  });
});
