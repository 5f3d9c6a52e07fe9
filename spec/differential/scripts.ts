/** Random scripts. */

import fc from 'fast-check';
import { loneRequests, quotaRequests, requests } from './requests.js';
import { type Script, sessionNames, type Step } from './script.js';
import { tolerable, tolerableBurst } from './tolerances.js';

const session = fc.constantFrom(...sessionNames);

/** Up to so many requests leave together. */
const steps = (maxBurst: number): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 100, arbitrary: asking(fc.tuple(requests)) },
    {
      weight: 20,
      arbitrary: asking(fc.array(requests, { minLength: 1, maxLength: maxBurst, size: 'max' })),
    },
    { weight: 8, arbitrary: asking(fc.tuple(loneRequests)) },
    { weight: 2, arbitrary: asking(quotaRequests) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), session }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('reattach' as const),
        session,
        as: fc.constantFrom('owner', 'owner', 'stranger', 'prophet' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const), session }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('unknown' as const),
        session,
        opcode: fc.constantFrom(0, 10, 999, -1),
      }),
    },
  );

/** Scripts of up to so many steps, most of them near that. */
export function scripts(maxSteps: number, maxBurst: number): fc.Arbitrary<Script> {
  return fc.array(steps(maxBurst), { minLength: 1, maxLength: maxSteps, size: 'max' });
}

function asking(
  asks: fc.Arbitrary<readonly Parameters<typeof tolerable>[0][]>,
): fc.Arbitrary<Step> {
  return fc.tuple(session, asks).map(([name, list]) => ({
    kind: 'ask' as const,
    session: name,
    asks: tolerableBurst(list).map((ask) => tolerable(ask, name)),
  }));
}
