/** This client through two namespaces inside each other: what a view costs beside the plain one. See `../views.mjs`. */

import { openClient as openPlain } from './rxzk.mjs';

export async function openClient(options) {
  return openPlain({ ...options, viewOf: (zk) => zk.namespace('/team').namespace('/one') });
}
