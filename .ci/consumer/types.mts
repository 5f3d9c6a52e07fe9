/** What a user's compiler says of the package. */
import { type Observable } from 'rxjs';
import { json, type Stat, zookeeper, type ZooKeeper } from 'rxzk';

interface Config {
  readonly limit: number;
}

export const zk: ZooKeeper = zookeeper('localhost:2181/app', { sessionTimeoutMs: 10_000 });
export const config$: Observable<Config | null> = zk.data$('/config', json<Config>());
export const stat: Promise<Stat | null> = (async () => await zk.exists('/config'))();
// @ts-expect-error -- a path is a string
zk.get(1);
zookeeper('localhost', { tls: { ca: ['PEM', new Uint8Array()], minVersion: 'TLSv1.3' } });
zookeeper('localhost', { tls: async ({ host }) => ({ servername: await Promise.resolve(host) }) });
// @ts-expect-error -- verification cannot be turned off
zookeeper('localhost', { tls: { rejectUnauthorized: false } });
// @ts-expect-error -- there is no such option
zookeeper('localhost', { sessionTimeout: 1 });
