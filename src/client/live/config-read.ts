/** `config$`: the live read of the ensemble's own configuration, which no chroot applies to. */

import { map } from 'rxjs';
import { chroot } from '../../path.js';
import { parseEnsembleConfig } from '../ensemble-config.js';
import { type LiveHost } from '../host.js';
import { configPath } from '../operations/reads.js';
import { type ZooKeeper } from '../zookeeper.js';
import { createLiveReads, type LiveReads } from './live-reads.js';

/** `live`: the reads of the client, which have it already if there is no chroot. */
export function createConfigRead(host: LiveHost, live: LiveReads): ZooKeeper['config$'] {
  const reads = host.chroot.prefix === '' ? live : createLiveReads(unrooted(host));
  return reads
    .data$(configPath)
    .pipe(map((data) => (data === null ? null : parseEnsembleConfig(data))));
}

function unrooted(host: LiveHost): LiveHost {
  return {
    chroot: chroot(''),
    scheduler: host.scheduler,
    retain: () => host.retain(),
    release: () => {
      host.release();
    },
    report: (error) => {
      host.report(error);
    },
  };
}
