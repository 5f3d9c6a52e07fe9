/**
 * Stands between the network and a server's front: gives it one frame at a time, so that whoever follows the tree sees
 * every transaction by itself, and counts whose deletes were carried out.
 */

import { type Acceptor, type PipeHandlers } from '../../src/transport/transport.js';
import { FrameSplitter } from '../../src/wire/frames.js';
import { operationName, operations } from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import { framed } from '../support/raw-client.js';
import { type Model } from './model.js';

const maxFrameBytes = 1 << 20;

export interface ServerTapOptions {
  readonly model: Model;
  /** A `delete` of this path was carried out. */
  readonly onDeleted: (path: string) => void;
}

export function tapped(acceptor: Acceptor, { model, onDeleted }: ServerTapOptions): Acceptor {
  return (pipe, remote) => {
    const handlers = acceptor(pipe, remote);
    const reader = new JuteReader();
    let greeted = false;
    const frames = new FrameSplitter(maxFrameBytes, (bytes, from, to) => {
      reader.reset(bytes, from, to);
      const path = greeted ? deletedPath(reader) : undefined;
      const existed = path !== undefined && model.current(path) !== null;
      greeted = true;
      handlers.onData(framed(bytes.slice(from, to)));
      model.look();
      if (existed && model.current(path) === null) onDeleted(path);
      return true;
    });
    return {
      onData: (chunk) => {
        frames.push(chunk);
      },
      onFlush: () => handlers.onFlush(),
      onClose: (error) => {
        handlers.onClose(error);
      },
    } satisfies Omit<PipeHandlers, 'onOpen'>;
  };
}

function deletedPath(reader: JuteReader): string | undefined {
  reader.int();
  if (operationName(reader.int()) !== 'delete') return undefined;
  const { path } = operations.delete.request.read(reader);
  return path.startsWith('/d') ? path : undefined;
}
