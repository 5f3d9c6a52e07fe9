/** How transcripts of foreign clients are made comparable, and looked at. */

import { havingInOrder, normalize } from './transcript.js';

describe('normalize', () => {
  it('numbers zxids by their size, and leaves out addresses, sessions and times', () => {
    const said = [
      'connected to 127.0.0.1:2181',
      'czxid=a\nmzxid=1f\npZxid = 0x1f\ncZxid = 0x9',
      'ephemeralOwner = 0x1000a\nephemeralOwner = 0x0\nephemeralOwner = 0\nephemeralOwner = 10',
      'Got a new session id: 0x1000a',
      'ctime = Fri Nov 27\nmtime=Fri Nov 27',
    ].join('\n');
    expect(normalize(said, { port: 2181 }).split('\n')).toEqual([
      'connected to SERVER',
      ...['czxid=#1', 'mzxid=#2', 'pZxid = #2', 'cZxid = #0'],
      ...['ephemeralOwner = SESSION', 'ephemeralOwner = 0x0'],
      ...['ephemeralOwner = 0', 'ephemeralOwner = SESSION'],
      'Got a new session id: SESSION',
      ...['ctime = TIME', 'mtime=TIME'],
    ]);
  });
});

describe('havingInOrder', () => {
  it.each([
    ['all of them', ['a', 'c'], ['a', 'b', 'c']],
    ['the wrong order', ['c', 'a'], ['a', 'b', 'c', 'expected after this: a']],
    ['a line twice that is there once', ['b', 'b'], ['a', 'b', 'expected after this: b']],
  ])('tells %s', (_what, expected, told) => {
    expect(havingInOrder(['a', 'b', 'c'], expected)).toEqual(told);
  });
});
