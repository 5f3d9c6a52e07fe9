/**
 * Where each code of a server is shown with a real server that sends it; or why none does (3.8.0: what its classes refer to,
 * and trying), and then what the client makes of it all the same.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCodeName, errorCodes } from '../../src/errors/codes.js';
import { errorOfCode } from '../../src/errors/error-of-code.js';
import { VirtualClient, watch } from '../client/virtual-client.js';

/** The spec that has a real server send it, below spec/. */
const provoked = {
  RuntimeInconsistency: 'contract/suite/transactions.ts',
  MarshallingError: 'contract/suite/acl-matrix.ts',
  Unimplemented: 'contract/suite/other-settings.ts',
  BadArguments: 'contract/suite/check-order.ts',
  NewConfigNoQuorum: 'client/hosts.live.spec.ts',
  ReconfigInProgress: 'client/hosts.live.spec.ts',
  NoNode: 'contract/suite/reading.ts',
  NoAuth: 'contract/suite/auth.ts',
  BadVersion: 'contract/suite/writing.ts',
  NoChildrenForEphemerals: 'contract/suite/creating.ts',
  NodeExists: 'contract/suite/creating.ts',
  NotEmpty: 'contract/suite/writing.ts',
  InvalidACL: 'contract/suite/auth.ts',
  AuthFailed: 'contract/suite/auth.ts',
  NotReadOnly: 'contract/read-only.live.spec.ts',
  EphemeralOnLocalSession: 'contract/error-codes.live.spec.ts',
  NoWatcher: 'contract/suite/watch-removal.ts',
  ReconfigDisabled: 'client/hosts.live.spec.ts',
  SessionClosedRequireSaslAuth: 'contract/refusals.live.spec.ts',
  QuotaExceeded: 'contract/suite/other-settings.ts',
  ThrottledOp: 'contract/error-codes.live.spec.ts',
} as const satisfies Partial<Record<ErrorCodeName, string>>;

/** Why no server sends it. */
const unsent = {
  SystemError:
    'nothing in the server makes it: what fails inside is MarshallingError, or the end of the server',
  DataInconsistency: 'nothing in the server makes it',
  ConnectionLoss: 'the Java client makes it; a server that is gone says nothing',
  OperationTimeout: 'nothing in the server makes it',
  UnknownSession:
    'thrown between a server and its leader, and turned into the end of the connection',
  APIError: 'only compared with, to tell kinds of codes apart',
  InvalidCallback: 'nothing in the server makes it',
  SessionExpired:
    'only if it overtakes the end of the connection: the next handshake tells, by id 0',
  SessionMoved: 'the connection is ended instead (contract/suite/failovers.ts has it)',
  RequestTimeout: 'the Java client makes it, by its own `zookeeper.request.timeout`',
} as const satisfies Partial<Record<ErrorCodeName, string>>;

const unsentNames = Object.keys(unsent) as (keyof typeof unsent)[];

describe('the codes of servers', () => {
  it('are all shown with a real server, or there is a reason', () => {
    const decided = [...Object.keys(provoked), ...unsentNames];
    expect(decided.sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it.each(Object.entries(provoked))('%s is in %s', (name, file) => {
    const source = readFileSync(join(__dirname, '..', file), 'utf8');
    expect(source).toMatch(new RegExp(`\\b${name}(?:Error)?\\b`, 'i'));
  });

  // What it means for the session is in session/verdicts.spec.ts.
  it.each(unsentNames.filter((name) => name !== 'SessionMoved'))(
    '%s errs its request, should it come, and the session goes on',
    (name) => {
      const { zk, network, time, ...world } = new VirtualClient();
      const code = errorCodes[name];
      const states = watch(zk.state$);
      time.advanceBy(100);
      const id = zk.session?.id;
      network.intercept((direction, chunk) => {
        if (direction !== 'toClient' || chunk.length !== 20) return chunk;
        const altered = chunk.slice();
        // Behind the length, xid and zxid of a reply.
        new DataView(altered.buffer).setInt32(16, code);
        return altered;
      });
      const refused = watch(zk.set('/none', 'x'));
      time.advanceBy(100);
      expect(refused.error).toBeInstanceOf(errorOfCode(code, {}).constructor);
      expect(refused.error).toMatchObject({ code, operation: 'set', path: '/none' });
      network.intercept(undefined);
      const exists = watch(zk.exists('/'));
      time.advanceBy(5000);
      expect(exists.completed).toBe(true);
      expect(world.server.requestCounts()).toMatchObject({ setData: 1 });
      expect([zk.session?.id, states.values.map(({ status }) => status)]).toEqual([
        id,
        ['connecting', 'connected'],
      ]);
    },
  );
});
