/** What a session makes of a server that does not know an operation: answers that overtake, and answers that never come. */

import { errorCodes } from '../../src/errors/codes.js';
import { UnimplementedError } from '../../src/errors/server-error.js';
import { operations } from '../../src/wire/operations.js';
import { type Fate, Harness } from './harness.js';
import { ScriptedServer } from './scripted-server.js';

const unknown = errorCodes.Unimplemented;
const stat = { path: '/a', watch: false };

/** Whether nothing has become of it yet. */
const isOpen = (fate: Fate): boolean => !('value' in fate) && !('error' in fate);

/** A session that is connected. */
function connected(): Harness {
  const harness = new Harness();
  harness.time.advanceBy(100);
  return harness;
}

describe('a refusal that overtakes', () => {
  it('is that of its own request, whoever came before it', () => {
    const harness = connected();
    const { server, time } = harness;
    const read = harness.call(operations.getData, stat);
    const write = harness.call(operations.delete, { path: '/b', version: -1 });
    const refused = harness.call(operations.whoAmI, undefined);
    time.advanceBy(10);
    server.last('whoAmI').refuse(unknown, -1n);
    time.advanceBy(10);
    expect(refused.error).toBeInstanceOf(UnimplementedError);
    expect(refused.error?.message).toBe(
      'Unimplemented (whoAmI needs ZooKeeper 3.7, and s1:2181 does not know it): spec',
    );
    // It was sent, and the connection is gone.
    expect(write.error).toMatchObject({ name: 'ConnectionLossError', outcome: 'unknown' });
    expect(isOpen(read)).toBe(true);
    time.advanceBy(1000);
    expect([server.of('getData').length, server.of('whoAmI').length]).toEqual([2, 1]);
    server.last('getData').refuse(errorCodes.NoNode);
    time.advanceBy(10);
    expect(read.error).toMatchObject({ name: 'NoNodeError' });
  });

  it('lets nothing be sent on the connection that the server closes', () => {
    const harness = connected();
    const { server, time } = harness;
    const first = harness.call(operations.whoAmI, undefined);
    time.advanceBy(10);
    server.last('whoAmI').refuse(unknown, -1n);
    time.advanceBy(0);
    expect(first.error).toBeInstanceOf(UnimplementedError);
    const next = harness.call(operations.delete, { path: '/b', version: -1 });
    time.advanceBy(1000);
    expect(server.connections).toHaveLength(2);
    server.last('delete').reply(undefined);
    time.advanceBy(10);
    expect([isOpen(next), next.error]).toEqual([false, undefined]);
  });

  it('ends nothing else if nobody waits for it any more', () => {
    const harness = connected();
    const { server, time, session } = harness;
    const asked = harness.call(operations.whoAmI, undefined);
    time.advanceBy(10);
    server.last('whoAmI').refuse(unknown, -1n);
    server.last('whoAmI').refuse(unknown, -1n);
    time.advanceBy(1000);
    expect(asked.error).toBeInstanceOf(UnimplementedError);
    expect(session.state.status).toBe('connected');
  });
});

describe('a request that is dropped', () => {
  it('is found by the answer to the one behind it', () => {
    const harness = connected();
    const { server, time } = harness;
    const dropped = [
      harness.call(operations.whoAmI, undefined),
      harness.call(operations.getAllChildrenNumber, { path: '/a' }),
    ];
    const write = harness.call(operations.delete, { path: '/b', version: -1 });
    time.advanceBy(10);
    server.last('delete').reply(undefined);
    time.advanceBy(10);
    for (const { error } of dropped) expect(error).toBeInstanceOf(UnimplementedError);
    expect([isOpen(write), write.error]).toEqual([false, undefined]);
    expect(server.connections).toHaveLength(1);
    const again = harness.call(operations.whoAmI, undefined);
    expect(again.error).toBeInstanceOf(UnimplementedError);
  });

  it('is found by the answer to a ping behind it', () => {
    const harness = connected();
    const { server, time } = harness;
    const dropped = harness.call(operations.whoAmI, undefined);
    time.advanceBy(2900);
    expect(isOpen(dropped)).toBe(true);
    time.advanceBy(1000);
    expect(dropped.error).toBeInstanceOf(UnimplementedError);
    expect(server.connections).toHaveLength(1);
  });

  it('is none that every server knows: then what comes is garbage', () => {
    const harness = connected();
    const { server, time } = harness;
    const read = harness.call(operations.getData, stat);
    harness.call(operations.delete, { path: '/b', version: -1 });
    time.advanceBy(10);
    server.last('delete').reply(undefined);
    time.advanceBy(1000);
    expect(server.connections).toHaveLength(2);
    expect(isOpen(read)).toBe(true);
  });
});

describe('two servers of different releases', () => {
  it('are remembered each for itself', () => {
    const servers = [new ScriptedServer(), new ScriptedServer()];
    const harness = new Harness(servers);
    const { time, network } = harness;
    time.advanceBy(100);
    const [old, young] = servers as [ScriptedServer, ScriptedServer];
    harness.call(operations.whoAmI, undefined);
    time.advanceBy(10);
    old.last('whoAmI').refuse(unknown, -1n);
    time.advanceBy(1000);
    expect(young.connections).toHaveLength(1);
    const there = harness.call(operations.whoAmI, undefined);
    time.advanceBy(10);
    young.last('whoAmI').reply([]);
    time.advanceBy(10);
    expect(there.value).toEqual([]);
    network.reset();
    time.advanceBy(1000);
    expect(old.connections).toHaveLength(2);
    expect(harness.call(operations.whoAmI, undefined).error).toBeInstanceOf(UnimplementedError);
    expect(old.of('whoAmI')).toHaveLength(1);
  });
});
