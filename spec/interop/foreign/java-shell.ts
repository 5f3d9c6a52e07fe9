/** The shell of ZooKeeper itself, `zkCli.sh`, by its class. */

import { ForeignProcess } from './foreign-process.js';
import { javaArguments, type JavaTools } from './java.js';
import { type Tour } from './transcript.js';

const script = (hosts: string): readonly string[] => [
  ...creating,
  ...reading,
  ...changing,
  ...access,
  ...watching,
  ...theRest,
  'close',
  'ls /',
  `connect ${hosts}`,
  'addauth digest me:secret',
  'get /shell/a',
  'deleteall /shell/recursive -b 2',
  'deleteall /shell',
  'ls /shell',
  'deleteall /none',
  'quit',
];

const creating = [
  'create /shell',
  'create /shell/a one',
  'create -s /shell/seq- s',
  'create -e /shell/eph e',
  'create -s -e /shell/ephseq- es',
  'create -c /shell/container',
  'create -t 600000 /shell/ttl t',
  'create -s -t 600000 /shell/ttlseq- t',
  'create -e -t 1000 /shell/wrong',
  'create /shell/a again',
  'create /none/a x',
  'create /shell/eph/child x',
  'create bad x',
  'create /shell/acl x world:anyone:cra',
];

const reading = [
  'get /shell/a',
  'get -s /shell/a',
  'get -w /shell/a',
  'get /shell/none',
  'ls /shell',
  'ls -s /shell',
  'ls -R /shell',
  'ls -w /shell',
  'ls /shell/none',
  'stat /shell/a',
  'stat -w /shell/a',
  'stat /shell/none',
  'getAllChildrenNumber /shell',
  'getAllChildrenNumber /',
  'getEphemerals',
  'getEphemerals /shell/eph',
  'getEphemerals /none',
];

const changing = [
  'set /shell/a two',
  'set -s /shell/a three',
  'set -v 2 /shell/a four',
  'set -v 2 /shell/a five',
  'set /shell/none x',
  'create /shell/b',
  'delete -v 9 /shell/b',
  'delete -v 0 /shell/b',
  'delete /shell',
  'delete /shell/none',
];

const access = [
  'getAcl /shell/a',
  'getAcl -s /shell/acl',
  'getAcl /none',
  'set /shell/acl x',
  'setAcl /shell/acl world:anyone:cdrwa',
  'setAcl /shell/a auth::rw',
  'whoami',
  'addauth digest me:secret',
  'whoami',
  'setAcl -s -v 1 /shell/acl auth::cdrwa',
  'setAcl -v 7 /shell/acl world:anyone:r',
  'getAcl /shell/acl',
  'setAcl -R /shell/container digest:me:016djjlksVQS5RgX3M7biBGyYwY=:cdrwa,world:anyone:cdrwa',
  'getAcl /shell/container',
  'setAcl /shell/a digest:wrong:r',
];

const watching = [
  'addWatch -m PERSISTENT /shell/persistent',
  'addWatch -m PERSISTENT_RECURSIVE /shell/recursive',
  'addWatch -m WRONG /shell',
  'create /shell/persistent p',
  'create /shell/persistent/child c',
  'set /shell/persistent q',
  'create /shell/recursive r',
  'create /shell/recursive/child c',
  'create /shell/recursive/child/deep d',
  'set /shell/recursive/child/deep e',
  'delete /shell/recursive/child/deep',
  'removewatches /shell/persistent',
  'removewatches /shell/recursive -a',
  'removewatches /shell/nowatch',
  'set /shell/persistent silent',
  'stat -w /shell/removed',
  'removewatches /shell/removed -d',
];

const theRest = [
  'sync /shell',
  'sync /none',
  'config',
  'config -s',
  'config -c',
  'reconfig -remove 3',
  'setquota -n 3 /shell/recursive',
  'setquota -b 1000 /shell/recursive',
  'setquota -N 1 /shell/recursive',
  'listquota /shell/recursive',
  'get /zookeeper/quota/shell/recursive/zookeeper_stats',
  'delquota -n /shell/recursive',
  'listquota /shell/recursive',
  'delquota /shell/recursive',
  'listquota /shell/recursive',
  'listquota /none',
  'history',
  'version',
  'redo 2',
  'printwatches off',
  'printwatches',
  'printwatches on',
  'nonsense',
];

/** The order of events is one, the order of answers is another; neither says anything of the other. */
function apart(said: string): string {
  const lines = said.split('\n').filter((line) => line !== 'WATCHER::' && line.trim() !== '');
  const isEvent = (line: string): boolean => line.startsWith('WatchedEvent ');
  // Whether a closed client still tells that it is closed before the shell ends is chance.
  const events = lines.filter((line) => isEvent(line) && !line.includes('state:Closed'));
  // A shell with editing, where there is one, says so.
  const answers = lines.filter((line) => !isEvent(line) && !line.startsWith('JLine '));
  return [sortLists(answers.join('\n')), ...events].join('\n');
}

/** Lists of znodes and of identities have no order of their own. */
function sortLists(text: string): string {
  return text
    .replace(/^\[(.*)\]$/gm, (_all, list: string) => `[${list.split(', ').sort().join(', ')}]`)
    .replace(
      /^(?:(?:digest|ip): .*\n)+/gm,
      (all) => `${all.trim().split('\n').sort().join('\n')}\n`,
    );
}

export function javaShellTour(tools: JavaTools): Tour {
  return async ({ hosts }) => {
    const shell = new ForeignProcess({
      file: tools.java,
      args: [
        ...javaArguments(tools),
        'org.apache.zookeeper.ZooKeeperMain',
        '-timeout',
        '10000',
        '-server',
        hosts,
      ],
      joined: true,
    });
    shell.tell(...script(hosts));
    return apart(await shell.end());
  };
}
