/** The live reads of a client as its users see them: each call makes a cold face of a shared cell. */

import { Observable } from 'rxjs';
import { assertPath } from '../../path.js';
import { type Stat } from '../../wire/records.js';
import { type ValueCodec } from '../codec.js';
import { type DecodedTreeOptions, type TreeOptions, type TreeUpdate } from '../tree.js';
import { type LiveHost } from '../host.js';
import { type Live, type LiveOptions, type MetaOptions, type ZooKeeper } from '../zookeeper.js';
import { type Node } from '../znode.js';
import { LiveCells } from './live-cells.js';
import { type NodeView } from './node-cell.js';
import { TreeScope } from './tree-scope.js';
import {
  checkTreeOptions,
  checkWish,
  childrenView,
  dataView,
  existsView,
  goneView,
  madeView,
  nodeView,
  type Wish,
} from './views.js';

/** The part of the client that this folder implements. */
export type LiveReads = Pick<
  ZooKeeper,
  'data$' | 'node$' | 'exists$' | 'children$' | 'created$' | 'deleted$' | 'tree$'
>;

/** Where live reads find the cells they share. */
export type CellSource = Pick<LiveCells, 'attachNode' | 'attachList' | 'attachTree'>;

export function createLiveReads(
  host: LiveHost,
  cells: CellSource = new LiveCells(host),
): LiveReads {
  return new SharedReads(cells);
}

class SharedReads implements LiveReads {
  constructor(private readonly cells: CellSource) {}

  data$(path: string): Observable<Uint8Array | null>;
  data$<T>(path: string, codec: ValueCodec<T>, options?: LiveOptions): Observable<T | null>;
  data$<T>(path: string, codec: ValueCodec<T>, options: MetaOptions): Observable<Live<T | null>>;
  data$(path: string, ...wish: [ValueCodec<unknown>?, LiveOptions?]): Observable<never> {
    return this.wished(path, dataView, { codec: wish[0], options: wish[1] });
  }

  node$(path: string): Observable<Node<Uint8Array | null> | null>;
  node$<T>(path: string, codec: ValueCodec<T>, options?: LiveOptions): Observable<Node<T> | null>;
  node$(path: string, ...wish: [ValueCodec<unknown>?, LiveOptions?]): Observable<never> {
    return this.wished(path, nodeView, { codec: wish[0], options: wish[1] });
  }

  exists$(path: string): Observable<Stat | null> {
    return this.node(path, existsView);
  }

  created$(path: string): Observable<never> {
    return this.node(path, madeView);
  }

  deleted$(path: string): Observable<never> {
    return this.node(path, goneView);
  }

  children$(path: string): Observable<readonly string[] | null>;
  children$(path: string, options: MetaOptions): Observable<Live<readonly string[] | null>>;
  children$(path: string, options?: MetaOptions): Observable<never> {
    return new Observable((out) => {
      const view = childrenView(options);
      assertPath(path, view.operation);
      if (options !== undefined) checkWish({ options }, view.operation);
      return this.cells.attachList(path, view, out);
    });
  }

  tree$(path: string, options?: TreeOptions): Observable<TreeUpdate<Uint8Array | null>>;
  tree$<T>(path: string, options: DecodedTreeOptions<T>): Observable<TreeUpdate<T>>;
  tree$(path: string, options: Partial<DecodedTreeOptions<unknown>> = {}): Observable<never> {
    return new Observable((out) => {
      assertPath(path, 'tree$');
      checkTreeOptions(options);
      const view = { codec: options.codec, keep: options.onError === 'keep' };
      return this.cells.attachTree(new TreeScope(path, options), view, out);
    });
  }

  private wished(path: string, viewOf: (wish: Wish) => NodeView, wish: Wish): Observable<never> {
    // Nothing was wished: no check, and nothing to remember, for each of many.
    if (wish.codec === undefined && wish.options === undefined)
      return this.node(path, viewOf(wish));
    return new Observable((out) => {
      const view = viewOf(wish);
      assertPath(path, view.operation);
      checkWish(wish, view.operation);
      return this.cells.attachNode(path, view, out);
    });
  }

  private node(path: string, view: NodeView): Observable<never> {
    return new Observable((out) => {
      assertPath(path, view.operation);
      return this.cells.attachNode(path, view, out);
    });
  }
}
