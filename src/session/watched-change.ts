/** What watches are about: the changes they tell of, and the tables they stand in. */

/** What happened: the znode was `created`, `deleted`, its data or its children changed. */
export type WatchedChange = 'created' | 'deleted' | 'dataChanged' | 'childrenChanged';

/** The two tables of one-shot watches that a server keeps: `data` (get and exists), `child` (children). */
export type WatchTable = 'data' | 'child';
