/** Tests on virtual time: what passes, what fails and how that reads, and what may not be left behind. */

import { interval, map, NEVER, of, range, take, throwError, timer } from 'rxjs';
import { text } from '../../src/client/codecs.js';
import { NoNodeError } from '../../src/errors/server-error.js';
import { leaderElection$ } from '../../src/recipes/locks/election.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import {
  completes,
  errs,
  type Scenario,
  zkTest,
  ZkTestError,
  type ZkTestOptions,
} from '../../src/testing/index.js';
import { RawClient } from '../support/raw-client.js';

/** What a test fails with. */
function failureOf(scenario: Scenario, options: ZkTestOptions = { until: '1s' }): Error {
  try {
    zkTest(options, scenario);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('the test has not failed');
}

describe('zkTest', () => {
  it('runs the whole client on virtual time', () => {
    let states: string[] = [];
    zkTest({ until: '10m' }, ({ client, time, at, expectTimeline, server }) => {
      const zk = client();
      const by = { by: ({ status }: { status: string }) => status };
      expectTimeline(zk.state$, { '0ms': 'connecting', '4ms': 'connected' }, by);
      at('10m', () => {
        states = [String(time.now()), zk.state.status, String(server.sessions().length)];
      });
    });
    expect(states).toEqual(['600000', 'connected', '1']);
  });

  it('needs no scheduler for what RxJS does by itself', () => {
    zkTest({ until: '1h' }, ({ expectTimeline, expectObservable }) => {
      expectTimeline(timer(1_800_000), { '30m': [0, completes] });
      const three$ = interval(20).pipe(take(3));
      expectObservable(three$).toBe('20ms a 19ms b 19ms (c|)', { a: 0, b: 1, c: 2 });
    });
  });

  it('gives everything that can be asked in the server', () => {
    zkTest({ until: '1s' }, ({ client, server, seed, at, random }) => {
      seed({ '/a/b': 'one', '/c': null });
      server.seed({ '/a/b': 'two' });
      expect(server.texts()).toEqual({ '/a': '', '/a/b': 'two', '/c': null });
      const zk = client({ name: 'anna', chroot: '/a' });
      zk.set('/b', 'three').subscribe();
      expect(random()).toBeLessThan(1);
      at('1s', () => {
        expect(server.texts()).toMatchObject({ '/a/b': 'three' });
        expect(server.log).toEqual([
          { atMs: 3, client: 'anna', operation: 'connect' },
          { atMs: 5, client: 'anna', operation: 'setData', path: '/a/b' },
        ]);
        expect(server.tree()['/a/b']?.stat.version).toBe(2);
      });
    });
  });

  it('fails with what is thrown anywhere in it', () => {
    const broken = new Error('broken');
    const fail = () => {
      throw broken;
    };
    expect(failureOf(fail)).toBe(broken);
    expect(failureOf(({ at }) => at('5ms', fail))).toBe(broken);
    expect(failureOf(() => of(1).subscribe(fail))).toBe(broken);
    const unhandled = failureOf(({ client }) => client().get('/none').subscribe());
    expect(unhandled).toBeInstanceOf(NoNodeError);
  });

  it('refuses what cannot be meant', () => {
    const bad = (scenario: Scenario) => failureOf(scenario).message;
    // An asynchronous scenario is of no type that is allowed, but nothing else stops one in JavaScript.
    const asynchronous = (() => Promise.resolve()) as unknown as Scenario;
    expect(bad(asynchronous)).toContain('cannot be asynchronous');
    expect(bad(({ at }) => at('2s', () => undefined))).toContain('the end of the test, 1s');
    expect(bad(({ at }) => at('2 days' as '2s', () => undefined))).toContain("not '2 days'");
    expect(bad(({ expectTimeline }) => expectTimeline(NEVER, { '2s': 1 }))).toContain('until');
    expect(bad(({ expectObservable }) => void expectObservable(NEVER))).toContain('toBe');
    expect(bad(({ client }) => [client({ name: 'a' }), client({ name: 'a' })])).toContain('name');
    expect(failureOf(() => undefined, { hosts: 0 }).message).toContain('hosts');
  });

  it('takes several values at one time, endings, and things that come late', () => {
    zkTest({ until: '1s' }, ({ expectTimeline, client }) => {
      expectTimeline(of(1, 2), { '0ms': [1, 2, completes] });
      expectTimeline(of([1], [2]), { '0ms': [[1], [2], completes] });
      expectTimeline(timer(7), { '5ms': [0, completes] }, { within: '2ms' });
      expectTimeline(
        throwError(() => 'x'),
        { '0ms': errs() },
      );
      expectTimeline(interval(10), { '30ms': 0 }, { from: '20ms', to: '35ms' });
      const zk = client();
      expectTimeline(zk.get('/a'), { '6ms': errs({ class: NoNodeError, path: '/a' }) });
      expectTimeline(zk.exists('/a'), { '6ms': [null, completes] });
    });
  });

  it('has marbles that mean what they mean in RxJS', () => {
    zkTest({ until: '1s' }, ({ cold, hot, expectObservable, expectSubscriptions, at }) => {
      const source$ = cold('--a--b--|');
      expectObservable(source$).toBe('--a--b--|');
      expectObservable(source$, '-^---!').toBe('---a--');
      expectObservable(hot('-a-^-b-(c|)')).toBe('--b-(c|)');
      expectObservable(cold('--#')).toBe('--#');
      expectObservable(cold('#', undefined, new NoNodeError())).toBe('#', {}, errs(NoNodeError));
      expectSubscriptions(source$.subscriptions).toBe(['^-------!', '-^---!']);
      at('100ms', () => expectObservable(hot('-x')).toBe('101ms x'));
    });
  });

  it('keeps its word at every step', () => {
    let steps = 0;
    const { message } = failureOf(({ always, client, server }) => {
      client().state$.subscribe();
      always('counted', () => ++steps > 0);
      always('without a session', () => server.sessions().length === 0);
    });
    expect(message).toBe('not always without a session: not at 3ms');
    expect(steps).toBeGreaterThan(3);
  });
});

describe('a failure of zkTest', () => {
  it('shows the timeline that it got under the one expected, and where they part', () => {
    const error = failureOf(({ client, expectTimeline, seed }) => {
      seed({ '/e': '' });
      const role$ = leaderElection$(client(), '/e').pipe(map(({ role }) => role));
      expectTimeline(role$, { '0ms': 'follower', '6ms': 'leader' });
    });
    expect(error).toBeInstanceOf(ZkTestError);
    expect(error.message).toBe(
      [
        'the timeline differs at 6ms',
        '',
        `  expected  { '0ms': "follower", '6ms': "leader" }`,
        `  got       { '0ms': "follower", '8ms': "leader" }`,
        `                                 ^^^^^^^^^^^^^^^`,
      ].join('\n'),
    );
    // It points at the expectation.
    expect(error.stack?.split('\n')[5]).toContain('zk-test.spec.ts');
  });

  it('shows long timelines one under the other', () => {
    const long = 'x'.repeat(60);
    const { message } = failureOf(({ expectTimeline }) => {
      expectTimeline(of(long), { '0ms': [long, completes], '5ms': 1 });
    });
    expect(message.split('\n').slice(2)).toEqual([
      '  expected',
      `    '0ms': ["${long}", completes]`,
      `>   '5ms': 1`,
      '  got',
      `    '0ms': ["${long}", completes]`,
      '>   (nothing more)',
    ]);
  });

  it('shows the marbles that it got under those expected, and what their letters are', () => {
    const { message } = failureOf(({ client, seed, expectObservable, at }) => {
      seed({ '/c': 'v1' });
      expectObservable(client().data$('/c', text())).toBe('------a 93ms b', { a: 'v1', b: 'v2' });
      at('100ms', () => seed({ '/c': 'v3' }));
    });
    expect(message).toBe(
      [
        'the marbles differ at 100ms',
        '',
        '  expected  ------a 93ms b',
        '  got       ------a 96ms A',
        '',
        '  A = "v3"',
      ].join('\n'),
    );
  });

  it('shows a timeline where marbles cannot be drawn', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(timer(0.5)).toBe('-');
      expectObservable(cold('(ab)')).toBe('a');
    });
    expect(message).toContain(`got       { '0.5ms': [0, completes] }`);
    expect(message).toContain('expected  a\n  got       (ab)');
  });

  it('shows what is around the place, of a stream that says a lot', () => {
    const { message } = failureOf(({ expectTimeline, expectObservable }) => {
      expectTimeline(range(0, 100_000), {
        '0ms': Array.from({ length: 100_000 }, (_, i) => i % 50_000),
      });
      expectObservable(range(0, 100_000)).toBe('a', { a: 0 });
      expectObservable(interval(1).pipe(take(900))).toBe('-'.repeat(50));
    });
    expect(message.length).toBeLessThan(3000);
    expect(message).toContain('50000, 50001');
    expect(message).toContain('…');
  });

  it('shows when something was subscribed to', () => {
    const { message } = failureOf(({ cold, expectSubscriptions }) => {
      const source$ = cold('-');
      timer(3).subscribe(() => source$.subscribe().add(() => undefined));
      expectSubscriptions(source$.subscriptions).toBe('^--!');
    });
    expect(message).toBe('the subscriptions differ\n\n  expected  ^--!\n  got       ---^');
  });

  it('tells of all that was not met', () => {
    const { message } = failureOf(({ expectTimeline }) => {
      expectTimeline(of(1), { '0ms': [2, completes] });
      expectTimeline(NEVER, { '3ms': 4 });
    });
    expect(message).toContain(`'0ms': [1, completes]`);
    expect(message).toContain(`expected  { '3ms': 4 }`);
  });
});

