/** Where clients go when the list of servers changes: the table of the algorithm, and the balance of many clients. */

import { HostRotation } from '../../src/session/host-rotation.js';
import { rebalance } from '../../src/session/rebalance.js';
import { type Address } from '../../src/transport/transport.js';
import { dice } from '../support/dice.js';

const list = (hosts: string): Address[] => Array.from(hosts).map((host) => ({ host, port: 1 }));

function moveOf(before: string, after: string, current: string, random = (): number => 0.5) {
  const [server] = list(current);
  // One letter makes one server.
  const change = { before: list(before), after: list(after), current: server as Address };
  return rebalance(change, random);
}

describe('rebalance', () => {
  it('moves with probability 1 - N/M when servers are added', () => {
    expect(moveOf('abc', 'abcde', 'a', () => 0.39)).toMatchObject({ freshChance: 1 });
    expect(moveOf('abc', 'abcde', 'a', () => 0.41)).toBeUndefined();
  });

  it('moves to a new server when there are more, and its own is gone', () => {
    expect(moveOf('abc', 'bcde', 'a', () => 0.99)).toMatchObject({ freshChance: 1 });
  });

  it.each([
    ['abc', 'abc', 'a'],
    ['abc', 'ab', 'a'],
    ['abc', 'cba', 'b'],
    ['abc', 'ade', 'a'],
  ])('stays when there are not more and its own is kept: %s, then %s, at %s', (...row) => {
    expect(moveOf(...row, () => 0)).toBeUndefined();
  });

  it.each([
    // old * (N-M) / (M * (N-old)) to the old ones
    ['abcde', 'abc', 'e', 0],
    ['abc', 'def', 'a', 1],
    ['abcd', 'abe', 'd', 1 - (2 * 1) / (3 * 2)],
    ['abc', 'abd', 'c', 1],
  ])('leaves a server that is gone: %s, then %s, at %s', (before, after, at, freshChance) => {
    expect(moveOf(before, after, at)?.freshChance).toBeCloseTo(freshChance, 10);
  });

  it('tries the group that chance has picked, and the other when that one is used up', () => {
    const move = moveOf('abcd', 'abe', 'd');
    const draws = [0.9, 0.9, 0.1, 0.9];
    const next = (): string | undefined => move?.next(() => draws.shift() ?? 0)?.host;
    // To the new ones with a chance of 2/3: a, b, and then e, because there are no others.
    expect([next(), next(), next(), next()]).toEqual(['a', 'b', 'e', undefined]);
  });

  it('tells servers on the same host apart by their ports', () => {
    const at = (port: number): Address => ({ host: 'a', port });
    const change = { before: [at(1)], after: [at(2)], current: at(1) };
    expect(rebalance(change, () => 0.5)?.next(() => 0.5)).toEqual(at(2));
  });
});

/** Where a client is that connects to whichever server is next. */
class Client {
  readonly hosts: HostRotation;
  at: string;
  moves = 0;

  constructor(servers: string, random: () => number) {
    const options = { shuffle: true, random, initialDelayMs: 100, maxDelayMs: 1000 };
    this.hosts = new HostRotation(list(servers), options);
    this.at = this.hosts.next().host;
    this.hosts.succeeded();
  }

  update(servers: string): void {
    if (!this.hosts.update(list(servers), true)) return;
    this.moves++;
    this.at = this.hosts.next().host;
    this.hosts.succeeded();
  }
}

function load(clients: readonly Client[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { at } of clients) counts[at] = (counts[at] ?? 0) + 1;
  return counts;
}

