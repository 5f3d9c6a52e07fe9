/** Ids in the names of znodes. */

/** A UUID given as 32 hex digits, with dashes, as Curator writes it. */
export function dashedUuid(id: string): string {
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20]]
    .map(([from, to]) => id.slice(from, to))
    .join('-');
}

/** How a name starts that Curator protects: `_c_`, a UUID, a dash. */
export function protectionPrefix(id: string): string {
  return `_c_${dashedUuid(id)}-`;
}
