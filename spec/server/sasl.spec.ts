/** SASL DIGEST-MD5 over raw packets. The dialogue was compared with a real 3.8, by hand. */

import { createHash } from 'node:crypto';
import { checkAnswer } from '../../src/server/digest-md5.js';
import { InvalidOptionError } from '../../src/errors/client-errors.js';
import { parseFields } from '../../src/wire/digest-md5.js';
import { bytes, open, said, type Speaker, startWorld } from './world.js';

const decoder = new TextDecoder();
const saslUsers = { bob: 'builder', jürgen: 'straße' };
const md5 = (data: string | Buffer) => createHash('md5').update(data);

/** What a client answers to a challenge, computed by Node's own hash. */
function answerTo(challenge: string, { user, password }: { user: string; password: string }) {
  const nonce = parseFields(challenge)?.get('nonce') ?? '';
  const uri = 'zookeeper/zk-sasl-md5';
  const inner = md5(Buffer.from(`${user}:zk-sasl-md5:${password}`, 'latin1')).digest();
  const a1 = md5(Buffer.concat([inner, Buffer.from(`:${nonce}:cn`)])).digest('hex');
  const a2 = md5(`AUTHENTICATE:${uri}`).digest('hex');
  const response = md5(`${a1}:${nonce}:00000001:cn:auth:${a2}`).digest('hex');
  const rspauth = md5(`${a1}:${nonce}:00000001:cn:auth:${md5(`:${uri}`).digest('hex')}`);
  const fields = `charset=utf-8,username="${user}",realm="zk-sasl-md5",nonce="${nonce}",nc=00000001`;
  return {
    text: `${fields},cnonce="cn",digest-uri="${uri}",maxbuf=65536,response=${response},qop=auth`,
    rspauth: `rspauth=${rspauth.digest('hex')}`,
  };
}

function challengeOf(client: Speaker): string {
  const { body, error, zxid } = client.call('sasl', { token: new Uint8Array(0) });
  expect([error, zxid]).toEqual([0, 0n]);
  return decoder.decode(body?.token ?? undefined);
}

function logIn(client: Speaker, user: string, password: string): string {
  const answer = answerTo(challengeOf(client), { user, password });
  const { body, error } = client.call('sasl', { token: bytes(answer.text) });
  if (error !== 0) return String(error);
  expect(decoder.decode(body?.token ?? undefined)).toBe(answer.rspauth);
  return 'ok';
}

describe('a login by SASL', () => {
  it('proves both sides, and gives an identity', () => {
    const client = startWorld({ saslUsers }).connect();
    expect(challengeOf(client)).toMatch(
      /^realm="zk-sasl-md5",nonce="[0-9a-f]{32}",charset=utf-8,algorithm=md5-sess$/,
    );
    const other = startWorld({ saslUsers }).connect();
    expect(logIn(other, 'bob', 'builder')).toBe('ok');
    expect(other.call('whoAmI', undefined).body).toEqual([
      { scheme: 'ip', user: '10.0.0.1' },
      { scheme: 'sasl', user: 'bob' },
    ]);
  });

  it('hashes names in ISO 8859-1 where they fit', () => {
    expect(logIn(startWorld({ saslUsers }).connect(), 'jürgen', 'straße')).toBe('ok');
  });

  it.each([
    ['bob', 'wrong'],
    ['eve', 'builder'],
    ['constructor', 'x'],
  ])('is refused with -115, a null token and the end: %s, %s', (user, password) => {
    const client = startWorld({ saslUsers }).connect();
    const { text } = answerTo(challengeOf(client), { user, password });
    client.send('sasl', { token: bytes(text) }, 7);
    expect(client.takeReply()).toMatchObject({ xid: 7, zxid: 0n, error: -115 });
    expect(client.closed).toBe(true);
  });

  it('cannot be replayed on another connection', () => {
    const world = startWorld({ saslUsers });
    const { text } = answerTo(challengeOf(world.connect()), { user: 'bob', password: 'builder' });
    const thief = world.connect();
    challengeOf(thief);
    expect(said(thief.call('sasl', { token: bytes(text) }))).toBe('AuthFailed');
  });

  it('is over after its end', () => {
    const client = startWorld({ saslUsers }).connect();
    logIn(client, 'bob', 'builder');
    expect(said(client.call('sasl', { token: bytes('') }))).toBe('AuthFailed');
    expect(client.closed).toBe(true);
  });

  it.each([{}, { saslUsers }])('ends without a word at a token that is null (%o)', (options) => {
    const client = startWorld(options).connect();
    client.send('sasl', { token: null });
    expect([client.replyCount, client.closed]).toEqual([0, true]);
  });

  it('is what ACLs with the scheme ask for', () => {
    const world = startWorld({ saslUsers });
    const [bob, nobody] = [world.connect(), world.connect()];
    logIn(bob, 'bob', 'builder');
    expect(bob.create('/b', { acl: [{ perms: 31, scheme: 'auth', id: '' }] })).toBe('/b');
    expect(bob.call('getAcl', { path: '/b' }).body?.acl).toEqual([
      { perms: 31, scheme: 'sasl', id: 'bob' },
    ]);
    expect([bob.getData('/b'), nobody.getData('/b')]).toEqual(['ok', 'NoAuth']);
    const unconfigured = startWorld().connect();
    const acl = [{ perms: 31, scheme: 'sasl', id: 'bob' }];
    expect(unconfigured.create('/b', { acl })).toBe('InvalidACL');
  });
});

describe('requireSasl', () => {
  it('refuses everything else before a login with -124 and the end', () => {
    const world = startWorld({ saslUsers, requireSasl: true });
    const client = world.connect();
    client.send('create', { path: '/a', data: null, acl: open, flags: 0 }, 3);
    expect(client.takeReply()).toMatchObject({ xid: 3, zxid: 0n, error: -124 });
    expect([client.closed, world.server.tree()['/a']]).toEqual([true, undefined]);
    const bob = world.connect();
    expect(bob.auth('x:y')).toBe('ok');
    expect(logIn(bob, 'bob', 'builder')).toBe('ok');
    expect(bob.create('/a')).toBe('/a');
  });

  it('without users is a mistake', () => {
    expect(() => startWorld({ requireSasl: true })).toThrow(InvalidOptionError);
  });
});

describe('the answer to a challenge', () => {
  const good = answerTo('nonce="n"', { user: 'bob', password: 'builder' }).text;
  const check = (text: string) => checkAnswer(text, { nonce: 'n', users: saslUsers })?.user;

  it('is read with and without quotes', () => {
    expect(check(good)).toBe('bob');
    expect(parseFields('a="x\\"y", b=z,c=""')).toEqual(
      new Map([
        ['a', 'x"y'],
        ['b', 'z'],
        ['c', ''],
      ]),
    );
  });

  it.each([
    good.replace('00000001', '00000002'),
    good.replace('"cn"', '""'),
    good.replace('qop=auth', 'qop=auth-conf'),
    good.replace('realm="zk-sasl-md5"', 'realm="other"'),
    `${good},authzid="super"`,
    `${good},username="bob"`,
    `${good},,`,
    'garbage',
    '"',
    '',
  ])('is refused: %s', (text) => {
    expect(check(text)).toBeUndefined();
  });
});
