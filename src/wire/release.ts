/** Releases of ZooKeeper by number: which of two is the older one. */

/** The three numbers of a release: 3, 8 and 0 of `3.8`, of `3.8.0` and of `3.8.0-beta`. */
export function releaseNumbers(release: string): readonly [number, number, number] {
  const [major, minor, patch] = release.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return [major ?? 0, minor ?? 0, patch ?? 0];
}

/** Whether a release is another one, or came after it. */
export function isAtLeast(release: string, other: string): boolean {
  const numbers = releaseNumbers(release);
  const others = releaseNumbers(other);
  for (let i = 0; i < numbers.length; i++) {
    const difference = (numbers[i] ?? 0) - (others[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
