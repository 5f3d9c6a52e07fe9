/** Watch the connection: every state of the session, as values. */

import { map } from 'rxjs';
import { zookeeper } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  const zk = zookeeper(hosts, { sessionTimeoutMs: 6_000 });

  const ended = new Promise<void>((resolve) => {
    zk.state$
      .pipe(
        map((state) =>
          state.status === 'connected'
            ? `connected, session timeout ${String(state.timeoutMs)} ms`
            : state.status,
        ),
      )
      .subscribe({ next: print, complete: resolve });
  });

  await zk.exists('/');
  await zk.close();
  await ended;
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
