/** The contract of what live reads cost and survive: shared watches, none left behind, reconnects, metadata. */

import { text } from '../../../src/index.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeWatches(target: ContractTarget): void {
  describe('watches of live reads', () => {
    describeSharing(target);
    describeReconnects(target);
    describeMeta(target);
  });
}

function watches(target: ContractTarget, count: number): Promise<void> {
  return until(
    `${String(count)} watches`,
    async () => (await target.server.watchCount()) === count,
  );
}

function describeSharing(target: ContractTarget): void {
  it('are one for all who read one path, and gone with the last of them', async () => {
    const zk = await target.client();
    const first = record(zk.data$('/a'));
    await first.count(1);
    await watches(target, 1);
    const others = [zk.data$('/a'), zk.node$('/a'), zk.exists$('/a'), zk.data$('/a', text())].map(
      (source$) => record<unknown>(source$),
    );
    await Promise.all(others.map((recording) => recording.count(1)));
    await zk.create('/a', 'x');
    await Promise.all([first, ...others].map((recording) => recording.count(2)));
    await watches(target, 1);
    first.unsubscribe();
    await zk.set('/a', 'y');
    await Promise.all(others.map((recording) => recording.count(3)));
    expect(first.values).toHaveLength(2);
    for (const recording of others) recording.unsubscribe();
    await watches(target, 0);
    await zk.set('/a', 'z');
    expect(first.values).toHaveLength(2);
  });

  it('give a late subscriber the current value at once', async () => {
    const zk = await target.client();
    await zk.create('/a', 'x');
    const first = record(zk.data$('/a', text()));
    await first.count(1);
    expect(record(zk.data$('/a', text())).values).toEqual(['x']);
  });

  it('are one for the data and one for the children of a path', async () => {
    const zk = await target.client();
    const [data, children] = [record(zk.data$('/')), record(zk.children$('/'))];
    await Promise.all([data.count(1), children.count(1)]);
    await watches(target, 2);
    await zk.create('/a');
    await children.count(2);
    data.unsubscribe();
    await watches(target, 1);
    children.unsubscribe();
    await watches(target, 0);
  });

  it('hold for hundreds of paths', async () => {
    const chroot = await target.newChroot();
    const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
    const paths = Array.from({ length: 300 }, (_, index) => `/p${String(index)}`);
    await Promise.all(paths.map((path) => other.create(path, 'a')));
    const all = paths.map((path) => record(zk.data$(path, text())));
    await Promise.all(all.map((recording) => recording.count(1)));
    await watches(target, 300);
    await Promise.all(paths.map((path) => other.set(path, 'b')));
    await Promise.all(all.map((one) => one.settles('b', (value) => value === 'b')));
    for (const recording of all) recording.unsubscribe();
    await watches(target, 0);
  });
}

function describeReconnects(target: ContractTarget): void {
  it('catch up with what happened while the connection was down', async () => {
    const { zk, other, relay } = await target.relayed();
    await other.create('/a', 'one');
    await other.create('/same', 'same');
    const states = record(zk.state$);
    const data = record(zk.data$('/a', text()));
    const absent = record(zk.data$('/new', text()));
    const same = record(zk.data$('/same', text()));
    const names = record(zk.children$('/'));
    await Promise.all([data, absent, same, names].map((one) => one.count(1)));
    relay.refuse();
    await states.value('suspended', ({ status }) => status === 'suspended');
    await other.set('/a', 'two');
    await other.create('/new', 'three');
    relay.restore();
    await Promise.all([data, absent, names].map((one) => one.count(2)));
    expect([data.values, absent.values]).toEqual([
      ['one', 'two'],
      [null, 'three'],
    ]);
    expect(names.last).toHaveLength(3);
    await other.set('/a', 'four');
    await data.settles('a change after it', (value) => value === 'four');
    expect(same.values).toEqual(['same']);
    await watches(target, 4);
  });

  it('stand again on the session that follows a lost one', async () => {
    const { zk, other, relay } = await target.relayed({
      sessionTimeoutMs: target.settings.shortSessionMs,
    });
    await other.create('/a', 'one');
    await other.create('/gone', 'x');
    const states = record(zk.state$);
    const data = record(zk.data$('/a', text()));
    const gone = record(zk.data$('/gone', text()));
    await Promise.all([data.count(1), gone.count(1)]);
    relay.refuse();
    await states.settles('lost', ({ status }) => status === 'lost');
    await other.set('/a', 'two');
    await other.delete('/gone');
    relay.restore();
    await Promise.all([data.count(2), gone.count(2)]);
    await other.set('/a', 'three');
    await data.count(3);
    expect(data.values).toEqual(['one', 'two', 'three']);
    expect(gone.values).toEqual(['x', null]);
  });
}

function describeMeta(target: ContractTarget): void {
  it('say with `meta` whether the value is fresh', async () => {
    const { zk, other, relay } = await target.relayed();
    const { stat } = await other.create('/a', 'one', { withStat: true });
    const states = record(zk.state$);
    const live = record(zk.data$('/a', text(), { meta: true }));
    const list = record(zk.children$('/', { meta: true }));
    await Promise.all([live.count(1), list.count(1)]);
    expect(live.values[0]).toMatchObject({ value: 'one', stat, fresh: true });
    expect(live.values[0]?.zxid).toBeGreaterThanOrEqual(stat.mzxid);
    relay.refuse();
    await states.value('suspended', ({ status }) => status === 'suspended');
    await live.settles('stale', ({ fresh }) => !fresh);
    expect(live.last).toMatchObject({ value: 'one', stat, fresh: false });
    expect(list.last).toMatchObject({ value: ['a'], fresh: false });
    relay.restore();
    await live.settles('fresh', ({ fresh }) => fresh);
    await list.settles('fresh', ({ fresh }) => fresh);
    expect(live.last).toMatchObject({ value: 'one', stat });
  });
}
