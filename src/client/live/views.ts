/** What each kind of live read wants of its cell and makes of it; and the checks of what the user asked for. */

import {
  checkBoolean,
  checkCallable,
  checkNames,
  checkNumber,
  type Given,
  refuse,
} from '../checks.js';
import { type ValueCodec } from '../codec.js';
import { decodeValue } from '../decode.js';
import { type DecodedTreeOptions } from '../tree.js';
import { type LiveOptions, type MetaOptions } from '../zookeeper.js';
import { type ChildrenView } from './children-cell.js';
import { type NodeState, type NodeView } from './node-cell.js';
import { type LiveOperation } from './subscribers.js';

/** A codec and options as they were given, if they were. */
export interface Wish {
  readonly codec?: ValueCodec<unknown> | undefined;
  readonly options?: Partial<MetaOptions> | undefined;
}

const noBytes = new Uint8Array(0);
const plain = { meta: false, keep: false };
const optionNames = new Set(['onError', 'meta']);
const treeOptionNames = new Set(['maxDepth', 'filter', 'codec', 'onError']);

// The views without codec and options are shared by all live reads, so that a hundred thousand of them stay small. Data
// that a znode was created without is no bytes here: null would say that the znode does not exist.
const bytesView: NodeView = {
  operation: 'data$',
  want: 'data',
  ...plain,
  value: ({ stat, data }) => (stat === null ? null : (data ?? noBytes)),
};

const rawNodeView: NodeView = {
  operation: 'node$',
  want: 'data',
  ...plain,
  value: ({ path, stat, data }) => (stat === null ? null : { path, data, stat }),
};

export const existsView: NodeView = {
  operation: 'exists$',
  want: 'exists',
  ...plain,
  value: ({ stat }) => stat,
};

export const madeView: NodeView = {
  operation: 'created$',
  want: 'made',
  ...plain,
  // It only ever completes.
  value: () => undefined,
};

export const goneView: NodeView = {
  operation: 'deleted$',
  want: 'gone',
  ...plain,
  // It only ever completes.
  value: () => undefined,
};

const namesView: ChildrenView = { operation: 'children$', ...plain };
const namesMetaView: ChildrenView = { operation: 'children$', meta: true, keep: false };

export function dataView({ codec, options }: Wish): NodeView {
  if (codec === undefined && options === undefined) return bytesView;
  if (codec === undefined) return { ...bytesView, ...flags(options) };
  const value = (node: NodeState): unknown =>
    node.stat === null ? null : decode(codec, node, 'data$');
  return { operation: 'data$', want: 'data', ...flags(options), value };
}

export function nodeView({ codec, options }: Wish): NodeView {
  if (codec === undefined) return rawNodeView;
  const value = (node: NodeState): unknown => {
    const { path, stat } = node;
    return stat === null ? null : { path, data: decode(codec, node, 'node$'), stat };
  };
  return { operation: 'node$', want: 'data', ...flags(options), value };
}

export function childrenView(options: MetaOptions | undefined): ChildrenView {
  return options?.meta === true ? namesMetaView : namesView;
}

/** Throws `InvalidOptionError` naming what cannot be used. */
export function checkWish({ codec, options }: Wish, operation: LiveOperation): void {
  const context = { operation };
  checkCallable({ option: 'codec', value: codec, context }, 'decode');
  if (options === undefined) return;
  checkNames({ option: 'options', value: options, context }, optionNames);
  checkBoolean({ option: 'meta', value: options.meta, context });
  checkOnError({ option: 'onError', value: options.onError, context });
}

/** The same for a tree. */
export function checkTreeOptions(options: Partial<DecodedTreeOptions<unknown>>): void {
  const context = { operation: 'tree$' };
  checkNames({ option: 'options', value: options, context }, treeOptionNames);
  checkNumber(
    { option: 'maxDepth', value: options.maxDepth, context },
    { min: 0, max: Number.MAX_SAFE_INTEGER, infinite: true },
  );
  checkCallable({ option: 'filter', value: options.filter, context });
  checkCallable({ option: 'codec', value: options.codec, context }, 'decode');
  checkOnError({ option: 'onError', value: options.onError, context });
}

function checkOnError(given: Given<string | undefined>): void {
  const { value } = given;
  if (value === undefined || value === 'error' || value === 'keep') return;
  throw refuse(given, `'error' or 'keep'`);
}

function flags(options: Wish['options'] | LiveOptions): Pick<NodeView, 'meta' | 'keep'> {
  const { meta, onError }: Partial<MetaOptions> = options ?? {};
  return { meta: meta === true, keep: onError === 'keep' };
}

function decode(
  codec: ValueCodec<unknown>,
  { path, data }: NodeState,
  operation: LiveOperation,
): unknown {
  return decodeValue(codec, { data, path, operation });
}
