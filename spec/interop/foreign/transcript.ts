/** What a client said to both servers, without what is different each time, and how that is looked at. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../../src/testing/real/wait-until.js';
import { type ForeignTarget, type ForeignTargets, leftOn, nothing } from './targets.js';

/** A client's way through what it can do, on one server: what it says of it. */
export type Tour = (target: ForeignTarget) => Promise<string>;

/**
 * Shows the client both servers at a time and compares what it says of them: the same, with nothing left behind, and
 * with the lines of the file `expected/<name>.txt` in it, in this order.
 */
export async function compareTours(
  name: string,
  { embedded, real }: ForeignTargets,
  tour: Tour,
): Promise<void> {
  const [ofEmbedded, ofReal] = await Promise.all([tourOf(embedded, tour), tourOf(real, tour)]);
  expect(ofEmbedded).toEqual(ofReal);
  const expected = readFileSync(join(__dirname, 'expected', `${name}.txt`), 'utf8');
  expect(ofReal).toEqual(havingInOrder(ofReal, linesOf(expected)));
}

async function tourOf(target: ForeignTarget, tour: Tour): Promise<readonly string[]> {
  const said = linesOf(normalize(await tour(target), target));
  let left = await leftOn(target);
  // A connection that has ended is told of for a moment longer.
  await waitFor('nothing to be left', {
    probe: async () => {
      left = await leftOn(target);
      return JSON.stringify(left) === JSON.stringify(nothing) ? true : undefined;
    },
    timeoutMs: 30_000,
    explain: () => JSON.stringify(left),
  });
  expect(target.complaints()).toBe('');
  return said;
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The lines, if the expected ones are among them in their order; else, the first that is not there stands at its end. */
export function havingInOrder(
  lines: readonly string[],
  expected: readonly string[],
): readonly string[] {
  let from = 0;
  for (const line of expected) {
    const at = lines.indexOf(line, from);
    if (at === -1) return [...lines.slice(0, from), `expected after this: ${line}`];
    from = at + 1;
  }
  return lines;
}

/**
 * Session ids, zxids and times are other ones each time. Equal ones stay equal and zxids keep their order, as `zxid 2`
 * for the second of those that are told.
 */
export function normalize(text: string, { port }: Pick<ForeignTarget, 'port'>): string {
  const plain = text
    .replaceAll(`127.0.0.1:${String(port)}`, 'SERVER')
    .replace(/(time ?= ?).*/g, '$1TIME')
    .replace(/(session id: |session Id = )\S+/gi, '$1SESSION')
    .replace(/(ephemeralOwner = )(?:0x)?(?!0$)[\da-f]+$/gm, '$1SESSION');
  const zxid = /(zxid ?= ?)(?:0x)?([\da-f]+)$/gim;
  const ranks = ranksOf([...plain.matchAll(zxid)].map(([, , hex = '']) => hex));
  return plain.replace(
    zxid,
    (_all, head: string, hex: string) => `${head}#${ranks.get(hex) ?? ''}`,
  );
}

function ranksOf(hexes: readonly string[]): ReadonlyMap<string, string> {
  const values = [...new Set(hexes)].sort((a, b) => Number(`0x${a}`) - Number(`0x${b}`));
  return new Map(values.map((hex, index) => [hex, String(index)]));
}
