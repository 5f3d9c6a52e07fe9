/**
 * The four-letter words: what a server answers to four ASCII bytes on a fresh connection, one row a word.
 *
 * A row is a function of the server's view. Adding a word is adding a row.
 */

import { type AdminView } from './admin-view.js';
import { cons, dump, wchc, wchp, wchs } from './list-words.js';
import { conf, dirs, envi, mntr, srvr, stat } from './status-words.js';

/** Which words are answered: all, or those that are listed. */
export type WordWhitelist = 'all' | readonly string[];

/** One word. `argument` is what follows it, for the one word that takes something. */
interface Word {
  readonly answer: (view: AdminView, argument: bigint) => string;
  readonly argumentBytes?: number;
}

function row(answer: Word['answer']): Word {
  return { answer };
}

const words: ReadonlyMap<string, Word> = new Map<string, Word>(
  Object.entries({
    ruok: row(() => 'imok'),
    isro: row(({ readOnly }) => (readOnly ? 'ro' : 'rw')),
    srvr: row(srvr),
    stat: row(stat),
    mntr: row(mntr),
    conf: row(conf),
    cons: row(cons),
    dump: row(dump),
    wchs: row(wchs),
    wchc: row(wchc),
    wchp: row(wchp),
    dirs: row(dirs),
    envi: row(envi),
    crst: row(resetConnections),
    srst: row(resetServer),
    gtmk: row(({ traceMask }) => String(traceMask)),
    stmk: { answer: setTraceMask, argumentBytes: 8 },
    // The digests of past transactions: none are kept, which is what a real server without any answers.
    hash: row(() => ''),
  }),
);

/** Number of bytes of a word. */
export const wordBytes = 4;

/** How many bytes a word takes behind it; `undefined` if it is none. */
export function argumentBytesOf(word: string): number | undefined {
  const known = words.get(word);
  return known === undefined ? undefined : (known.argumentBytes ?? 0);
}

/** The answer to a word that exists. */
export function answerWord(
  view: AdminView,
  word: string,
  { argument, whitelist }: { argument: bigint; whitelist: WordWhitelist },
): string {
  const known = words.get(word);
  if (known === undefined || (whitelist !== 'all' && !whitelist.includes(word))) {
    return `${word} is not executed because it is not in the whitelist.\n`;
  }
  return known.answer(view, argument);
}

function resetConnections(view: AdminView): string {
  for (const connection of view.connections) connection.meter.reset();
  return 'Connection stats reset.\n';
}

function resetServer(view: AdminView): string {
  view.resetFigures();
  return 'Server stats reset.\n';
}

function setTraceMask(view: AdminView, argument: bigint): string {
  view.setTraceMask(argument);
  return String(argument);
}
