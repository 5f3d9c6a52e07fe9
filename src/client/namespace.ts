/** The options of a namespace: a view of what is below a path. */

import { type Acl } from '../wire/records.js';
import { type Schema } from './schema.js';
import { type AncestorMode } from './znode.js';

/** How `ZooKeeper.namespace` makes its view. */
export interface NamespaceOptions {
  /**
   * What the znodes are that lead to the namespace, where they are missing: `persistent` (default) stay for ever, a `container`
   * (3.5.1+) is removed by the server some time after its last child, and made again when it is needed.
   */
  readonly parents?: AncestorMode;
  /** ACL of these znodes. Default: the `defaultAcl` of what the namespace is made of. */
  readonly parentsAcl?: readonly Acl[];
  /** ACL of everything that is created through the view without one. Default: that of what the namespace is made of. */
  readonly defaultAcl?: readonly Acl[];
  /** Rules for paths below the namespace, which hold besides those that hold for it anyway. Default: none. */
  readonly schema?: Schema;
}
