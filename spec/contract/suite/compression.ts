/** The contract of compressed values: what the server keeps, what is read of it, and what is no such value. */

import { gunzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import { DecodeError, gzip, json, type ZooKeeperError } from '../../../src/index.js';
import { expectFailure, record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const codec = gzip(json<readonly string[]>(), { zlib });
const many = Array.from({ length: 1000 }, () => 'the same again');

export function describeCompression(target: ContractTarget): void {
  describe('compressed value', () => {
    it('is kept small, read whole, and followed', async () => {
      const zk = await target.client();
      await zk.create('/a', codec.encode(many));
      const { data, stat } = await zk.get('/a');
      expect(stat.dataLength).toBeLessThan(500);
      expect(JSON.parse(gunzipSync(data ?? new Uint8Array(0)).toString())).toEqual(many);
      const live = record(zk.data$('/a', codec));
      await live.settles('all of it', (value) => value?.length === 1000);
      await zk.set('/a', codec.encode(['less']));
      await live.settles('the change', (value) => value?.length === 1);
      expect((await zk.get('/a', codec)).data).toEqual(['less']);
    });

    it('is told from what is not compressed, and from too much', async () => {
      const reports: ZooKeeperError[] = [];
      const zk = await target.client({ onReport: (error) => reports.push(error) });
      await zk.create('/a', '["plain"]');
      await expectFailure(zk.get('/a', codec), DecodeError, /get \/a/);
      const small = gzip(json<readonly string[]>(), { zlib, maxInflatedBytes: 1000 });
      await zk.set('/a', codec.encode(many));
      await expectFailure(zk.get('/a', small), DecodeError, /get \/a/);
      const live = record(zk.data$('/a', small, { onError: 'keep' }));
      await zk.set('/a', codec.encode(['less']));
      await live.settles('what can be read', (value) => value?.length === 1);
      expect(zk.state.status).toBe('connected');
    });
  });
}
