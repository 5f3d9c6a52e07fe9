/**
 * The text in which quotas tell limits and stats, `count=N,bytes=M` and more behind it (`StatsTrack`): read as leniently,
 * and as strictly, as a real server does.
 */

/** A number of znodes and of bytes of data. */
export interface QuotaFigures {
  readonly count: number;
  readonly bytes: number;
}

/** The figures of a text by their names; those of limits are `count`, `bytes`, `countHardLimit`, `byteHardLimit`. */
export type QuotaTrack = ReadonlyMap<string, number>;

// Anybody may write such a text, and it is read with every write below it.
const maxBytes = 1000;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The figures in a znode's data; `undefined` if it cannot be read, or is absurdly long. An empty text has none. */
export function parseTrack(data: Uint8Array | null): QuotaTrack | undefined {
  if (data === null || data.length > maxBytes) return undefined;
  const figures = new Map<string, number>();
  if (data.length === 0) return figures;
  // Java's `split` forgets empty parts at the end, for the pairs as well as within one.
  const pairs = decoder
    .decode(data)
    .replace(/[,;]+$/, '')
    .split(/[,;]+/);
  for (const pair of pairs) {
    const [name = '', figure] = pair.replace(/=+$/, '').split('=');
    if (figure === undefined || !/^([+-]?\d+)?$/.test(figure)) return undefined;
    figures.set(name, figure === '' ? -1 : Number(figure));
  }
  return figures;
}

/** One figure; -1, which is no limit, if it is not there. */
export function figureOf(track: QuotaTrack, name: string): number {
  return track.get(name) ?? -1;
}

/** As a server writes it: count and bytes first, the rest behind a `=` that older readers stop at. */
export function formatTrack(track: QuotaTrack): Uint8Array {
  const more = [...track.keys()].filter((name) => name !== 'count' && name !== 'bytes').sort();
  const rest = more.map((name) => `;${name}=${String(figureOf(track, name))}`).join('');
  const first = `count=${String(figureOf(track, 'count'))},bytes=${String(figureOf(track, 'bytes'))}`;
  return encoder.encode(rest === '' ? first : `${first}=${rest}`);
}
