/**
 * Creates a znode and its missing ancestors.
 *
 * Most of the time all but the last are there, so it goes from the bottom up: create the znode; if its parent is missing,
 * that one first, and so on. The ancestors include those that the chroot names. Every step may be repeated safely, so
 * a step whose reply was lost is. All others may do the same at the same time, or delete what was just created, so
 * the number of steps is bounded.
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
import { type CreateRequest, type PathWatchRequest } from '../../wire/request-records.js';
import { checkAcl } from '../checks.js';
import { type RequestKind, type Shot } from '../request-kind.js';
import { checkRequestOptions, requestOptionNames, serverPath } from '../request-options.js';
import { Steps } from './steps.js';

/** What `ensurePath` takes besides path and options. */
export interface EnsurePathInput {
  readonly acl: readonly Acl[] | undefined;
}

interface Place {
  /** The server's path. */
  readonly path: string;
  readonly acl: readonly Acl[];
}

const optionNames = requestOptionNames('acl');
const noBytes = new Uint8Array(0);
// Beyond twice the depth, steps are needed only if others delete what is being created, or connections are lost.
const spareSteps = 32;

// These work on the server's paths, because the ancestors of the chroot have no path below it.
const createPlace: RequestKind<Place, CreateRequest, string, void> = {
  name: 'ensurePath',
  operation: operations.create,
  optionNames,
  encode: ({ input: { path, acl } }) => ({ path, data: noBytes, acl, flags: 0 }),
  decode: () => undefined,
};

const lookAtPlace: RequestKind<Place, PathWatchRequest, Stat, void> = {
  name: 'ensurePath',
  operation: operations.exists,
  optionNames,
  encode: ({ input: { path } }) => ({ path, watch: false }),
  decode: () => undefined,
};

/** Emits once, when the znode is there. */
export function ensurePath(shot: Shot<EnsurePathInput>): Observable<void> {
  return defer(() => {
    const context = { operation: 'ensurePath', path: shot.path };
    checkRequestOptions({ name: 'ensurePath', optionNames }, shot);
    checkAcl({ option: 'acl', value: shot.input.acl, context });
    const places = ancestry(serverPath(shot, 'ensurePath'));
    const climb = new Climb(shot, places);
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
  private readonly steps: Steps;
  private stepsLeft: number;
  private readonly acl: readonly Acl[];

  constructor(
    private readonly shot: Shot<EnsurePathInput>,
    private readonly places: readonly string[],
  ) {
    this.steps = new Steps(shot);
    this.stepsLeft = 2 * places.length + spareSteps;
    this.acl = shot.input.acl ?? shot.host.defaultAcl;
  }

  /** Creates the place with this index; emits the index of the next place to create. */
  step(index: number): Observable<number> {
    return this.send(createPlace, index).pipe(
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
    kind: RequestKind<Place, Request, Response, void>,
    index: number,
  ): Observable<void> {
    const path = this.places[index] ?? '/';
    const input = { path, acl: this.acl };
    return this.steps.send(kind, { path: this.shot.host.chroot.toClient(path), input });
  }
}

/** A path and its ancestors, from the top down, without the root: that one is always there. */
function ancestry(path: string): readonly string[] {
  if (path === '/') return ['/'];
  const names = path.slice(1).split('/');
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}
