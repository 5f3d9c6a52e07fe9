/** The faults of a test: each does what it says, to whom it says, and ends when it says. */

import { distinctUntilChanged, interval, map } from 'rxjs';
import { text } from '../../src/client/codecs.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { ConnectionLossError, LockLostError } from '../../src/errors/client-errors.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { completes, errs, zkTest } from '../../src/testing/index.js';

const status$ = (zk: ZooKeeper) =>
  zk.state$.pipe(
    map(({ status }) => status),
    distinctUntilChanged(),
  );
const started = { '0ms': 'connecting', '4ms': 'connected' };

describe('a partition', () => {
  it('stalls one client, and what it missed arrives after it', () => {
    zkTest({ until: '3s' }, ({ client, faults, at, seed, expectTimeline }) => {
      seed({ '/a': '1' });
      const [cut, free] = [client(), client()];
      expectTimeline(cut.data$('/a', text()), { '6ms': '1', '2.002s': '2' });
      expectTimeline(free.data$('/a', text()), { '6ms': '1', '1.503s': '2' });
      at('1s', () => faults.partition(cut));
      at('1.5s', () => seed({ '/a': '2' }));
      at('2s', () => faults.heal(cut));
    });
  });

  it('of all is one of those to come too', () => {
    zkTest({ until: '3s' }, ({ client, faults, at, expectTimeline }) => {
      faults.partition();
      const early = client();
      expectTimeline(status$(early), { '0ms': 'connecting', '1.003s': 'connected' });
      at('500ms', () => {
        expectTimeline(status$(client()), { '500ms': 'connecting', '2.003s': 'connected' });
      });
      at('1s', () => faults.heal(early));
      at('2s', () => faults.heal());
    });
  });

  it('of one direction lets requests through', () => {
    zkTest({ until: '1s' }, ({ client, faults, at, server }) => {
      const zk = client();
      zk.create('/a').subscribe();
      at('10ms', () => faults.partition(zk, 'toClient'));
      at('20ms', () => zk.create('/b').subscribe());
      at('900ms', () => expect(Object.keys(server.texts())).toEqual(['/a', '/b']));
    });
  });
});

describe('a lost request', () => {
  it('is not carried out, and a lost reply is; nobody can tell', () => {
    zkTest({ until: '5s' }, ({ client, faults, at, server, expectTimeline }) => {
      const zk = client();
      const unknown = errs({ class: ConnectionLossError, outcome: 'unknown' });
      expectTimeline(zk.create('/a'), { '6ms': ['/a', completes] });
      expectTimeline(zk.create('/b'), { '1.001s': unknown }, { from: '1s' });
      expectTimeline(zk.create('/c'), { '2.001s': unknown }, { from: '2s' });
      at('1s', () => faults.loseRequest({ operation: 'create', path: '/b' }));
      at('2s', () => faults.loseReply({ operation: 'create', path: /c/ }));
      at('5s', () => expect(Object.keys(server.texts())).toEqual(['/a', '/c']));
    });
  });

  it('is the next one that is meant, of whom it is meant, once', () => {
    zkTest({ until: '9s' }, ({ client, faults, at, expectTimeline }) => {
      const [a, b] = [client(), client()];
      expectTimeline(status$(a), started);
      expectTimeline(status$(b), { ...started, '3.001s': 'suspended' }, { to: '3.002s' });
      at('1s', () => faults.loseReply({ operation: 'get', client: b }));
      at('2s', () => a.get('/').subscribe());
      at('2s', () => b.exists('/').subscribe());
      at('3s', () => b.get('/').subscribe());
    });
  });
});

describe('a pause', () => {
  it('holds timers and arrivals, and what is over is told first', () => {
    zkTest({ until: '30s' }, ({ client, faults, at, expectTimeline, seed }) => {
      seed({ '/l': '', '/a': '1' });
      const zk = client();
      const seen: string[] = [];
      let isValid = (): boolean => false;
      lock$(zk, '/l').subscribe({
        next: (lease) => (isValid = () => lease.valid()),
        error: (error: unknown) => seen.push(error instanceof LockLostError ? 'lost' : 'other'),
      });
      zk.data$('/a', text()).subscribe((value) => seen.push(value ?? ''));
      expectTimeline(interval(100, zk.scheduler), { '20s': [0] }, { from: '5.95s', to: '20.05s' });
      at('6s', () => {
        expect(isValid()).toBe(true);
        faults.pause(zk);
      });
      at('7s', () => seed({ '/a': '2' }));
      at('19.9s', () => {
        expect(seen).toEqual(['1']);
        // Nobody had to be told for this.
        expect(isValid()).toBe(false);
      });
      at('20s', () => faults.resume(zk));
      at('29s', () => expect(seen).toEqual(['1', 'lost', '2']));
    });
  });

  it('keeps what arrives in order, whatever comes when it ends', () => {
    zkTest({ until: '3s' }, ({ client, faults, at, seed, expectTimeline }) => {
      seed({ '/a': '0' });
      const zk = client();
      zk.state$.subscribe();
      for (const n of [1, 2, 3]) {
        const version$ = zk.set('/a', String(n)).pipe(map(({ version }) => version));
        expectTimeline(version$, { '1.5s': [n, completes] }, { from: '1s' });
      }
      at('1.001s', () => faults.pause());
      at('1.5s', () => faults.resume(zk, 'arrivals'));
    });
  });
});

