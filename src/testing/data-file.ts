/**
 * Keeps an embedded server's state in a file, so that it survives the end of its process.
 *
 * The file is replaced as a whole: written beside it in small steps, flushed to the disk, renamed. So it is always one whole snapshot, the
 * new or the old one. What changed since the last one is lost when the process is killed.
 */

import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type EmbeddedServer } from '../server/embedded-server.js';

/** A save may take one part of the time in so many. */
const busyShare = 10;

/** A file that is kept up to date. */
export interface DataFile {
  /** Writes what has changed, and keeps the file no longer. */
  close(): Promise<void>;
}

export interface DataFileOptions {
  readonly path: string;
  /** How long after a change the file is written, at least ten times as long as writing it takes. */
  readonly saveIntervalMs: number;
  /** Told of a save in the background that failed; the next one tries again. */
  readonly onError: (error: Error) => void;
}

/** Restores the server from the file, if there is one, and keeps the file up to date from then on. */
export async function keepDataFile(
  server: EmbeddedServer,
  { path, saveIntervalMs, onError }: DataFileOptions,
): Promise<DataFile> {
  const bytes = await readIfThere(path);
  if (bytes !== undefined) restore(server, bytes, path);
  let savedZxid = bytes === undefined ? -1n : server.lastZxid;
  const save = async (): Promise<void> => {
    const { lastZxid } = server;
    // Every change takes a zxid.
    if (lastZxid === savedZxid) return;
    await replaceFile(path, server.snapshotParts());
    savedZxid = lastZxid;
  };
  // A file that cannot be written is told at once, and not when there is something to lose.
  await save();
  const saver = repeat(
    () =>
      save().catch((error: unknown) => {
        onError(asError(error));
      }),
    saveIntervalMs,
  );
  return {
    close: async () => {
      await saver.stop();
      await save();
    },
  };
}

/** Does something again and again, and the less often the longer it takes, so that it never takes most of the time. */
function repeat(work: () => Promise<void>, intervalMs: number): { stop(): Promise<void> } {
  let running = Promise.resolve();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const plan = (delayMs: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      const startMs = performance.now();
      running = work().then(() => {
        plan(Math.max(intervalMs, busyShare * (performance.now() - startMs)));
      });
    }, delayMs);
    timer.unref();
  };
  plan(intervalMs);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function restore(server: EmbeddedServer, bytes: Uint8Array, path: string): void {
  try {
    server.restore(bytes);
  } catch (error) {
    throw new Error(`${asError(error).message} (${path}); the file is left as it is`, {
      cause: error,
    });
  }
}

async function replaceFile(path: string, parts: Generator<Uint8Array>): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    for (const part of parts) {
      if (part.length > 0) await file.writeFile(part);
      // Clients are served between one part and the next.
      await new Promise(setImmediate);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncFolder(dirname(path));
}

/** The renaming itself is on the disk only when the folder is; some systems cannot do that, and do not need to. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
