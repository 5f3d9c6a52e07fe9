/** The life of a session: handshakes of all kinds, identities, pings, what the server does not know, the end. */

import { operations } from '../../src/wire/operations.js';
import { xids } from '../../src/wire/records.js';
import { type Recorder } from './recorder.js';
import { utf8 } from './scenario-tree.js';

export async function recordSession(recorder: Recorder): Promise<void> {
  const connection = await recorder.connect('connect');
  const { ping, whoAmI, auth, sasl, closeSession } = operations;
  await connection.call('ping', ping, undefined, { xid: xids.ping });
  const bob = { type: 0, scheme: 'digest', credential: utf8('bob:pw') };
  await connection.call('auth', auth, bob, { xid: xids.auth });
  await connection.call('whoAmI', whoAmI, undefined);
  await connection.call('sasl without configuration', sasl, { token: new Uint8Array(0) });
  await recordOddities(recorder);
  await connection.call('closeSession', closeSession, undefined, { closes: true });
  const { sessionId, password } = connection.session;
  await recorder.connect('connect to a closed session', { sessionId, password });
}

async function recordOddities(recorder: Recorder): Promise<void> {
  const old = await recorder.connect('connect without the readOnly byte', { readOnly: undefined });
  const nobody = { type: 0, scheme: 'nosuch', credential: utf8('x') };
  const authOptions = { xid: xids.auth, closes: true };
  await old.call('auth: AuthFailed', operations.auth, nobody, authOptions);
  const clamped = await recorder.connect('connect with a timeout below the bounds', {
    timeoutMs: 1,
    readOnly: true,
  });
  await clamped.raw('truncated request', {
    operation: 'malformed',
    opcode: operations.getData.opcode,
    body: new Uint8Array([0, 0, 0, 9, 47]),
  });
  const unknown = { operation: 'unknown', opcode: 4711, body: new Uint8Array(0), closes: true };
  await clamped.raw('unknown operation', unknown);
}
