/** kazoo's way through a server: `kazoo/tour.py`. */

import { join } from 'node:path';
import { ForeignProcess } from './foreign-process.js';
import { type Tour } from './transcript.js';

/** With a Python that has kazoo. */
export function kazooTour(python: string): Tour {
  // -B: no byte code is left beside the sources.
  const file = join(__dirname, 'kazoo', 'tour.py');
  return ({ hosts }) => new ForeignProcess({ file: python, args: ['-B', file, hosts] }).end();
}
