/** Wrong ideas to put into the recipes, for the families of the simulation that are about one recipe each. */

import { catchError, EMPTY, takeUntil } from 'rxjs';
import { remove } from '../../src/client/transaction-builders.js';
import { insist$, sessionOver$ } from '../../src/recipes/core/persist.js';
import * as proof from '../../src/recipes/core/proof.js';
import { Receipt } from '../../src/recipes/core/receipt.js';
import * as sequence from '../../src/recipes/core/sequence.js';
import { type Mutant, put } from './mutants.js';

export const recipeMutants: readonly Mutant[] = [
  {
    idea: 'whoever stands at the gate of a semaphore may pass it',
    family: 'semaphore',
    noticed: /there are \d leases/,
    apply: () => {
      const { placeInQueue } = sequence;
      jest.spyOn(sequence, 'placeInQueue').mockImplementation((children, names) => {
        const place = placeInQueue(children, names);
        return place && { ...place, ahead: [] };
      });
    },
  },
  {
    idea: 'a reader waits only for whoever is right ahead of it',
    family: 'readWrite',
    noticed: /both hold|with fence \d+ after/,
    apply: () => {
      const { placeInQueue } = sequence;
      jest.spyOn(sequence, 'placeInQueue').mockImplementation((children, names) => {
        const all = { ...names, rivals: ['__lock__', '__rlock__', '__WRIT__', '__READ__'] };
        const last = placeInQueue(children, all)?.ahead.at(-1);
        const place = placeInQueue(children, names);
        return place && { ...place, ahead: place.ahead.filter((name) => name === last) };
      });
    },
  },
  {
    idea: 'a writer need not wait for readers',
    family: 'readWrite',
    noticed: /both hold/,
    apply: () => {
      const { placeInQueue } = sequence;
      jest.spyOn(sequence, 'placeInQueue').mockImplementation((children, names) => {
        const rivals = names.rivals.filter((marker) => !/__rlock__|__READ__/.test(marker));
        return placeInQueue(children, { ...names, rivals });
      });
    },
  },
  {
    idea: 'it is enough that an entry was free when it was looked at',
    family: 'queue',
    noticed: /without a mark|both hold|which is gone|after \w+ did it/,
    apply: () => {
      const { make } = Receipt.prototype;
      put(Receipt.prototype, 'make', function (this: Receipt, operations: never) {
        // The mark gets a name of its own, so that it keeps nobody away.
        const { options, id } = this as unknown as { options: { path: string }; id: string };
        if (options.path.includes('/taken/')) options.path += `-${id}`;
        return make.call(this, operations);
      });
    },
  },
  {
    idea: 'an entry that is given back is still in the queue when it is done',
    family: 'queue',
    noticed: /did it|never done/,
    apply: () => {
      const { release } = Receipt.prototype;
      put(Receipt.prototype, 'release', function (this: Receipt) {
        release.call(this);
      });
    },
  },
  {
    idea: 'a mark that is ours stays ours until it is known to be deleted',
    family: 'queue',
    noticed: /without a mark|both hold/,
    fromSeed: 47,
    apply: () => {
      jest.spyOn(proof, 'removeReceipt$').mockImplementation((zk, removal) => {
        const { path, operations, sessionId, call } = removal;
        const request = () => zk.transaction([...operations, remove(path)]);
        return insist$<unknown>(zk, { ...call, request }).pipe(
          catchError(() => EMPTY),
          takeUntil(sessionOver$(zk, sessionId)),
        );
      });
    },
  },
];
