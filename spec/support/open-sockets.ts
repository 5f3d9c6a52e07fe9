/**
 * Connections of this process to a server, so that a spec can see that none is left.
 *
 * All spec files may run in one process, so a count of all sockets would be about the others, too.
 */

import { Socket } from 'node:net';

/** How many connections to any of these ports are open, on the side of who has connected. */
export function openSocketsTo(ports: readonly number[]): number {
  // What has been destroyed has no port any more.
  return activeHandles().filter(
    (handle) => handle instanceof Socket && ports.includes(handle.remotePort ?? -1),
  ).length;
}

/** The ports of a connect string. */
export function portsOf(hosts: string): readonly number[] {
  return hosts.split(',').map((host) => Number(/:(\d+)(?:\/|$)/.exec(host)?.[1]));
}

function activeHandles(): readonly unknown[] {
  // Not documented, and the only one that gives the objects: `getActiveResourcesInfo` names their kinds.
  const internals = process as unknown as { _getActiveHandles(): readonly unknown[] };
  return internals._getActiveHandles();
}
