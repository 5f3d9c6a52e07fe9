/** A session at a server that sends anything: it never throws, never hangs, and finds a server that is none of that kind. */

import fc from 'fast-check';
import { ZooKeeperError } from '../../src/errors/base.js';
import { operations } from '../../src/wire/operations.js';
import { connectResponseCodec, replyHeaderCodec, watchEventCodec } from '../../src/wire/records.js';
import { encode, type JuteWriter } from '../../src/wire/writer.js';
import * as hostile from '../support/hostile-bytes.js';
import { framed } from '../support/raw-client.js';
import { bytes, exchanges, int, long, text } from '../wire/arbitraries.js';
import { type Fate, Harness, stat } from './harness.js';
import { type ScriptedConnection, ScriptedServer } from './scripted-server.js';

const runs = 200;

const frame = (write: (writer: JuteWriter) => void): Uint8Array => framed(encode(write));

const response: fc.Arbitrary<Uint8Array> = fc
  .record({
    protocolVersion: int,
    timeoutMs: fc.oneof(fc.constantFrom(0, -1, 1, 4000, 0x7fff_ffff), int),
    sessionId: long,
    password: bytes,
    readOnly: fc.constantFrom(true, false, undefined),
  })
  .map((value) =>
    frame((writer) => {
      connectResponseCodec.write(writer, value);
    }),
  );

const header = fc.record({
  xid: fc.oneof(fc.constantFrom(1, 2, -1, -2, -4, -8, 0), hostile.oddInt),
  zxid: long,
  error: fc.oneof(fc.constantFrom(0, 0, -101, -102, -112, -115, -118, -4, 7), hostile.oddInt),
});

const dataReply = fc.tuple(header, exchanges.getData[1]).map(([head, body]) =>
  frame((writer) => {
    replyHeaderCodec.write(writer, head);
    operations.getData.response.write(writer, body);
  }),
);

const anyReply = fc.tuple(header, bytes).map(([head, body]) =>
  frame((writer) => {
    replyHeaderCodec.write(writer, head);
    writer.raw(body);
  }),
);

const event = fc.record({ type: hostile.oddInt, state: int, path: text }).map((value) =>
  frame((writer) => {
    replyHeaderCodec.write(writer, { xid: -1, zxid: -1n, error: 0 });
    watchEventCodec.write(writer, value);
  }),
);

const replies = fc.array(
  fc.oneof(
    dataReply,
    anyReply,
    event,
    hostile.mutated(dataReply),
    hostile.mutated(event),
    hostile.garbage,
  ),
  { minLength: 1, maxLength: 5 },
);

const welcomes = fc.oneof(response, hostile.mutated(response), hostile.garbage).map((one) => [one]);

type Stage = 'instead of a welcome' | 'behind the welcome' | 'as a reply';

/** Says its piece once, and hangs up on everybody who comes again. */
function villain(stage: Stage, sent: readonly Uint8Array[]): ScriptedServer {
  const speak = (connection: ScriptedConnection): void => {
    for (const piece of sent) connection.raw(piece);
  };
  const server: ScriptedServer = new ScriptedServer({
    onConnect: (request, connection) => {
      if (server.connects.length > 1) {
        connection.close();
        return undefined;
      }
      if (stage === 'instead of a welcome') {
        speak(connection);
        return undefined;
      }
      if (stage === 'as a reply') return server.session(request);
      connection.frame((writer) => {
        connectResponseCodec.write(writer, server.session(request));
      });
      speak(connection);
      return undefined;
    },
    onRequest: ({ connection }) => {
      if (stage === 'as a reply') speak(connection);
    },
  });
  return server;
}

const answers: Readonly<Record<string, unknown>> = { getData: { data: null, stat }, setData: stat };

function expectEnd(stage: Stage, sent: readonly Uint8Array[]): void {
  const good = new ScriptedServer({
    onRequest: (asked) => {
      asked.reply(answers[asked.name]);
    },
  });
  const bad = villain(stage, sent);
  const world = new Harness([bad, good]);
  const fates: Fate[] = [
    world.call(operations.getData, { path: '/a', watch: true }, 30_000),
    world.call(operations.setData, { path: '/a', data: null, version: -1 }, 30_000),
  ];
  world.time.advanceBy(20_000);
  for (const connection of bad.connections) connection.close();
  world.time.advanceBy(100_000);
  for (const { value, error } of fates) {
    if (error === undefined) expect(value).toBeDefined();
    else expect(error).toBeInstanceOf(ZooKeeperError);
  }
  const after = world.get('/b');
  world.time.advanceBy(100_000);
  expect(after.value).toEqual({ data: null, stat });
  expect(world.states.at(-1)).toMatchObject({ status: 'connected', server: 's2:2181' });
  let closed = false;
  world.session.close(() => {
    closed = true;
  });
  world.time.advanceBy(100_000);
  expect([closed, world.time.pending]).toEqual([true, 0]);
}

const stages: readonly (readonly [Stage, fc.Arbitrary<readonly Uint8Array[]>])[] = [
  ['instead of a welcome', welcomes],
  ['behind the welcome', replies],
  ['as a reply', replies],
];

describe('a session at a hostile server', () => {
  it.each(stages)('goes on at another after anything that comes %s', (stage, sent) => {
    fc.assert(
      fc.property(sent, (all) => {
        expectEnd(stage, all);
      }),
      { numRuns: runs },
    );
  });
});
