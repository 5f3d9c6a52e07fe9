/** Who is compared: a real server, which goes on from run to run, and an embedded one, made anew for each. */

import { createServer } from '../../src/server/server.js';
import { digestId } from '../../src/wire/digest-id.js';
import { type ManagedServer, type StartZooKeeperOptions } from '../../src/testing/index.js';
import { VirtualTime } from '../support/virtual-time.js';
import { acceptorDial, type Dial, tcpDial } from './dial.js';

/** A server for one run. */
export interface Arena {
  readonly dial: Dial;
  /** Called when a session without a connection shall end; a server whose time goes on by itself needs no telling. */
  timeRunsOut(sessionId: bigint): void;
  /** The run is over. */
  dispose(): void;
}

export interface Contestant {
  readonly name: string;
  enter(): Arena;
}

/** What both servers are told to be like. */
export interface Rules {
  /** The release that the embedded server plays. */
  readonly version?: string;
  readonly enforceQuota?: boolean;
}

export const superCredential = 'super:secret';
const superDigest = digestId(superCredential);

/** Time stands still in it, so nothing happens by itself. */
export function embedded({ version = '3.8.0', enforceQuota = false }: Rules): Contestant {
  return {
    name: 'embedded',
    enter() {
      const scheduler = new VirtualTime();
      const server = createServer({ scheduler, version, enforceQuota, superDigest });
      // Ids begin with the time of the start; a clock at 0 would leave no time to tell from "never".
      scheduler.advanceTo(1_000_000);
      return {
        dial: acceptorDial(server.acceptor),
        timeRunsOut: (sessionId) => {
          server.expireSession(sessionId);
        },
        dispose: () => {
          server.dispose();
        },
      };
    },
  };
}

export function real({ port }: ManagedServer): Contestant {
  const arena = { dial: tcpDial(port), timeRunsOut: () => undefined, dispose: () => undefined };
  return { name: 'real', enter: () => arena };
}

/** How a real server has to be started: ends sessions soon that ask for it, reaps nothing, does not wait for the disk. */
export function realOptions({ enforceQuota = false }: Rules): StartZooKeeperOptions {
  return {
    tickMs: 50,
    properties: { minSessionTimeout: 50, maxSessionTimeout: 60_000 },
    systemProperties: {
      'zookeeper.extendedTypesEnabled': true,
      'zookeeper.enforceQuota': enforceQuota,
      'zookeeper.forceSync': 'no',
      'znode.container.checkIntervalMs': 3_600_000,
      'zookeeper.DigestAuthenticationProvider.superDigest': superDigest,
    },
  };
}
