/** A server on which our recipes meet those of a Java process with Curator, for all the tests of one file. */

import { type ZooKeeper } from '../../../src/index.js';
import { single } from '../../contract/support/real-target.js';
import { type ContractTarget, useTarget } from '../../contract/suite/target.js';
import { describeNeeding } from '../needs.js';
import { CuratorProcess, findCuratorDiscovery, type Handle } from './curator-process.js';

/** What a test has, anew for each. */
export interface CuratorWorld {
  /** Of ours, below a chroot of its own. */
  readonly zk: ZooKeeper;
  readonly target: ContractTarget;
  readonly java: CuratorProcess;
  /** Makes a recipe of Curator's on a path of ours. */
  readonly make: (
    kind: string,
    path: string,
    ...words: readonly (string | number)[]
  ) => Promise<Handle>;
}

/** As `describe`, with a Curator; each test asks for its world. */
export function describeCurator(name: string, define: (world: () => CuratorWorld) => void): void {
  describeNeeding(name, findCuratorDiscovery(), (tools) => {
    let java: CuratorProcess | undefined;
    // Before the target looks whether anything is left.
    afterEach(() => java?.renew());
    const target = useTarget(single);
    let zk: ZooKeeper | undefined;
    beforeAll(async () => {
      java = await CuratorProcess.start(tools, target.hosts);
    }, 90_000);
    beforeEach(async () => {
      zk = await target.client();
    });
    afterAll(() => java?.end());
    define(() => {
      if (java === undefined || zk === undefined) throw new Error('they are there in tests only');
      const [running, { chroot }] = [java, zk];
      const make: CuratorWorld['make'] = (kind, path, ...words) =>
        running.make(kind, chroot + path, ...words);
      return { zk, target, java, make };
    });
  });
}
