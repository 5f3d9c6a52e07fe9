/**
 * Checks what the processes of the soak wrote down.
 *
 * - Nothing that one may hold was held by two at any moment; a semaphore by at most three; a writer excludes everybody.
 * - Every entry that was put in was handled, or is still in the queue; none that was not put in.
 * - The counter counts every increment that was answered, each answer another value, and at most those that were tried.
 * - A live read shows what a fresh read shows. Every process is a member. No ephemeral and no mark is left over.
 */
import { readFileSync } from 'node:fs';

export function readRecord(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        // A process that was killed while it wrote.
        return [];
      }
    });
}

/** From the first to the last moment at which each grant was known to be valid. */
function intervals(lines, kinds) {
  const grants = new Map();
  for (const { kind, grant, at } of lines) {
    if (!kinds.includes(kind)) continue;
    const found = grants.get(`${kind} ${grant}`);
    if (found === undefined) grants.set(`${kind} ${grant}`, { kind, grant, from: at, to: at });
    else found.to = at;
  }
  return [...grants.values()].sort((a, b) => a.from - b.from);
}

/** Pairs of grants that were valid at the same moment, of those that `exclude` each other; the most at one moment. */
function overlaps(grants, exclude) {
  const problems = [];
  let most = 0;
  let open = [];
  for (const grant of grants) {
    open = open.filter(({ to }) => to >= grant.from);
    for (const other of open) {
      if (exclude(grant, other))
        problems.push(
          `${grant.grant} (${grant.kind}) and ${other.grant} (${other.kind}) at ${grant.from}`,
        );
    }
    open.push(grant);
    most = Math.max(most, open.length);
  }
  return { problems, most };
}

export function check({
  lines,
  views,
  members,
  left,
  queued,
  tree,
  hot,
  counter,
  deaths,
  processes,
}) {
  const problems = [];
  const of = (kind) => lines.filter((line) => line.kind === kind);
  const held = {};

  const single = [...new Set(lines.map(({ kind }) => kind))].filter(
    (kind) => ['lock', 'curator-lock', 'leader'].includes(kind) || kind.startsWith('item '),
  );
  for (const kind of single) {
    const grants = intervals(lines, [kind]);
    held[kind.split(' ')[0]] = (held[kind.split(' ')[0]] ?? 0) + grants.length;
    problems.push(...overlaps(grants, () => true).problems);
  }
  const readersAndWriters = intervals(lines, ['read', 'write']);
  held['read and write'] = readersAndWriters.length;
  problems.push(
    ...overlaps(readersAndWriters, (a, b) => a.kind === 'write' || b.kind === 'write').problems,
  );
  const leases = intervals(lines, ['semaphore']);
  const { most } = overlaps(leases, () => false);
  held.semaphore = leases.length;
  if (most > 3) problems.push(`${most} leases of a semaphore of 3`);
  if (most < 2) problems.push('the semaphore let in one at a time only');

  const handled = of('handled').map(({ id }) => id);
  const handledOnce = new Set(handled);
  const putting = new Set(of('putting').map(({ id }) => id));
  for (const { id } of of('put'))
    if (!handledOnce.has(id) && !queued.includes(id))
      problems.push(`entry ${id} was put in and never handled`);
  for (const id of handledOnce)
    if (!putting.has(id)) problems.push(`entry ${id} was handled and never put in`);

  const posts = of('counted').map(({ post }) => post);
  if (new Set(posts).size !== posts.length) problems.push('two increments have the same result');
  const tried = of('counting').length;
  if (counter < posts.length || counter > tried)
    problems.push(`counter ${counter}, answered ${posts.length}, tried ${tried}`);

  for (const view of views) {
    if (view.hot !== hot) problems.push(`${view.name} sees ${view.hot} where ${hot} is`);
    for (const path of new Set([...Object.keys(view.tree), ...Object.keys(tree)])) {
      if (view.tree[path] !== tree[path])
        problems.push(`${view.name} sees ${view.tree[path]} at ${path}, where ${tree[path]} is`);
    }
  }
  if (members.length !== processes)
    problems.push(`${members.length} members, ${processes} processes`);
  for (const [place, names] of Object.entries(left))
    problems.push(`left in ${place}: ${names.join(' ')}`);
  for (const death of deaths)
    problems.push(`process ${death.name} ended: ${death.code} ${death.signal}`);
  for (const { name, text } of of('uncaught')) problems.push(`uncaught in ${name}: ${text}`);

  const errors = {};
  for (const { error } of of('error')) errors[error] = (errors[error] ?? 0) + 1;
  console.log('grants', held, 'most leases', most);
  console.log(
    'entries put',
    of('put').length,
    'handled',
    handled.length,
    'counter',
    counter,
    'answered',
    posts.length,
    'tried',
    tried,
  );
  console.log('errors', errors);
  return problems;
}
