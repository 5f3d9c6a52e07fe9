/**
 * Prepares a server for a run, looks at what the run has left, and clears it away.
 *
 * It speaks as super over a connection of its own. The znodes that every server has are put into one state before each
 * run; how often that has been done is in their versions, which is why these are told relative to the start.
 */

import { type Operation, type OperationName, operations } from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import { type Acl, type Stat } from '../../src/wire/records.js';
import { type MultiOperation } from '../../src/wire/multi.js';
import { type AclStat, type DataStat } from '../../src/wire/response-records.js';
import { superCredential } from './contestant.js';
import { type Dial } from './dial.js';
import { requestFrame } from './request-frame.js';
import { Speaker } from './speaker.js';
import { type Start } from './start.js';

/** A znode that a run has left. */
export interface Left {
  readonly path: string;
  readonly data: DataStat;
  readonly acl: readonly Acl[];
}

const open: readonly Acl[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const readOnly: readonly Acl[] = [{ perms: 1, scheme: 'world', id: 'anyone' }];
const nothing = new Uint8Array(0);
const shared = ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'];

export class Janitor {
  private readonly speaker: Speaker;
  private xid = 0;

  constructor(
    dial: Dial,
    private readonly base: string,
  ) {
    this.speaker = new Speaker(dial, {});
  }

  async prepare(): Promise<Start> {
    await this.speaker.until((arrivals) => arrivals.length > 0);
    this.speaker.taken();
    const credential = new TextEncoder().encode(superCredential);
    await this.call('auth', { type: 0, scheme: 'digest', credential });
    for (const path of shared) {
      const acl = path.endsWith('config') ? readOnly : open;
      await this.call('setAcl', { path, acl, version: -1 });
      await this.call('setData', { path, data: nothing, version: -1 });
    }
    await this.call('create', { path: this.base, data: nothing, acl: open, flags: 0 });
    const stats = new Map<string, Stat>();
    for (const path of shared) stats.set(path, await this.stat(path));
    return { zxid: await this.zxid(), shared: stats };
  }

  /** Zxid of the server's last transaction. */
  async zxid(): Promise<bigint> {
    return (await this.ask('exists', { path: '/', watch: false })).zxid;
  }

  /** All znodes, sorted by path. */
  async inventory(): Promise<readonly Left[]> {
    const found: Left[] = [];
    for (const path of await this.paths('/')) {
      // The bodies are those of the operations named.
      const data = (await this.call('getData', { path, watch: false })) as DataStat;
      const { acl } = (await this.call('getAcl', { path })) as AclStat;
      found.push({ path, data, acl });
    }
    return found;
  }

  /** Removes everything that a fresh server does not have, and leaves. */
  async leave(): Promise<void> {
    const doomed = (await this.paths('/')).filter((path) => !shared.includes(path)).reverse();
    const request = doomed.map((path): MultiOperation => ({ type: 'delete', path, version: -1 }));
    await this.call('multi', request);
    await this.call('closeSession', undefined);
  }

  private async stat(path: string): Promise<Stat> {
    // The body of an `exists`.
    return (await this.call('exists', { path, watch: false })) as Stat;
  }

  private async paths(top: string): Promise<readonly string[]> {
    // The body of a `getChildren`.
    const names = (await this.call('getChildren', { path: top, watch: false })) as string[];
    const below = names.sort().map((name) => (top === '/' ? `/${name}` : `${top}/${name}`));
    const deeper: string[] = [];
    for (const path of below) deeper.push(...(await this.paths(path)));
    return [top, ...deeper];
  }

  private async call(op: OperationName, body: unknown): Promise<unknown> {
    const { error, body: answer } = await this.ask(op, body);
    if (error !== 0) throw new Error(`the janitor's ${op} failed with ${String(error)}`);
    // Which record it is follows from the operation, which is known only here.
    const operation = operations[op] as Operation<unknown, unknown>;
    return operation.response.read(new JuteReader(answer));
  }

  private async ask(op: OperationName, body: unknown) {
    this.xid += 1;
    this.speaker.send(requestFrame({ op, body }, this.xid));
    await this.speaker.until((arrivals) => arrivals.some(({ kind }) => kind === 'reply'));
    const reply = this.speaker.taken().find((arrival) => arrival.kind === 'reply');
    if (reply === undefined) throw new Error(`the janitor's ${op} was not answered`);
    return reply;
  }
}
