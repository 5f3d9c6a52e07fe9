/** Floats as Python writes and reads them; the table was printed by CPython 3. */

import fc from 'fast-check';
import { parsePythonFloat, pythonRepr } from '../../src/recipes/values/python-float.js';

const printed: readonly (readonly [number, string])[] = [
  [0, '0.0'],
  [-0, '-0.0'],
  [3, '3.0'],
  [3.5, '3.5'],
  [-2.25, '-2.25'],
  [0.1, '0.1'],
  [0.1 + 0.2, '0.30000000000000004'],
  [0.0001, '0.0001'],
  [0.00012345, '0.00012345'],
  [0.00001, '1e-05'],
  [0.000015, '1.5e-05'],
  [123456789.125, '123456789.125'],
  [1e15, '1000000000000000.0'],
  [9007199254740993, '9007199254740992.0'],
  [1e16, '1e+16'],
  [1.5e16, '1.5e+16'],
  [12345678901234567890, '1.2345678901234567e+19'],
  [1e100, '1e+100'],
  [5e-324, '5e-324'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [2.2250738585072014e-308, '2.2250738585072014e-308'],
  [Infinity, 'inf'],
  [-Infinity, '-inf'],
  [NaN, 'nan'],
];

describe('pythonRepr', () => {
  it.each(printed)('writes %d as %s', (value, text) => {
    expect(pythonRepr(value)).toBe(text);
    expect(parsePythonFloat(text)).toBe(value);
  });

  it('is read back as the same number, whichever it is', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(parsePythonFloat(pythonRepr(value))).toBe(value);
      }),
    );
  });
});

describe('parsePythonFloat', () => {
  it.each([
    ['3', 3],
    [' 4.5\n', 4.5],
    ['+1.', 1],
    ['.5', 0.5],
    ['-.5E3', -500],
    ['-Infinity', -Infinity],
    ['+INF', Infinity],
    ['-nan', NaN],
  ])('reads %j as Python does', (text, value) => {
    expect(parsePythonFloat(text)).toBe(value);
  });

  it.each(['', ' ', '.', 'e5', '1e', '0x10', '1,5', 'one', '--1', '1 2'])(
    'refuses %j, as Python does',
    (text) => {
      expect(parsePythonFloat(text)).toBeUndefined();
    },
  );
});
