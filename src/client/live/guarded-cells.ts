/** The schema's word on live reads: each is a watch. */

import { type RequestHost } from '../request-host.js';
import { type CellSource } from './live-reads.js';

/** The cells themselves if there are no rules, so that many live reads cost nothing more. */
export function guardCells(
  cells: CellSource,
  { schema, chroot }: Pick<RequestHost, 'schema' | 'chroot'>,
): CellSource {
  if (schema === undefined) return cells;
  const check = (path: string, operation: string): void => {
    schema.checkRead(chroot.toServer(path), true, { operation, path });
  };
  return {
    attachNode(path, view, out) {
      check(path, view.operation);
      return cells.attachNode(path, view, out);
    },
    attachList(path, view, out) {
      check(path, view.operation);
      return cells.attachList(path, view, out);
    },
    attachTree(scope, view, out) {
      check(scope.root, 'tree$');
      return cells.attachTree(scope, view, out);
    },
  };
}
