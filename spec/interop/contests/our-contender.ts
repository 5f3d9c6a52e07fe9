/** A process with contenders of ours that take turns freely, told what to do on stdin. */

import { createInterface } from 'node:readline';
import { ourLocks } from './our-locks.js';
import { ourMembers } from './our-members.js';
import { ourQueues } from './our-queues.js';
import { OurTeam } from './our-team.js';

const team = new OurTeam({ ...ourLocks, ...ourMembers, ...ourQueues }, (event) => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
});

createInterface({ input: process.stdin }).on('line', (line) => {
  team.tell(line);
});
