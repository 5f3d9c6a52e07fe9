/** Names that are one part of a path, as options give them. */

import { InvalidOptionError } from '../../errors/client-errors.js';
import { pathProblem } from '../../path.js';
import { type RecipeCall } from './options.js';

/** The name; throws `InvalidOptionError` if it is none. */
export function checkSegment(option: string, name: string, call: RecipeCall): string {
  const problem = segmentProblem(name);
  if (problem !== undefined) throw new InvalidOptionError(option, problem, call);
  return name;
}

function segmentProblem(name: string): string | undefined {
  // A caller without types may have given anything.
  if (typeof (name as unknown) !== 'string') return 'must be a string';
  if (name === '') return 'must not be empty';
  return name.includes('/') ? 'must not contain "/"' : pathProblem(`/${name}`);
}
