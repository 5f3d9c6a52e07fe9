/** This client, as built, in the shape that the loads drive. */

import { pathToFileURL } from 'node:url';

export async function openClient({ port, onLoss, dist, viewOf = (zk) => zk }) {
  const { zookeeper } = await import(pathToFileURL(`${dist}/index.js`).href);
  const zk = zookeeper(`127.0.0.1:${String(port)}`, {
    sessionTimeoutMs: 30_000,
    // The loads subscribe and unsubscribe; the session is to stand until `close`.
    idleGraceMs: Infinity,
  });
  await new Promise((resolve, reject) => {
    zk.state$.subscribe({
      next: ({ status }) => {
        if (status === 'connected') resolve();
        if (status === 'suspended' || status === 'lost') onLoss(new Error(status));
      },
      error: reject,
    });
  });
  const view = viewOf(zk);
  return {
    get: (observer) => (path) => view.get(path).subscribe(observer),
    // What makes the server fire is a path of its own.
    set: (observer) => (path, data) =>
      (path === '/fire' ? zk : view).set(path, data).subscribe(observer),
    live: (observer) => (path) => view.data$(path).subscribe(observer),
    close: () => zk.close(),
  };
}
