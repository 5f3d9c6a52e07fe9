/** The text in which quotas tell limits and stats: `count=N,bytes=M`, and since 3.7 hard limits behind it (`StatsTrack`). */

/** A number of znodes and of bytes of data. */
export interface QuotaFigures {
  readonly count: number;
  readonly bytes: number;
}

/** Limits as they are written; -1 is none. */
export interface QuotaLimits extends QuotaFigures {
  readonly countHardLimit: number;
  readonly byteHardLimit: number;
}

/** The figures of a text; `undefined` if it is none that a server can read. */
export function parseLimits(text: string): QuotaLimits | undefined {
  const figures = new Map<string, number>();
  for (const part of text.split(/[,;]/)) {
    const [, name, number] = /^\s*(\w+)\s*=\s*(-?\d+)\s*=?\s*$/.exec(part) ?? [];
    if (name === undefined) return undefined;
    figures.set(name, Number(number));
  }
  const figure = (name: string): number => figures.get(name) ?? -1;
  if (!figures.has('count') && !figures.has('bytes')) return undefined;
  return {
    count: figure('count'),
    bytes: figure('bytes'),
    countHardLimit: figure('countHardLimit'),
    byteHardLimit: figure('byteHardLimit'),
  };
}

/** As a server writes its stats. */
export function formatLimits({ count, bytes }: QuotaFigures): string {
  return `count=${String(count)},bytes=${String(bytes)}`;
}
