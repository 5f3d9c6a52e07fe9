/** The JSON of service discovery, as Curator 5.4.0 writes it (captured from `JsonInstanceSerializer`), and templates of addresses. */

import { InvalidOptionError } from '../../src/errors/client-errors.js';
import {
  encodeInstance,
  instanceCodec,
  type ServiceInstance,
} from '../../src/recipes/services/service-instance.js';
import { buildUri, parseUriSpec } from '../../src/recipes/services/uri-spec.js';
import { toUtf8 } from '../../src/recipes/core/utf8.js';

const codec = instanceCodec((value) => value);
const decode = (text: string) => codec.decode(toUtf8(text));

const bare: ServiceInstance = {
  name: 'svc',
  id: 'i1',
  address: '10.0.0.1',
  port: null,
  sslPort: null,
  payload: null,
  registrationTimeUTC: 1_700_000_000_000,
  serviceType: 'DYNAMIC',
  uriSpec: null,
  enabled: true,
};
const full: ServiceInstance = {
  ...bare,
  port: 80,
  sslPort: 443,
  payload: { '@class': 'java.util.HashMap', k: 1 },
  serviceType: 'DYNAMIC_SEQUENTIAL',
  uriSpec: parseUriSpec('{scheme}://{ address }:{ssl-port}/{[}x{]}'),
};

const ofJava = {
  bare: '{"name":"svc","id":"i1","address":"10.0.0.1","port":null,"sslPort":null,"payload":null,"registrationTimeUTC":1700000000000,"serviceType":"DYNAMIC","uriSpec":null}',
  full: '{"name":"svc","id":"i1","address":"10.0.0.1","port":80,"sslPort":443,"payload":{"@class":"java.util.HashMap","k":1},"registrationTimeUTC":1700000000000,"serviceType":"DYNAMIC_SEQUENTIAL","uriSpec":{"parts":[{"value":"scheme","variable":true},{"value":"://","variable":false},{"value":"address","variable":true},{"value":":","variable":false},{"value":"ssl-port","variable":true},{"value":"/","variable":false},{"value":"[","variable":true},{"value":"x","variable":false},{"value":"]","variable":true}]}}',
};

describe('an instance as JSON', () => {
  it.each([
    ['with nothing', bare, ofJava.bare],
    ['with everything', full, ofJava.full],
  ])('%s is written byte for byte as Java writes it, and read', (_what, instance, json) => {
    expect(Buffer.from(encodeInstance(instance)).toString()).toBe(json);
    expect(decode(json)).toEqual(instance);
  });

  it('says so only if it is not enabled', () => {
    const json = Buffer.from(encodeInstance({ ...bare, enabled: false })).toString();
    expect(json).toBe(`${ofJava.bare.slice(0, -1)},"enabled":false}`);
    expect(decode(json)).toEqual({ ...bare, enabled: false });
  });

  it('is read with fields missing, fields unknown, and numbers as texts, as Java reads it', () => {
    const read = decode('{"id":"i1","port":"80","new":[1],"uriSpec":{}}');
    const missing = { ...bare, name: '', address: null, registrationTimeUTC: 0, serviceType: null };
    expect(read).toEqual({ ...missing, port: 80, uriSpec: { parts: [] } });
  });

  it.each([
    ['[]', 'an instance must be an object'],
    ['null', 'an instance must be an object'],
    ['{"name":7}', 'name must be a string'],
    ['{"port":"http"}', 'port must be a number'],
    ['{"serviceType":"OTHER"}', 'there is no serviceType "OTHER"'],
    ['{"enabled":1}', 'enabled must be true or false'],
    ['{"uriSpec":{"parts":{}}}', 'uriSpec.parts must be a list'],
    ['{"uriSpec":{"parts":[1]}}', 'each of uriSpec.parts must be an object'],
  ])('is refused: %s', (json, message) => {
    expect(() => decode(json)).toThrow(new TypeError(message));
  });

  it('is refused if it is no JSON', () => {
    expect(() => decode('{"name":')).toThrow(SyntaxError);
  });

  it('is refused if it is no UTF-8', () => {
    expect(() => codec.decode(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('utf-8');
  });

  it('gets the type of its payload from a check', () => {
    const numbers = instanceCodec((value) => {
      if (typeof value !== 'number') throw new TypeError('no number');
      return value;
    });
    expect(numbers.decode(toUtf8('{"payload":5}'))?.payload).toBe(5);
    expect(numbers.decode(toUtf8('{}'))?.payload).toBeNull();
    expect(() => numbers.decode(toUtf8('{"payload":"5"}'))).toThrow('no number');
  });
});

describe('buildUri', () => {
  const at = (uriSpec: string, more: Partial<ServiceInstance> = {}) => ({
    ...bare,
    ...more,
    uriSpec: parseUriSpec(uriSpec),
  });

  it.each([
    ['{scheme}://{address}:{port}', { port: 80 }, 'http://10.0.0.1:80'],
    ['{scheme}://{address}:{ssl-port}', { sslPort: 443 }, 'https://10.0.0.1:443'],
    ['{[}{name}{]}-{id}', {}, '{svc}-i1'],
    ['{registration-time-utc} {service-type}', {}, '1700000000000 dynamic'],
    ['{port}{constructor}{unknown}', {}, ''],
    ['{ tenant }/{address}', {}, 'a/10.0.0.1'],
    ['plain', {}, 'plain'],
    ['', {}, ''],
  ])('makes of %s with %j %j', (spec, more, uri) => {
    expect(buildUri(at(spec, more), { tenant: 'a' })).toBe(uri);
  });

  it('lets variables go before the instance, and knows instances without a template', () => {
    expect(buildUri(at('{address}'), { address: 'other' })).toBe('other');
    expect(buildUri(bare)).toBe('');
  });

  it.each(['{a{b}}', 'a}', '{a'])('refuses %s', (spec) => {
    expect(() => parseUriSpec(spec)).toThrow(InvalidOptionError);
  });
});
