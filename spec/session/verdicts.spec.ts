/** Refusals that say something of the session: it has moved, or a login is demanded. */

import {
  AuthFailedError,
  SessionClosedRequireSaslAuthError,
  SessionMovedError,
} from '../../src/index.js';
import { Harness, stat } from './harness.js';

describe('SessionMoved', () => {
  it('errs a write for certain, sends a read again, and keeps the session', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const [write, read] = [harness.set('/a'), harness.get('/a')];
    harness.time.advanceTo(20);
    harness.server.last('setData').refuse(-118);
    harness.time.advanceTo(500);
    expect(write.error).toBeInstanceOf(SessionMovedError);
    expect(harness.server.connects.at(-1)).toMatchObject({ sessionId: 0x100n });
    harness.server.last('getData').refuse(-118);
    harness.time.advanceTo(1000);
    expect([read.error, harness.server.of('getData').length]).toEqual([undefined, 3]);
    harness.server.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(1010);
    expect(read.value).toMatchObject({ data: null });
    expect(harness.told).not.toContain('x');
  });
});

describe('SessionClosedRequireSaslAuth', () => {
  it('is terminal: the request errs with it, all else with AuthFailedError, and nobody connects again', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const [first, second] = [harness.get('/a'), harness.get('/b')];
    harness.time.advanceTo(20);
    harness.server.of('getData')[0]?.refuse(-124);
    harness.time.advanceTo(10_000);
    expect(first.error).toBeInstanceOf(SessionClosedRequireSaslAuthError);
    expect(second.error).toBeInstanceOf(AuthFailedError);
    expect(second.error?.cause).toBeInstanceOf(SessionClosedRequireSaslAuthError);
    expect(harness.session.state).toMatchObject({ status: 'authFailed', scheme: 'sasl' });
    expect([harness.server.connects.length, harness.time.pending]).toEqual([1, 0]);
  });
});
