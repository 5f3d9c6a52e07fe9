/** The mechanism GSSAPI over a made-up Kerberos: which tokens in which order. A real one is in gssapi.live.spec.ts. */

import { from, isObservable, lastValueFrom } from 'rxjs';
import { gssapi, type GssapiOptions, type KerberosModule } from '../../src/client/sasl/gssapi.js';
import { ProtocolError, UsageError } from '../../src/errors/client-errors.js';
import { type SaslAnswer, type SaslExchange } from '../../src/session/sasl-mechanism.js';

jest.mock(
  'kerberos',
  () => {
    throw new Error("Cannot find module 'kerberos'");
  },
  { virtual: true },
);

const server = { host: 'zk1', port: 2181 };
const base64 = (bytes: readonly number[]) => Buffer.from(bytes).toString('base64');

/** Kerberos whose context is complete after so many steps, and whose server offers these layers. */
class MadeUp implements KerberosModule {
  readonly GSS_C_MUTUAL_FLAG = 2;
  readonly GSS_MECH_OID_KRB5 = 9;
  readonly calls: string[] = [];
  readonly asked: unknown[] = [];

  constructor(
    private readonly steps = 2,
    private readonly layers = 7,
    private readonly lastly: () => Promise<string | null> = () => Promise.resolve(null),
  ) {}

  initializeClient(service: string, options: object) {
    this.asked.push(service, options);
    let steps = 0;
    const client = {
      contextComplete: false,
      step: (challenge: string) => {
        this.calls.push(`step ${challenge}`);
        client.contextComplete = ++steps === this.steps;
        return client.contextComplete ? this.lastly() : Promise.resolve(base64([200 + steps]));
      },
      unwrap: (challenge: string) => {
        this.calls.push(`unwrap ${challenge}`);
        return Promise.resolve(base64([this.layers, 1, 0, 0]));
      },
      wrap: (challenge: string) => {
        this.calls.push(`wrap ${challenge}`);
        return Promise.resolve(base64([77]));
      },
    };
    return Promise.resolve(client);
  }
}

function exchangeOf(kerberos: KerberosModule, more: GssapiOptions = {}): SaslExchange {
  return gssapi({ kerberos, ...more }).start(server);
}

async function valueOf(answer: SaslAnswer): Promise<number[] | undefined> {
  if (answer === undefined || answer instanceof Uint8Array) return answer && [...answer];
  const value = await lastValueFrom(isObservable(answer) ? answer : from(answer));
  return value && [...value];
}

describe('GSSAPI', () => {
  it('sets up the context, chooses no layer, and waits for the last word of the server', async () => {
    const kerberos = new MadeUp();
    const exchange = exchangeOf(kerberos);
    const said = [await valueOf(exchange.begin())];
    for (const token of [Uint8Array.of(255, 0), Uint8Array.of(8), null]) {
      said.push(await valueOf(exchange.respond(token)));
    }
    // The context is complete without a token of ours, and there is an empty one all the same.
    expect(said).toEqual([[201], [], [77], undefined]);
    const calls = ['step ', `step ${base64([255, 0])}`, `unwrap ${base64([8])}`];
    expect(kerberos.calls).toEqual([...calls, `wrap ${base64([1, 0, 0, 0])}`]);
  });

  it.each<[GssapiOptions, string]>([
    [{}, 'zookeeper@zk1'],
    [{ service: 'zk', host: 'zk1.example.org' }, 'zk@zk1.example.org'],
    [{ host: ({ host, port }) => `${host}.${String(port)}` }, 'zookeeper@zk1.2181'],
  ])('asks for the service of the server it is at: %o', async (options, service) => {
    const kerberos = new MadeUp();
    await valueOf(exchangeOf(kerberos, options).begin());
    expect(kerberos.asked).toEqual([service, { gssFlag: 2, mechOID: 9 }]);
  });

  it('logs in who is asked for, and the server has to prove itself', async () => {
    const kerberos = new MadeUp();
    await valueOf(exchangeOf(kerberos, { principal: 'bob@R' }).begin());
    expect(kerberos.asked[1]).toEqual({ gssFlag: 2, mechOID: 9, principal: 'bob@R' });
  });

  it('goes on as often as the context takes', async () => {
    const exchange = exchangeOf(new MadeUp(3));
    expect(await valueOf(exchange.begin())).toEqual([201]);
    expect(await valueOf(exchange.respond(Uint8Array.of(1)))).toEqual([202]);
    expect(await valueOf(exchange.respond(Uint8Array.of(2)))).toEqual([]);
  });

  it('refuses a server that insists on a layer', async () => {
    const exchange = exchangeOf(new MadeUp(2, 6));
    await valueOf(exchange.begin());
    await valueOf(exchange.respond(Uint8Array.of(1)));
    await expect(valueOf(exchange.respond(Uint8Array.of(2)))).rejects.toThrow(ProtocolError);
  });

  it('errs with what Kerberos says', async () => {
    const exchange = exchangeOf(new MadeUp(2, 7, () => Promise.reject(new Error('expired'))));
    await valueOf(exchange.begin());
    await expect(valueOf(exchange.respond(Uint8Array.of(1)))).rejects.toThrow('expired');
  });

  it('says what is missing where the package is not installed', async () => {
    const beginning = valueOf(gssapi().start(server).begin());
    await expect(beginning).rejects.toThrow(UsageError);
    await expect(beginning).rejects.toThrow(/needs the package `kerberos`, which is not installed/);
    await expect(beginning).rejects.toHaveProperty('cause.message', expect.stringMatching(/kerb/));
  });
});
