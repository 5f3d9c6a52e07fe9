/** Waits for a condition instead of for a time. */

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  /** Asked when the time is over: what to say about the state of things. */
  readonly explain?: () => string;
}

/** Asks again and again until the answer is not `undefined`, and gives that answer. */
export async function waitFor<T>(
  what: string,
  {
    probe,
    timeoutMs,
    intervalMs = 50,
    explain,
  }: WaitOptions & { probe: () => Promise<T | undefined> },
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) {
      const state = explain?.();
      const more = state === undefined ? '' : `\n${state}`;
      throw new Error(`waited ${String(timeoutMs)} ms in vain for ${what}${more}`);
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
