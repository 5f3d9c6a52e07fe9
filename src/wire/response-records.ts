/** The records that replies consist of, one codec each (Stat, the most frequent, is with the basic records). */

import { type Acl, aclCodec, type Codec, type Stat, statCodec } from './records.js';

// Bytes of an encoded Stat, which follows the names in a getChildren2 reply.
const statBytes = 68;

export const pathReplyCodec: Codec<string> = {
  write: (writer, path) => {
    writer.string(path);
  },
  read: (reader) => reader.text('path'),
};

export interface PathStat {
  readonly path: string;
  readonly stat: Stat;
}

export const pathStatCodec: Codec<PathStat> = {
  write(writer, { path, stat }) {
    writer.string(path);
    statCodec.write(writer, stat);
  },
  read: (reader) => ({ path: reader.text('path'), stat: statCodec.read(reader) }),
};

export interface DataStat {
  readonly data: Uint8Array | null;
  readonly stat: Stat;
}

export const dataStatCodec: Codec<DataStat> = {
  write(writer, { data, stat }) {
    writer.buffer(data);
    statCodec.write(writer, stat);
  },
  read: (reader) => ({ data: reader.buffer(), stat: statCodec.read(reader) }),
};

export interface AclStat {
  readonly acl: readonly Acl[];
  readonly stat: Stat;
}

export const aclStatCodec: Codec<AclStat> = {
  write(writer, { acl, stat }) {
    writer.vector(acl, aclCodec.write);
    statCodec.write(writer, stat);
  },
  read: (reader) => ({ acl: reader.vector(aclCodec.read) ?? [], stat: statCodec.read(reader) }),
};

export const namesCodec: Codec<readonly string[]> = {
  write: (writer, names) => {
    writer.vector(names, (w, name) => {
      w.string(name);
    });
  },
  read: (reader) => reader.strings() ?? [],
};

export interface NamesStat {
  readonly names: readonly string[];
  readonly stat: Stat;
}

export const namesStatCodec: Codec<NamesStat> = {
  write(writer, { names, stat }) {
    namesCodec.write(writer, names);
    statCodec.write(writer, stat);
  },
  read: (reader) => ({ names: reader.strings(statBytes) ?? [], stat: statCodec.read(reader) }),
};

/** A bare int: `addWatch`'s error (always 0), `getAllChildrenNumber`'s count. */
export const intCodec: Codec<number> = {
  write: (writer, value) => {
    writer.int(value);
  },
  read: (reader) => reader.int(),
};

/** One identity of this connection. */
export interface Identity {
  readonly scheme: string;
  readonly user: string;
}

export const identitiesCodec: Codec<readonly Identity[]> = {
  write(writer, identities) {
    writer.vector(identities, (w, { scheme, user }) => {
      w.string(scheme);
      w.string(user);
    });
  },
  read: (reader) =>
    reader.vector((r) => ({ scheme: r.string() ?? '', user: r.string() ?? '' })) ?? [],
};
