/**
 * What the clients are put through. Each load measures the CPU of this process (user and system, all threads, so the
 * garbage collector's too) from the first request to the last answer, and answers microseconds per operation.
 *
 * All operations of a load share one observer, so that the load itself costs next to nothing.
 */

import { DATA_BYTES } from './canned-replies.mjs';

const payload = Buffer.alloc(DATA_BYTES, 'y');

/** Gets or sets with `inFlight` of them under way at any time: each answer starts the next. */
export async function requests(client, { verb, inFlight, operations }) {
  const start = cpuUs();
  const end = await new Promise((resolve, reject) => {
    let started = 0;
    let answered = 0;
    const observer = {
      next: verb === 'get' ? checkNode : checkStat,
      complete: () => {
        answered++;
        if (started < operations) {
          started++;
          send('/node', payload);
        } else if (answered === operations) resolve(cpuUs());
      },
      error: reject,
    };
    const send = client[verb](observer);
    while (started < Math.min(inFlight, operations)) {
      started++;
      send('/node', payload);
    }
  });
  return { request: (end - start) / operations };
}

/** As many live reads as `operations`, each on its own path; then all of them change at once and are read again. */
export async function watches(client, { operations }) {
  const paths = Array.from({ length: operations }, (_, i) => `/w/${String(i).padStart(6, '0')}`);
  const counter = new ValueCounter();
  const watch = client.live(counter);
  const fire = client.set({ next: checkStat, complete: () => undefined, error: counter.error });
  const before = heap();
  const start = cpuUs();
  const registered = await counter.until(operations, () => paths.forEach((path) => watch(path)));
  const after = heap();
  const fired = cpuUs();
  const reread = await counter.until(operations, () => fire('/fire', payload));
  counter.wanted = false;
  return {
    register: (registered - start) / operations,
    reread: (reread - fired) / operations,
    heapBytes: (after.heap - before.heap) / operations,
    bufferBytes: (after.buffers - before.buffers) / operations,
  };
}

/** A few live reads, whose znodes change again as soon as they have been read. */
export async function updates(client, { inFlight, operations }) {
  const counter = new ValueCounter();
  const watch = client.live(counter);
  const start = cpuUs();
  const end = await counter.until(operations, () => {
    for (let i = 0; i < inFlight; i++) watch(`/live/${String(i)}`);
  });
  counter.wanted = false;
  return { update: (end - start) / operations };
}

/** An observer of live reads that counts their values. */
class ValueCounter {
  constructor() {
    this.wanted = true;
    this.missing = 0;
    this.resolve = undefined;
    this.next = (value) => {
      checkNode(value);
      if (--this.missing === 0) this.resolve(cpuUs());
    };
    this.error = (error) => this.reject(error);
  }

  /** Starts something and waits for so many values; answers the CPU time when the last came. */
  until(count, start) {
    return new Promise((resolve, reject) => {
      this.missing = count;
      this.resolve = resolve;
      this.reject = reject;
      start();
    });
  }
}

/** A node, or its bytes alone, as live reads give them. */
function checkNode(value) {
  const { length } = value.data ?? value;
  if (length !== DATA_BYTES) throw new Error(`read ${String(length)} bytes`);
}

function checkStat(stat) {
  if (stat.dataLength !== DATA_BYTES) throw new Error(`stat of ${String(stat.dataLength)} bytes`);
}

function cpuUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function heap() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}