describe('other faults', () => {
  it('break connections, and make them slow or crumbly', () => {
    zkTest({ until: '20s' }, ({ client, faults, at, expectTimeline, server }) => {
      const zk = client({ reconnect: { initialDelayMs: 1, maxDelayMs: 1 } });
      const steps = { '1s': 'suspended', '1.005s': 'connected', '2.001s': 'suspended' };
      const rest = { '2.006s': 'connected', '3s': 'suspended', '5.001s': 'connected' };
      expectTimeline(status$(zk), { ...started, ...steps, ...rest });
      at('1s', () => faults.reset(zk));
      at('2s', () => faults.garbage());
      at('2.5s', () => faults.split(3));
      at('3s', () => {
        faults.slow('500ms');
        server.dropConnections();
        faults.reset();
      });
    });
  });

  it('end sessions, all or one', () => {
    zkTest({ until: '3s' }, ({ client, faults, at, expectTimeline }) => {
      const [a, b] = [client(), client()];
      const within = { within: '200ms' } as const;
      expectTimeline(status$(a), { ...started, '1s': ['suspended', 'lost', 'connected'] }, within);
      expectTimeline(status$(b), started, within);
      at('1s', () => faults.expireSession(a));
    });
  });

  it('set the wall clock, which ends a lease that may have ended', () => {
    zkTest({ until: '5s' }, ({ client, faults, at, seed }) => {
      seed({ '/l': '' });
      const zk = client();
      const errors: unknown[] = [];
      let isValid = (): boolean => false;
      lock$(zk, '/l').subscribe({
        next: (lease) => (isValid = () => lease.valid()),
        error: (error: unknown) => errors.push(error),
      });
      at('1s', () => {
        expect(isValid()).toBe(true);
        faults.clockJump(zk, 60_000);
        expect(isValid()).toBe(false);
      });
      at('5s', () => expect(errors).toHaveLength(1));
    });
  });

  it('strike clients of this test only', () => {
    const foreign = {} as ZooKeeper;
    expect(() => zkTest({}, ({ faults }) => faults.reset(foreign))).toThrow('InvalidOption client');
  });
});

describe('faults as marbles', () => {
  it('are played from now on, a character a millisecond', () => {
    zkTest({ until: '8s' }, ({ client, faults, at, seed, expectTimeline }) => {
      seed({ '/a': '1' });
      const zk = client({ reconnect: { initialDelayMs: 1, maxDelayMs: 1 } });
      const data$ = zk.data$('/a', text());
      expectTimeline(data$, { '6ms': '1', '1.506s': '2', '3.5s': '3' }, { within: '30ms' });
      at('1s', () => faults.marbles('p 499ms (rh) 1s z 998ms w', { client: zk }));
      at('1.2s', () => seed({ '/a': '2' }));
      at('3s', () => seed({ '/a': '3' }));
    });
  });

  it('say which letters there are', () => {
    const play = (diagram: string) => () => zkTest({}, ({ faults }) => faults.marbles(diagram));
    expect(play('--?')).toThrow(
      `has the letter '?', which means nothing; there are p h r s f b u j g`,
    );
    expect(play('1m p')).toThrow('goes on to 1m, but the test ends at 30s');
  });

  it('know them all', () => {
    const lines: string[] = [];
    zkTest({ until: '9s', log: (line) => lines.push(line) }, ({ client, faults }) => {
      client({ name: 'anna' }).state$.subscribe();
      faults.marbles('1s p-h-r-s-f-b-u-j-g-q-a-x-z-w', { slow: '2s', jumpMs: -500 });
    });
    expect(lines.filter((line) => line.includes('***')).map((line) => line.slice(9))).toEqual([
      ...['*** partition all', '*** heal all', '*** reset all', '*** slow 2s all'],
      ...['*** slow 1ms all', '*** split 1 all', '*** split Infinity all'],
      ...['*** clockJump -500 anna', '*** garbage all', '*** loseRequest all', '*** loseReply all'],
      ...['*** expireSession all', '*** pause all', '*** resume all', '*** calm'],
    ]);
  });
});
