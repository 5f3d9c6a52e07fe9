/** Metrics: how many requests of each kind there were, how they ended, and the slowest of each, from `requests$`. */

import { firstValueFrom, reduce } from 'rxjs';
import { zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts);
  // It ends when the client is closed, and until then it holds no session and opens none.
  const figures = firstValueFrom(
    zk.requests$.pipe(
      reduce((table, { request, outcome, tookMs = 0 }) => {
        const name = `${request} ${outcome}`;
        const { count, slowestMs } = table.get(name) ?? { count: 0, slowestMs: 0 };
        return table.set(name, { count: count + 1, slowestMs: Math.max(slowestMs, tookMs) });
      }, new Map<string, { readonly count: number; readonly slowestMs: number }>()),
    ),
  );

  await zk.create('/examples/metrics', '', { parents: 'persistent' });
  await Promise.all(Array.from({ length: 10 }, () => zk.get('/examples/metrics')));
  await zk.get('/examples/none').catch(() => undefined);
  await zk.close();

  for (const [name, { count, slowestMs }] of await figures) {
    print(`${name}: ${String(count)}, the slowest within a minute: ${String(slowestMs < 60_000)}`);
  }
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