describe('what zkTest leaves behind', () => {
  it('is nothing, with everything held and under way when it ends', () => {
    zkTest({ until: '5s', hosts: 3 }, ({ client, faults, at, server }) => {
      const [a, b] = [client(), client()];
      lock$(a, '/l').subscribe();
      lock$(b, '/l').subscribe();
      leaderElection$(b, '/e').subscribe();
      b.data$('/x').subscribe();
      b.create('/y', '', { mode: 'ephemeral' }).subscribe();
      at('4s', () => {
        faults.partition(a);
        faults.pause(b);
        server.stop(1);
        faults.loseReply();
      });
    });
  });

  it('is named: a timer', () => {
    const { message } = failureOf(({ client }) => {
      interval(100).subscribe();
      interval(100, client({ name: 'anna' }).scheduler).subscribe();
    });
    expect(message).toContain('  - 1 timer of the test\n  - 1 timer of anna');
  });

  it('is named: a session with its ephemerals, and a watch', () => {
    const { message } = failureOf(({ server }) => {
      const raw = new RawClient(server.acceptor);
      const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
      raw.call('create', { path: '/mine', data: null, acl, flags: 1 });
      raw.call('exists', { path: '/mine', watch: true });
      // It stays as long as it is heard, and nobody has told it to go.
      interval(1000).subscribe(() => raw.send('ping', undefined));
    });
    expect(message).toMatch(/session 0x\w+ of somebody whom .* with the ephemerals \/mine/);
    expect(message).toContain('  - 1 watch\n  - 1 timer of the test');
  });
});
