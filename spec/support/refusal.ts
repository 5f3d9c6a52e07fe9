/** What a client that can reach no server says: in its state, in its reports, and of a request that waits in vain. */

import {
  ConnectError,
  TimeoutError,
  zookeeper,
  type ZooKeeperError,
  type ZooKeeperOptions,
} from '../../src/index.js';
import { expectFailure, until } from '../contract/support/recording.js';

const patienceMs = 30_000;

/** The error that a client reports of its first attempt, after having seen that all ways to hear of it agree. */
export async function refusalOf(
  hosts: string,
  options: ZooKeeperOptions = {},
): Promise<ConnectError> {
  const reports: ZooKeeperError[] = [];
  const onReport = (error: ZooKeeperError): void => void reports.push(error);
  await using zk = zookeeper(hosts, { connectTimeoutMs: patienceMs, ...options, onReport });
  const states: string[] = [];
  zk.state$.subscribe(({ status }) => states.push(status));
  await until('an attempt to fail', () => reports.length > 0, patienceMs);
  const [first] = reports;
  if (!(first instanceof ConnectError)) throw first ?? new Error('there was no report');
  const { reason, server } = first;
  expect(zk.state).toMatchObject({ status: 'connecting', cause: { reason, server } });
  const waited = zk.get('/secret', { timeoutMs: 20 });
  const timedOut = await expectFailure(waited, TimeoutError, 'Timeout after 20 ms: get /secret');
  expect(timedOut).toMatchObject({ outcome: 'not-sent', cause: { reason, server } });
  expect(states).toEqual(['connecting']);
  await zk.close();
  return first;
}