describe('the balance of 10,000 clients', () => {
  // Four standard deviations around what is expected: of the load of one server, and of the clients that move.
  const spread = (clients: number, share: number): number =>
    4 * Math.sqrt(clients * share * (1 - share));

  it.each([
    // servers over time; share of the clients that move at each change
    ['abc>abcde', [2 / 5]],
    ['abcde>abc', [2 / 5]],
    ['abc>abcde>abc', [2 / 5, 2 / 5]],
    ['abcd>abe', [1 / 2]],
    ['abc>def', [1]],
    ['abc>abc', [0]],
    ['ab>abcdef>cd>cde', [4 / 6, 4 / 6, 1 / 3]],
    ['abcd>bcdef>a', [1 / 4 + (3 / 4) * (1 - 4 / 5), 1]],
  ])('is even after %s, and no more of them move than must', (history, shares) => {
    const random = dice(7, 16_807);
    const [first = '', ...changes] = history.split('>');
    const clients = Array.from({ length: 10_000 }, () => new Client(first, random));
    changes.forEach((servers, index) => {
      const before = clients.reduce((sum, { moves }) => sum + moves, 0);
      for (const client of clients) client.update(servers);
      const moved = clients.reduce((sum, { moves }) => sum + moves, 0) - before;
      const share = shares[index] ?? -1;
      expect(Math.abs(moved - 10_000 * share)).toBeLessThanOrEqual(spread(10_000, share));
      const counts = load(clients);
      expect(Object.keys(counts).sort().join('')).toBe(Array.from(servers).sort().join(''));
      const even = 1 / servers.length;
      for (const count of Object.values(counts)) {
        expect(Math.abs(count - 10_000 * even)).toBeLessThanOrEqual(spread(10_000, even));
      }
    });
  });
});

describe('a rotation whose list changes', () => {
  const rotation = (servers: string, random = (): number => 0.5): HostRotation =>
    new HostRotation(list(servers), {
      shuffle: false,
      random,
      initialDelayMs: 100,
      maxDelayMs: 1000,
    });
  const take = (hosts: HostRotation, count: number): string =>
    Array.from({ length: count }, () => hosts.next().host).join('');

  it('goes on behind the server it stays at', () => {
    const hosts = rotation('abc');
    expect(take(hosts, 2)).toBe('ab');
    expect(hosts.update(list('cbax'), true)).toBe(false);
    expect(take(hosts, 5)).toBe('axcba');
  });

  it('goes round the whole list when none of those it moved to was any good', () => {
    const hosts = rotation('abc', () => 0.1);
    take(hosts, 1);
    expect(hosts.update(list('abcde'), true)).toBe(true);
    expect(take(hosts, 9)).toBe('deabcdeab');
  });

  it('forgets that it moves as soon as a server is good', () => {
    const hosts = rotation('abc', () => 0.1);
    take(hosts, 1);
    hosts.update(list('abcde'), true);
    expect(take(hosts, 1)).toBe('d');
    hosts.succeeded();
    expect(take(hosts, 3)).toBe('eab');
  });

  it('does not try again a server that is gone', () => {
    const hosts = rotation('abc');
    take(hosts, 1);
    expect(hosts.again().host).toBe('a');
    hosts.update(list('bc'), false);
    expect(hosts.again().host).toBe('b');
  });

  it('begins empty, and has what it is given then', () => {
    const hosts = rotation('');
    expect([hosts.size, hosts.all()]).toEqual([0, []]);
    expect(hosts.update(list('ab'), false)).toBe(false);
    expect(take(hosts, 3)).toBe('aba');
  });

  it('starts with short pauses again when there are other servers', () => {
    const hosts = rotation('a');
    const pauses = (count: number): number[] =>
      Array.from({ length: count }, () => {
        const pause = hosts.nextDelayMs();
        hosts.next();
        return pause;
      });
    expect(pauses(4)).toEqual([0, 50, 100, 200]);
    hosts.update(list('a'), true);
    expect(pauses(1)).toEqual([400]);
    hosts.update(list('ab'), true);
    expect(pauses(1)).toEqual([50]);
  });

  it('keeps the balance of those who are asked to move while they are on the way', () => {
    const random = dice(3, 16_807);
    const arrivals: Record<string, number> = {};
    for (let i = 0; i < 10_000; i++) {
      const options = { shuffle: true, random, initialDelayMs: 100, maxDelayMs: 1000 };
      const hosts = new HostRotation(list('abc'), options);
      let at = hosts.next().host;
      hosts.succeeded();
      const moves = hosts.update(list('abcde'), true);
      // It has left, and is nowhere yet.
      if (hosts.update(list('abcdefg'), !moves) || moves) at = hosts.next().host;
      arrivals[at] = (arrivals[at] ?? 0) + 1;
    }
    for (const count of Object.values(arrivals)) {
      expect(Math.abs(count - 10_000 / 7)).toBeLessThan(4 * Math.sqrt((10_000 / 7) * (6 / 7)));
    }
  });
});
