/** What each server of an ensemble says of itself, without a session: release, mode, figures; and who does not answer. */

import { catchError, forkJoin, lastValueFrom, map, of } from 'rxjs';
import { FourLetterWordError, isReadOnly, mntr, serverVersion, srvr } from 'rxzk';

export async function main(hosts: string, print = console.log): Promise<void> {
  // One question for each server, all at a time; a server that is down spoils nothing.
  const statuses$ = [...hosts.split(','), 'localhost:1'].map((host) =>
    srvr(host, { timeoutMs: 10_000 }).pipe(
      map(({ mode, connections }) => `${mode} with ${String(connections)} connection(s)`),
      catchError((error: unknown) =>
        of(
          error instanceof FourLetterWordError
            ? `${error.server} is ${error.reason}`
            : String(error),
        ),
      ),
    ),
  );
  for (const status of await lastValueFrom(forkJoin(statuses$))) print(status);

  const [first = ''] = hosts.split(',');
  const version = await serverVersion(first);
  print(`recursive watches: ${version.atLeast('3.6') ? 'yes' : 'no'}`);
  print(`read-only: ${String(await isReadOnly(first))}`);
  const figures = await mntr(first);
  print(`waiting requests: ${String(figures.get('zk_outstanding_requests'))}`);
}

if (require.main === module) void main(process.argv[2] ?? '127.0.0.1:2181');
