/** Asks a server a four-letter word: four bytes on a fresh connection, the answer, end of connection. */

import { connect } from 'node:net';

/** The answer, or `undefined` if nothing (whole) came within the time. */
export function fourLetterWord(
  word: string,
  { port, timeoutMs = 1000 }: { readonly port: number; readonly timeoutMs?: number },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (result: string | undefined) => {
      socket.destroy();
      resolve(result);
    };
    socket.setEncoding('utf8');
    socket.setTimeout(timeoutMs, () => {
      finish(undefined);
    });
    socket.on('connect', () => socket.write(word));
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('error', () => {
      finish(undefined);
    });
    socket.on('end', () => {
      finish(answer === '' ? undefined : answer);
    });
  });
}

/** What `srvr` says of a server that is serving. */
export interface ServerStatus {
  /** `3.8.0`, as far as it is digits and dots. */
  readonly version: string;
  readonly mode: string;
}

/** The status of a server, or `undefined` while it does not serve. */
export async function serverStatus(port: number): Promise<ServerStatus | undefined> {
  const answer = (await fourLetterWord('srvr', { port })) ?? '';
  const version = /^Zookeeper version: ([\d.]+)/m.exec(answer)?.[1];
  const mode = /^Mode: (\S+)/m.exec(answer)?.[1];
  return version === undefined || mode === undefined ? undefined : { version, mode };
}
