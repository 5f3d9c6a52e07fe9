/** A four-letter word over a transport: whole answers, none, and too much. */

import { askWord, type WordAnswer } from '../../src/session/word-exchange.js';
import { memoryNetwork } from '../../src/transport/memory.js';
import { type Pipe } from '../../src/transport/transport.js';
import { VirtualTime } from '../support/virtual-time.js';

const address = { host: 'zk1', port: 2181 };

/** Asks a server that answers these chunks, 10 ms apart, and hangs up if it says so. */
function ask(chunks: readonly string[], { hangsUp = true, maxBytes = 100 } = {}) {
  const time = new VirtualTime();
  const network = memoryNetwork({ scheduler: time, latencyMs: 1 });
  const asked: string[] = [];
  const answers: WordAnswer[] = [];
  network.listen(address, (pipe: Pipe) => {
    let out = new Uint8Array(0);
    return {
      onData: (chunk) => {
        asked.push(new TextDecoder().decode(chunk));
        chunks.forEach((text, index) => {
          time.schedule(() => {
            out = new TextEncoder().encode(text);
            pipe.wantWrite();
          }, 10 * index);
        });
        if (hangsUp)
          time.schedule(() => {
            pipe.close();
          }, 10 * chunks.length);
      },
      onFlush: () => {
        const bytes = out;
        out = new Uint8Array(0);
        return bytes;
      },
      onClose: () => undefined,
    };
  });
  const { transport } = network;
  const stop = askWord(
    { transport, scheduler: time, address, word: 'isro', timeoutMs: 1000, maxBytes },
    (answer) => answers.push(answer),
  );
  return { time, network, asked, answers, stop };
}

describe('askWord', () => {
  it('gives the whole answer when the server has hung up, and leaves nothing', () => {
    const { time, network, asked, answers } = ask(['r', 'w\n']);
    time.advanceBy(500);
    expect([asked, answers]).toEqual([
      ['isro'],
      [{ text: 'rw\n', size: 3, end: 'hung-up', isOpen: true, error: undefined }],
    ]);
    expect([network.links(), time.pending]).toEqual([[], 0]);
  });

  it('gives up a server that does not hang up, or says nothing', () => {
    const { time, network, answers } = ask(['rw'], { hangsUp: false });
    time.advanceBy(999);
    expect(answers).toEqual([]);
    time.advanceBy(10);
    expect(answers).toMatchObject([{ text: 'rw', end: 'too-late' }]);
    expect([network.links(), time.pending]).toEqual([[], 0]);
  });

  it('gives up a server that says too much', () => {
    const { time, network, answers } = ask(['x'.repeat(60), 'y'.repeat(60), 'z']);
    time.advanceBy(500);
    expect(answers).toMatchObject([{ size: 120, end: 'too-large' }]);
    expect([network.links(), time.pending]).toEqual([[], 0]);
  });

  it('gives up a server that speaks TLS', () => {
    const { time, network, answers } = ask(['\u0015\u0003', 'more'], { hangsUp: false });
    time.advanceBy(500);
    expect(answers).toMatchObject([{ text: '', end: 'tls-only' }]);
    expect([network.links(), time.pending]).toEqual([[], 0]);
  });

  it('tells why nobody could be asked', () => {
    const { time, network, answers } = ask([]);
    const { transport } = network;
    askWord(
      {
        transport,
        scheduler: time,
        address: { host: 'nobody', port: 1 },
        word: 'isro',
        timeoutMs: 1000,
        maxBytes: 9,
      },
      (answer) => answers.push(answer),
    );
    time.advanceBy(500);
    expect(answers).toContainEqual({
      ...{ text: '', size: 0, end: 'hung-up', isOpen: false },
      error: expect.any(Error) as unknown,
    });
  });

  it('says nothing any more once it is stopped, whenever that is', () => {
    for (let at = 0; at < 30; at++) {
      const { time, network, answers, stop } = ask(['r', 'w']);
      time.advanceBy(at);
      const before = answers.length;
      stop();
      stop();
      time.advanceBy(2000);
      expect([at, answers.length, network.links().length, time.pending]).toEqual([
        at,
        before,
        0,
        0,
      ]);
    }
  });
});
