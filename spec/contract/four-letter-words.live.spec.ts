/** The four-letter words of the embedded server beside those of a real one with the same history: field by field. */

import { type Observable } from 'rxjs';
import { text, zookeeper, type ZooKeeper } from '../../src/index.js';
import { fourLetterWord } from '../../src/testing/real/four-letter-word.js';
import { startZooKeeper } from '../../src/testing/real/start.js';
import { waitFor } from '../../src/testing/real/wait-until.js';
import { startServer } from '../../src/testing/start-server.js';
import { describeLive } from '../support/live.js';

interface Side {
  readonly hosts: string;
  readonly version: string;
  stop(): Promise<void>;
}

const tickMs = 1000;

async function real(): Promise<Side> {
  const server = await startZooKeeper({
    tickMs,
    enforceQuota: true,
    properties: { maxClientCnxns: 60 },
  });
  return { hosts: server.hosts, version: server.version, stop: () => server.close() };
}

async function embedded(version: string): Promise<Side> {
  const server = await startServer({ tickMs, version, enforceQuota: true });
  return { hosts: server.hosts, version, stop: () => server.stop() };
}

const portOf = (hosts: string): number => Number(hosts.split(':')[1]);

/** A session with an ephemeral znode, watches of each kind, and refusals; it stays while the words are asked. */
async function live(hosts: string): Promise<ZooKeeper> {
  const zk = zookeeper(hosts, { sessionTimeoutMs: 5000, idleGraceMs: Infinity });
  await zk.create('/a', 'data');
  await zk.create('/a/e', '', { mode: 'ephemeral' });
  await zk.exists('/none');
  // One hard quota that refuses: count_hard_limit 1 on a tree of its own.
  await zk.create('/q');
  const limits = 'count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=1';
  await zk.ensurePath('/zookeeper/quota/q');
  await zk.create('/zookeeper/quota/q/zookeeper_limits', limits);
  await zk.create('/zookeeper/quota/q/zookeeper_stats', 'count=1,bytes=0');
  await expect(zk.create('/q/too-much')).rejects.toMatchObject({ name: 'QuotaExceededError' });
  const values = await Promise.all([stays(zk.data$('/a', text())), stays(zk.children$('/a'))]);
  expect(values).toEqual(['data', ['e']]);
  return zk;
}

/** Its first value; it stays subscribed. */
function stays<T>(stream$: Observable<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    stream$.subscribe({ next: resolve, error: reject });
  });
}

async function ask(hosts: string, word: string): Promise<string> {
  return waitFor(`an answer to ${word}`, {
    probe: () => fourLetterWord(word, { port: portOf(hosts) }),
    timeoutMs: 10_000,
  });
}

/** What differs from one run to the next, or is the operating system's: gone from the text, and nothing else. */
function steady(answer: string): string {
  // Connections come in no particular order.
  const clients = [...answer.matchAll(/^ \/.*\n/gm)].map(([line]) => line).sort();
  return answer
    .replace(/^ \/.*\n/gm, () => clients.shift() ?? '')
    .replace(/\d+\.\d+\.\d+-\S+, built on .*/g, 'VERSION')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/0x[0-9a-f]{12,}/g, 'SESSION')
    .replace(/^0 expire at .*\n/gm, '')
    .replace(/(?<=Session Sets )\(\d+\)/g, '(N)')
    .replace(/(?<=expire at ).*(?=:)/g, 'DATE')
    .replace(/(?<=^Latency .*: ).*|(?<=^(?:Received|Sent): )\d+/gm, 'N')
    .replace(/(?<=(?:est|lresp|llat|minlat|avglat|maxlat)=)\d+/g, 'N')
    .replace(/(?<=^(?:clientPort|dataDir|dataDirSize|dataLogDir|dataLogSize)=).*/gm, 'OWN')
    .replace(/(?<=^(?:data|log)dir_size: ).*/gm, 'OWN')
    .replace(/(?<=^(?:java|os|user)\.[a-z.]+=).*/gm, 'OWN');
}

/** Figures of `mntr` that tell of the process, or of how long something took. */
const ownFigures =
  /^zk_(?:version|uptime|(?:avg|min|max)_latency|packets_\w+|bytes_received_count)$/;

function figuresOf(answer: string): Map<string, string> {
  const pairs = answer
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'));
  return new Map(pairs.map(([name = '', value = '']) => [name, value]));
}

describeLive('the four-letter words', () => {
  let sides: readonly Side[] = [];
  let clients: readonly ZooKeeper[] = [];
  const both = (word: string) => Promise.all(sides.map(({ hosts }) => ask(hosts, word)));

  beforeAll(async () => {
    const one = await real();
    sides = [one, await embedded(one.version)];
    clients = await Promise.all(sides.map(({ hosts }) => live(hosts)));
  }, 60_000);

  afterAll(async () => {
    await Promise.all(clients.map((zk) => zk.close()));
    await Promise.all(sides.map((side) => side.stop()));
  }, 60_000);

  it.each([
    ...['ruok', 'isro', 'srvr', 'stat', 'conf', 'cons', 'wchs', 'wchc', 'wchp', 'dirs'],
    ...['envi', 'gtmk'],
  ])('%s is answered as by a real server', async (word) => {
    const [theirs, ours] = await both(word);
    expect(steady(ours ?? '')).toBe(steady(theirs ?? ''));
  });

  it('dump is answered as by a real server', async () => {
    const [theirs, ours] = await both('dump');
    // How connections fall into sets of ten seconds is a matter of the moment.
    const parts = (text = '') => steady(text).split(/Connections Sets \(\d\)/);
    expect(parts(ours)[0]).toBe(parts(theirs)[0]);
    const lines = (text = '') =>
      parts(text)[1]
        ?.match(/^.*ip:.*$/gm)
        ?.sort();
    expect(lines(ours)).toEqual(lines(theirs));
  });

  it('mntr has the names and values of a real server', async () => {
    const [theirs, ours] = (await both('mntr')).map(figuresOf);
    const compared = [...(ours ?? [])].filter(([name]) => !ownFigures.test(name));
    expect(compared.length).toBeGreaterThan(10);
    expect(compared).toEqual(compared.map(([name]) => [name, theirs?.get(name)]));
    const names = [...(ours?.keys() ?? [])];
    expect(names.filter((name) => theirs?.has(name) !== true)).toEqual([]);
  });

  it.each(['hash', 'nope'])('%s has no answer in either', async (word) => {
    const answers = sides.map(({ hosts }) => fourLetterWord(word, { port: portOf(hosts) }));
    expect(await Promise.all(answers)).toEqual([undefined, undefined]);
  });

  it('crst and srst reset the same figures', async () => {
    for (const word of ['crst', 'srst']) {
      const [theirs, ours] = await both(word);
      expect(ours).toBe(theirs);
    }
    const [theirs, ours] = (await both('mntr')).map(figuresOf);
    const counters = /quota_exceeded|rejected|auth_failed/;
    const compared = [...(ours ?? [])].filter(([name]) => counters.test(name));
    expect(compared).toHaveLength(3);
    expect(compared).toEqual(compared.map(([name]) => [name, theirs?.get(name)]));
    const lines = (await both('cons')).map((text) => /^.*sid=.*$/m.exec(steady(text))?.[0]);
    expect(lines[1]).toBe(lines[0]);
  });
});
