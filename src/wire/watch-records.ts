/** The records of requests about watches: leave, ask for, remove, and leave again on a new connection. */

import { type Codec } from './records.js';

/** Which watches `checkWatches` and `removeWatches` mean; 4 and 5 since 3.9. */
export const watcherTypes = {
  children: 1,
  data: 2,
  any: 3,
  persistent: 4,
  persistentRecursive: 5,
} as const;

export interface PathWatcherRequest {
  readonly path: string;
  readonly watcherType: number;
}

export const pathWatcherCodec: Codec<PathWatcherRequest> = {
  write(writer, { path, watcherType }) {
    writer.string(path);
    writer.int(watcherType);
  },
  read: (reader) => ({ path: reader.string() ?? '', watcherType: reader.int() }),
};

/** What `addWatch` leaves: 0 persistent on one znode, 1 persistent on it and everything below. */
export const addWatchModes = { persistent: 0, persistentRecursive: 1 } as const;

export interface AddWatchRequest {
  readonly path: string;
  readonly mode: number;
}

export const addWatchCodec: Codec<AddWatchRequest> = {
  write(writer, { path, mode }) {
    writer.string(path);
    writer.int(mode);
  },
  read: (reader) => ({ path: reader.string() ?? '', mode: reader.int() }),
};

/** Watches to leave again on a new connection, with what has been seen so far. */
export interface SetWatchesRequest {
  readonly relativeZxid: bigint;
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly child: readonly string[];
}

const pathsCodec: Codec<readonly string[]> = {
  write: (writer, paths) => {
    writer.vector(paths, (w, path) => {
      w.string(path);
    });
  },
  read: (reader) => reader.vector((r) => r.text('path')) ?? [],
};

export const setWatchesCodec: Codec<SetWatchesRequest> = {
  write(writer, { relativeZxid, data, exist, child }) {
    writer.long(relativeZxid);
    for (const paths of [data, exist, child]) pathsCodec.write(writer, paths);
  },
  read: (reader) => ({
    relativeZxid: reader.long(),
    data: pathsCodec.read(reader),
    exist: pathsCodec.read(reader),
    child: pathsCodec.read(reader),
  }),
};

export interface SetWatches2Request extends SetWatchesRequest {
  readonly persistent: readonly string[];
  readonly persistentRecursive: readonly string[];
}

export const setWatches2Codec: Codec<SetWatches2Request> = {
  write(writer, request) {
    setWatchesCodec.write(writer, request);
    for (const paths of [request.persistent, request.persistentRecursive]) {
      pathsCodec.write(writer, paths);
    }
  },
  read: (reader) => ({
    ...setWatchesCodec.read(reader),
    persistent: pathsCodec.read(reader),
    persistentRecursive: pathsCodec.read(reader),
  }),
};
