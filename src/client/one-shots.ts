/** The verbs of the client: each method makes a one-shot of its row. Nothing is checked or sent before it is subscribed to. */

import { type Acl, type Stat } from '../wire/records.js';
import { type Identity } from '../wire/response-records.js';
import { awaitable } from './awaitable.js';
import { type ValueCodec } from './codec.js';
import { OneShot } from './one-shot.js';
import { addAuth } from './operations/add-auth.js';
import { type Created, type CreateInput } from './operations/create.js';
import { createShot } from './operations/create-shot.js';
import { deleteRecursive } from './operations/delete-recursive.js';
import { ensurePath } from './operations/ensure-path.js';
import { guaranteedDelete } from './operations/guaranteed-delete.js';
import { idempotentCreate, idempotentDelete, idempotentSet } from './operations/idempotent.js';
import { countDescendantsKind, ephemeralsKind, whoAmIKind } from './operations/inquiries.js';
import {
  creatingParentsOptions,
  makesParents,
  transactionAtHome,
} from './operations/making-parents.js';
import { multiReadKind } from './operations/multi-read.js';
import * as reads from './operations/reads.js';
import { transactionShot } from './operations/transaction-shot.js';
import { deleteKind, reconfigKind, setAclKind, setKind } from './operations/writes.js';
import { type RequestHost } from './request-host.js';
import { type Shot } from './request-kind.js';
import { type Request, type RequestOptions } from './request.js';
import {
  type ReadOperation,
  type ReadResults,
  type TransactionOperation,
  type TransactionResults,
} from './transaction.js';
import {
  type CreateOptions,
  type DeleteOptions,
  type EnsurePathOptions,
  type Node,
  type ParentsOptions,
  type Repeatable,
  type StatOptions,
  type VersionOptions,
} from './znode.js';
import { type ConfigStat, type ReconfigChange, type ZooKeeper } from './zookeeper.js';

type Data = Uint8Array | string | null;
type MakingOptions = CreateOptions & ParentsOptions & Repeatable;
type Versioned = RequestOptions & VersionOptions;
type Verbs = 'get' | 'exists' | 'children' | 'create' | 'set' | 'delete' | 'ensurePath' | 'getAcl';
type MoreVerbs = 'setAcl' | 'sync' | 'transaction' | 'multiRead' | 'ephemerals' | 'addAuth';
type Inquiries = 'countDescendants' | 'whoAmI' | 'getConfig' | 'reconfig';

export class OneShots implements Pick<ZooKeeper, Verbs | MoreVerbs | Inquiries> {
  constructor(protected readonly host: RequestHost) {}

  get(path: string, options?: RequestOptions): Request<Node<Uint8Array | null>>;
  get<T>(path: string, codec: ValueCodec<T>, options?: RequestOptions): Request<Node<T>>;
  get(
    path: string,
    second?: ValueCodec<unknown> | RequestOptions,
    third?: RequestOptions,
  ): Request<Node<unknown>> {
    const { host } = this;
    if (isCodec(second)) {
      return new OneShot(reads.getDecodedKind, { host, path, input: second, options: third });
    }
    return new OneShot(reads.getKind, { host, path, input: undefined, options: second });
  }

  exists(path: string, options?: RequestOptions): Request<Stat | null> {
    const { host } = this;
    return new OneShot(reads.existsKind, { host, path, input: undefined, options });
  }

  children(
    path: string,
    options: RequestOptions & Required<StatOptions<true>>,
  ): Request<{ readonly children: readonly string[]; readonly stat: Stat }>;
  children(path: string, options?: RequestOptions & StatOptions<false>): Request<readonly string[]>;
  children(
    path: string,
    options?: RequestOptions & StatOptions,
  ): Request<readonly string[]> &
    Request<{ readonly children: readonly string[]; readonly stat: Stat }> {
    const shot = { host: this.host, path, input: options?.withStat, options };
    const list: Request<unknown> =
      options?.withStat === true
        ? new OneShot(reads.childrenStatKind, shot)
        : new OneShot(reads.childrenKind, shot);
    // Which of the two is answered follows from `withStat`, as the overloads say.
    return list as Request<readonly string[]> &
      Request<{ readonly children: readonly string[]; readonly stat: Stat }>;
  }

