/**
 * The bodies of multi and multiRead: headers and records, ended by a header that says "done".
 *
 * A result is decoded by the type in *its* header, never by what was asked: servers before 3.7.2/3.8.2 answer a create2
 * inside a multi with a plain create result (ZOOKEEPER-4026).
 */

import { ProtocolError } from '../errors/client-errors.js';
import { type JuteReader } from './reader.js';
import { type Codec, type Stat, statCodec } from './records.js';
import {
  createCodec,
  type CreateRequest,
  createTtlCodec,
  type CreateTtlRequest,
  pathVersionCodec,
  type PathVersionRequest,
  pathWatchCodec,
  type PathWatchRequest,
  setDataCodec,
  type SetDataRequest,
} from './request-records.js';
import {
  dataStatCodec,
  type DataStat,
  namesCodec,
  pathReplyCodec,
  pathStatCodec,
} from './response-records.js';
import { type JuteWriter } from './writer.js';

/** One operation of a multi. */
export type MultiOperation =
  | ({ readonly type: 'create' | 'create2' | 'createContainer' } & CreateRequest)
  | ({ readonly type: 'createTtl' } & CreateTtlRequest)
  | ({ readonly type: 'delete' | 'check' } & PathVersionRequest)
  | ({ readonly type: 'setData' } & SetDataRequest)
  | ({ readonly type: 'getData' | 'getChildren' } & PathWatchRequest);

/** The answer to one operation of a multi. */
export type MultiResult =
  | { readonly type: 'create'; readonly path: string }
  | { readonly type: 'create2'; readonly path: string; readonly stat: Stat }
  | { readonly type: 'setData'; readonly stat: Stat }
  | { readonly type: 'delete' | 'check' }
  | ({ readonly type: 'getData' } & DataStat)
  | { readonly type: 'getChildren'; readonly names: readonly string[] }
  | { readonly type: 'error'; readonly error: number };
// The opcodes that may stand in a multi's headers.
const opcodes = {
  create: 1,
  delete: 2,
  getData: 4,
  setData: 5,
  getChildren: 8,
  check: 13,
  create2: 15,
  createContainer: 19,
  createTtl: 21,
  error: -1,
} as const;

/** The operations of a multi or multiRead request; which ones may stand together is the server's to say. */
export const multiCodec: Codec<readonly MultiOperation[]> = {
  write(writer, operations) {
    for (const operation of operations) {
      writeHeader(writer, opcodes[operation.type], -1);
      writeOperation(writer, operation);
    }
    writeEnd(writer);
  },
  read(reader) {
    const operations: MultiOperation[] = [];
    for (let type = readHeader(reader); type !== undefined; type = readHeader(reader)) {
      operations.push(readOperation(reader, type));
    }
    return operations;
  },
};

/** The answers to a multi or multiRead, one for each operation, in order. */
export const multiResultCodec: Codec<readonly MultiResult[]> = {
  write(writer, results) {
    for (const result of results) {
      writeHeader(writer, opcodes[result.type], result.type === 'error' ? result.error : 0);
      writeResult(writer, result);
    }
    writeEnd(writer);
  },
  read(reader) {
    const results: MultiResult[] = [];
    for (let type = readHeader(reader); type !== undefined; type = readHeader(reader)) {
      results.push(readResult(reader, type));
    }
    return results;
  },
};

function writeHeader(writer: JuteWriter, type: number, error: number): void {
  writer.int(type);
  writer.bool(false);
  writer.int(error);
}

function writeEnd(writer: JuteWriter): void {
  writer.int(-1);
  writer.bool(true);
  writer.int(-1);
}

/** The type in the next header, or `undefined` for the one that ends the list. */
function readHeader(reader: JuteReader): number | undefined {
  const type = reader.int();
  const done = reader.bool();
  reader.int();
  return done ? undefined : type;
}

function writeOperation(writer: JuteWriter, operation: MultiOperation): void {
  switch (operation.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
      createCodec.write(writer, operation);
      return;
    case 'createTtl':
      createTtlCodec.write(writer, operation);
      return;
    case 'delete':
    case 'check':
      pathVersionCodec.write(writer, operation);
      return;
    case 'setData':
      setDataCodec.write(writer, operation);
      return;
    case 'getData':
    case 'getChildren':
      pathWatchCodec.write(writer, operation);
  }
}

function readOperation(reader: JuteReader, type: number): MultiOperation {
  switch (type) {
    case opcodes.create:
      return { type: 'create', ...createCodec.read(reader) };
    case opcodes.create2:
      return { type: 'create2', ...createCodec.read(reader) };
    case opcodes.createContainer:
      return { type: 'createContainer', ...createCodec.read(reader) };
    case opcodes.createTtl:
      return { type: 'createTtl', ...createTtlCodec.read(reader) };
    case opcodes.delete:
      return { type: 'delete', ...pathVersionCodec.read(reader) };
    case opcodes.check:
      return { type: 'check', ...pathVersionCodec.read(reader) };
    case opcodes.setData:
      return { type: 'setData', ...setDataCodec.read(reader) };
    case opcodes.getData:
      return { type: 'getData', ...pathWatchCodec.read(reader) };
    case opcodes.getChildren:
      return { type: 'getChildren', ...pathWatchCodec.read(reader) };
    default:
      throw new ProtocolError(`operation ${String(type)} in a multi`);
  }
}

function writeResult(writer: JuteWriter, result: MultiResult): void {
  switch (result.type) {
    case 'create':
      pathReplyCodec.write(writer, result.path);
      return;
    case 'create2':
      pathStatCodec.write(writer, result);
      return;
    case 'setData':
      statCodec.write(writer, result.stat);
      return;
    case 'getData':
      dataStatCodec.write(writer, result);
      return;
    case 'getChildren':
      namesCodec.write(writer, result.names);
      return;
    case 'error':
      writer.int(result.error);
      return;
    case 'delete':
    case 'check':
  }
}

function readResult(reader: JuteReader, type: number): MultiResult {
  switch (type) {
    case opcodes.create:
      return { type: 'create', path: pathReplyCodec.read(reader) };
    case opcodes.create2:
    case opcodes.createContainer:
    case opcodes.createTtl:
      return { type: 'create2', ...pathStatCodec.read(reader) };
    case opcodes.setData:
      return { type: 'setData', stat: statCodec.read(reader) };
    case opcodes.delete:
      return { type: 'delete' };
    case opcodes.check:
      return { type: 'check' };
    case opcodes.getData:
      return { type: 'getData', ...dataStatCodec.read(reader) };
    case opcodes.getChildren:
      // The names of a multi are followed by other results, so they are read one by one.
      return { type: 'getChildren', names: reader.vector((r) => r.string() ?? '') ?? [] };
    case opcodes.error:
      return { type: 'error', error: reader.int() };
    default:
      throw new ProtocolError(`result of type ${String(type)} in a multi`);
  }
}
