/** The contract of paths that no sound client sends: what writes refuse, and what reads make of them. */

import { type RawSession } from '../support/raw-session.js';
import { said } from '../../support/raw-client.js';
import { type ContractTarget } from './target.js';

const hex = (code: number): string => code.toString(16);

const refused = ['/', '//x', '/.', '/..', '/./x', '/../x', '/x/', '/x/.', '/x/..', '/x\0'];
const refusedCodes = [1, 0x1f, 0x7f, 0x9f, 0xe000, 0xf8ff, 0xfff0, 0xffff];
const legal = ['/...', '/..x', '/.x', '/x.', '/a b', '/zookeeper'];
const legalCodes = [0x20, 0x7e, 0xa0, 0xd7ff, 0xf900, 0xffef];

const withCodes = (paths: readonly string[], codes: readonly number[]): readonly string[] => [
  ...paths,
  ...codes.map((code) => `/${String.fromCharCode(code)}`),
];

const writes: Readonly<Record<string, (raw: RawSession, path: string) => Promise<string>>> = {
  setData: (raw, path) => raw.setData(path),
  setACL: (raw, path) => raw.setAcl(path),
  check: async (raw, path) => String(await raw.multi([{ type: 'check', path, version: -1 }])),
};

const shown = (path: string): string =>
  path.replace(/[^!-~]/g, (c) => `\\u${hex(c.charCodeAt(0))}`);

export function describeRawPaths(target: ContractTarget): void {
  describe('paths as they come', () => {
    it.each(Object.keys(writes))('%s refuses what is no path, before it looks', async (name) => {
      const raw = await target.raw({ base: await target.newChroot() });
      await raw.create('/x');
      const bad = withCodes(refused, refusedCodes);
      const answers: Record<string, unknown> = {};
      for (const path of bad) answers[shown(path)] = await writes[name]?.(raw, path);
      expect(answers).toEqual(Object.fromEntries(bad.map((path) => [shown(path), 'BadArguments'])));
    });

    it('create refuses what is no path below a parent that is there', async () => {
      const raw = await target.raw({ base: await target.newChroot() });
      await raw.create('/x');
      const bad = withCodes(['/', '/.', '/..', '/x/', '/x/.', '/x/..', '/x\0'], refusedCodes);
      const answers: Record<string, unknown> = {};
      for (const path of bad) answers[shown(path)] = await raw.create(path);
      expect(answers).toEqual(Object.fromEntries(bad.map((path) => [shown(path), 'BadArguments'])));
    });

    it('what looks odd is legal', async () => {
      const raw = await target.raw({ base: await target.newChroot() });
      for (const path of withCodes(legal, legalCodes)) {
        const name = shown(path);
        expect([name, await raw.create(path)]).toEqual([name, path]);
        expect([name, await raw.setData(path)]).toEqual([name, 'ok']);
      }
    });

    it('reads look without asking whether it is a path', async () => {
      const raw = await target.raw();
      const read =
        (name: 'exists' | 'getData' | 'getChildren' | 'getChildren2') => async (path: string) =>
          said(await raw.ask(name, { path, watch: false }));
      for (const path of ['nn', '/zookeeper/', '//', '/zookeeper/../zookeeper', '/\u0001']) {
        for (const ask of (['exists', 'getData', 'getChildren', 'getChildren2'] as const).map(
          read,
        )) {
          expect([path, await ask(path)]).toEqual([path, 'NoNode']);
        }
      }
      expect(await read('getData')('')).toBe('ok');
      expect((await raw.ask('getChildren', { path: '', watch: false })).body).toContain(
        'zookeeper',
      );
      expect(await read('exists')('/a\0')).toBe('BadArguments');
      expect((await raw.ask('sync', { path: 'no path at all' })).body).toBe('no path at all');
    });
  });
}
