/** The check that no file imports itself by way of others, type imports included. */

import { importsOf, type SourceText } from './sources.js';

/** Each circle of imports once, written `a.ts -> b.ts -> a.ts`. */
export function checkCircles(sources: readonly SourceText[]): readonly string[] {
  const known = new Set(sources.map(({ path }) => path));
  const graph = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap(({ file }) =>
        file !== undefined && known.has(file) ? [file] : [],
      ),
    ]),
  );
  return findCircles(graph);
}

/** Depth first; an edge to a file on the current trail closes a circle. */
function findCircles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const circles = new Set<string>();
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (file: string): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      circles.add(describeCircle(trail.slice(start)));
      return;
    }
    if (finished.has(file)) return;
    trail.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    trail.pop();
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return [...circles];
}

/** Starts at the first file by name, so that one circle is written one way. */
function describeCircle(files: readonly string[]): string {
  const first = files.reduce((least, file) => (file < least ? file : least));
  const at = files.indexOf(first);
  return [...files.slice(at), ...files.slice(0, at), first].join(' -> ');
}
