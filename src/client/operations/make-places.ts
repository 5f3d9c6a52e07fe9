/**
 * Makes znodes that stand below each other, as far as they are missing.
 *
 * Most of the time all but the last are there, so it goes from the bottom up: create the last; if its parent is missing,
 * that one first, and so on. Every step may be repeated safely, so a step whose reply was lost is. All others may do the same
 * at the same time, or delete what was just created, so the number of steps is bounded.
 */

import { catchError, defer, EMPTY, expand, filter, map, type Observable, of, take } from 'rxjs';
import { ConnectionLossError } from '../../errors/client-errors.js';
import {
  NoAuthError,
  NodeExistsError,
  NoNodeError,
  NotReadOnlyError,
} from '../../errors/server-error.js';
import { operations } from '../../wire/operations.js';
import { type Acl, type Stat } from '../../wire/records.js';
import {
  createFlags,
  type CreateRequest,
  type PathWatchRequest,
} from '../../wire/request-records.js';
import { type PathStat } from '../../wire/response-records.js';
import { type Place } from '../home.js';
import { type RequestKind, type Shot } from '../request-kind.js';
import { requestOptionNames } from '../request-options.js';
import { type Steps } from './steps.js';

/** What is to be made, and for whom. */
export interface PlacesToMake {
  readonly shot: Shot<unknown>;
  /** Its time limit and signal. */
  readonly steps: Steps;
  /** What the user called, for errors. */
  readonly operation: string;
  readonly places: readonly Place[];
  /** Of the places that have none. */
  readonly acl: readonly Acl[];
}

interface PlaceInput extends Place {
  readonly acl: readonly Acl[];
  readonly operation: string;
}

const optionNames = requestOptionNames();
const noBytes = new Uint8Array(0);
// Beyond twice the depth, steps are needed only if others delete what is being created, or connections are lost.
const spareSteps = 32;

// These work on the server's paths, because the ancestors of a chroot have no path below it.
const createPlace: Omit<RequestKind<PlaceInput, CreateRequest, string, void>, 'name'> = {
  operation: operations.create,
  optionNames,
  encode: encodePlace,
  decode: () => undefined,
};

const createContainer: Omit<RequestKind<PlaceInput, CreateRequest, PathStat, void>, 'name'> = {
  operation: operations.createContainer,
  optionNames,
  encode: encodePlace,
  decode: () => undefined,
};

const lookAtPlace: Omit<RequestKind<PlaceInput, PathWatchRequest, Stat, void>, 'name'> = {
  operation: operations.exists,
  optionNames,
  encode: ({ input: { path } }) => ({ path, watch: false }),
  decode: () => undefined,
};

function encodePlace({ input, host, path: userPath }: Shot<PlaceInput>): CreateRequest {
  const { path, acl, container, operation } = input;
  const creation = { ephemeral: false, sequential: false, data: noBytes, acl };
  host.schema?.checkCreate(path, creation, { operation, path: userPath });
  const flags = container ? createFlags.container : createFlags.persistent;
  return { path, data: noBytes, acl, flags };
}

/** Emits once, when the last of them is there. */
export function makePlaces(wanted: PlacesToMake): Observable<void> {
  return defer(() => {
    const { places } = wanted;
    const climb = new Climb(wanted);
    return of(places.length - 1).pipe(
      expand((index) => (index === places.length ? EMPTY : climb.step(index))),
      filter((index) => index === places.length),
      take(1),
      map(() => undefined),
    );
  });
}

/** One subscription: creates the places one after the other, up and down the path. */
class Climb {
  private stepsLeft: number;

  constructor(private readonly wanted: PlacesToMake) {
    this.stepsLeft = 2 * wanted.places.length + spareSteps;
  }

  /** Creates the place with this index; emits the index of the next place to create. */
  step(index: number): Observable<number> {
    const isContainer = this.wanted.places[index]?.container === true;
    const made$ = isContainer ? this.send(createContainer, index) : this.send(createPlace, index);
    return made$.pipe(
      map(() => index + 1),
      catchError((error: unknown) => this.afterError(error, index)),
    );
  }

  private afterError(error: unknown, index: number): Observable<number> {
    if (error instanceof NodeExistsError) return of(index + 1);
    if (this.stepsLeft-- <= 0) throw error;
    if (error instanceof NoNodeError && index > 0) return of(index - 1);
    if (error instanceof ConnectionLossError && error.outcome === 'unknown') return of(index);
    if (error instanceof NoAuthError || error instanceof NotReadOnlyError) {
      // The server looks at the permission to create before it looks whether there is anything to create.
      return this.send(lookAtPlace, index).pipe(
        map(() => index + 1),
        catchError((): never => {
          throw error;
        }),
      );
    }
    throw error;
  }

  private send<Request, Response>(
    kind: Omit<RequestKind<PlaceInput, Request, Response, void>, 'name'>,
    index: number,
  ): Observable<void> {
    const { shot, steps, operation, places, acl } = this.wanted;
    const { path = '/', container = false, acl: own } = places[index] ?? {};
    const input = { path, container, acl: own ?? acl, operation };
    return steps.send(
      { ...kind, name: operation },
      { path: shot.host.chroot.toClient(path), input },
    );
  }
}