  create(
    path: string,
    data: Data | undefined,
    options: MakingOptions & RequestOptions & Required<StatOptions<true>>,
  ): Request<{ readonly path: string; readonly stat: Stat }>;
  create(
    path: string,
    data?: Data,
    options?: MakingOptions & RequestOptions & StatOptions<false>,
  ): Request<string>;
  create(
    path: string,
    data?: Data,
    options?: MakingOptions & RequestOptions & StatOptions,
  ): Request<string> & Request<{ readonly path: string; readonly stat: Stat }> {
    const input = { data, options: options ?? {} };
    const shot = { host: this.host, path, input, options };
    const created = makesParents(shot)
      ? awaitable(creatingParentsOptions(shot, requestToCreate))
      : requestToCreate(shot);
    // Which of the two is answered follows from `withStat`, as the overloads say.
    return created as Request<string> & Request<{ readonly path: string; readonly stat: Stat }>;
  }

  set(path: string, data: Data, options?: Versioned & Repeatable): Request<Stat> {
    const input = { data, version: options?.version, idempotent: options?.idempotent };
    const shot = { host: this.host, path, input, options };
    return input.idempotent === true ? awaitable(idempotentSet(shot)) : new OneShot(setKind, shot);
  }

  delete(path: string, options?: RequestOptions & DeleteOptions): Request<void> {
    const { version, recursive, idempotent, guaranteed } = options ?? {};
    const input = { version, recursive, idempotent, guaranteed };
    const shot = { host: this.host, path, input, options };
    if (guaranteed === true) return awaitable(guaranteedDelete(shot));
    if (recursive === true) return awaitable(deleteRecursive(shot));
    return idempotent === true ? awaitable(idempotentDelete(shot)) : new OneShot(deleteKind, shot);
  }

  ensurePath(path: string, options?: RequestOptions & EnsurePathOptions): Request<void> {
    const input = { acl: options?.acl, mode: options?.mode };
    return awaitable(ensurePath({ host: this.host, path, input, options }));
  }

  getAcl(
    path: string,
    options?: RequestOptions,
  ): Request<{ readonly acl: readonly Acl[]; readonly stat: Stat }> {
    return new OneShot(reads.getAclKind, { host: this.host, path, input: undefined, options });
  }

  setAcl(path: string, acl: readonly Acl[], options?: Versioned): Request<Stat> {
    const input = { acl, version: options?.version };
    return new OneShot(setAclKind, { host: this.host, path, input, options });
  }

  sync(path: string, options?: RequestOptions): Request<void> {
    return new OneShot(reads.syncKind, { host: this.host, path, input: undefined, options });
  }

  transaction<const T extends readonly TransactionOperation[]>(
    operations: T,
    options?: RequestOptions,
  ): Request<TransactionResults<T>> {
    const shot = { host: this.host, path: undefined, input: operations, options };
    const results$ = this.host.makesHome
      ? transactionAtHome(shot, transactionShot)
      : transactionShot(shot);
    // Results stand at the places of their operations, each of the type that its operation answers.
    return awaitable(results$) as Request<unknown> as Request<TransactionResults<T>>;
  }

  multiRead<const T extends readonly ReadOperation[]>(
    operations: T,
    options?: RequestOptions,
  ): Request<ReadResults<T>> {
    const shot = { host: this.host, path: undefined, input: operations, options };
    const sent: Request<unknown> = new OneShot(multiReadKind, shot);
    // Results stand at the places of their reads, each of the type that its read answers.
    return sent as Request<ReadResults<T>>;
  }

  ephemerals(path = '/', options?: RequestOptions): Request<readonly string[]> {
    return new OneShot(ephemeralsKind, { host: this.host, path, input: undefined, options });
  }

  countDescendants(path: string, options?: RequestOptions): Request<number> {
    return new OneShot(countDescendantsKind, { host: this.host, path, input: undefined, options });
  }

  whoAmI(options?: RequestOptions): Request<readonly Identity[]> {
    const { host } = this;
    return new OneShot(whoAmIKind, { host, path: undefined, input: undefined, options });
  }

  getConfig(options?: RequestOptions): Request<ConfigStat> {
    const shot = { host: this.host, path: reads.configPath, input: undefined, options };
    return new OneShot(reads.getConfigKind, shot);
  }

  reconfig(change: ReconfigChange, options?: RequestOptions): Request<ConfigStat> {
    const { host } = this;
    return new OneShot(reconfigKind, { host, path: reads.configPath, input: change, options });
  }

  addAuth(
    scheme: string,
    credential: Uint8Array | string,
    options?: RequestOptions,
  ): Request<void> {
    const input = { scheme, credential };
    return awaitable(addAuth({ host: this.host, path: undefined, input, options }));
  }
}

function requestToCreate(shot: Shot<CreateInput>): Request<Created> {
  return shot.input.options.idempotent === true
    ? awaitable(idempotentCreate(shot))
    : createShot(shot);
}

/** Tells a codec from options; anything else is for the check of options to refuse. */
function isCodec(value: unknown): value is ValueCodec<unknown> {
  return typeof value === 'object' && value !== null && 'decode' in value;
}
