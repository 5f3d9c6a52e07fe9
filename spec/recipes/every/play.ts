/** One recipe, used by a few clients on virtual time, until it must have come to rest. */

import { catchError, EMPTY, type Observable, Subscription } from 'rxjs';
import { type ZooKeeperOptions } from '../../../src/client/options.js';
import { type Member, nothing, expiryMs, World } from '../world.js';
import { type Recipe } from './recipe.js';

/** Until everything has come to rest: a session that was cut off has ended, a lease has run out. */
const restMs = 14_000;

/** What wall clocks show at first: late enough to be set back. */
const startWallMs = 1_700_000_000_000;

/** One who uses it. */
export interface User {
  readonly who: string;
  readonly member: Member;
  /** The last it was told. */
  last: string;
  readonly errors: unknown[];
  subscription: Subscription;
}

export class Play {
  readonly world: World;
  readonly users: User[] = [];
  private readonly client: ZooKeeperOptions;
  /** Znodes that were there before the recipe. */
  private readonly made: readonly string[] = [];
  /** Text of the last stir. */
  private stirred = 'first';

  constructor(
    private readonly recipe: Recipe,
    {
      version = '3.9.3',
      counter,
      client = {},
    }: {
      readonly version?: string;
      /** The next number under all znodes whose children are counted. */
      readonly counter?: number;
      /** How all its clients are. */
      readonly client?: ZooKeeperOptions;
    } = {},
  ) {
    this.client = client;
    this.world = new World({ version });
    if (counter !== undefined) this.made = recipe.counted ?? [];
    for (const root of this.made) this.world.countFrom(root, counter ?? 0);
    if (recipe.ground !== undefined) this.act(recipe.ground.bind(recipe));
  }

  /** A client. */
  member(): Member {
    return this.world.join(this.client, startWallMs);
  }

  /** Somebody begins to use it: a member of its own, or one that others use, too. */
  join(member = this.member(), who = `u${String(this.users.length)}`): User {
    const user: User = { who, member, last: '', errors: [], subscription: Subscription.EMPTY };
    this.users.push(user);
    user.subscription = this.use(user);
    return user;
  }

  /** Ends the use, and begins anew at once. */
  comeAgain(user: User): void {
    user.subscription.unsubscribe();
    if (this.recipe.once !== true) user.last = '';
    user.subscription = this.use(user);
  }

  /** Others make news. */
  stir(): void {
    const { stir } = this.recipe;
    if (stir === undefined) return;
    const text = `s${String(this.world.time.now())}`;
    this.stirred = text;
    this.act((zk) => stir(zk, text));
  }

  /** A client of its own does it, and goes. */
  act(what: (zk: Member['zk']) => Observable<unknown>): void {
    const { zk } = this.member();
    what(zk)
      .pipe(catchError(() => EMPTY))
      .subscribe();
    this.world.time.advanceBy(50);
    void zk.close();
    this.world.time.advanceBy(10);
  }

  /** When all faults are over: everybody has been told what is so. */
  rest(): void {
    this.world.time.advanceBy(restMs);
    expect(this.users.flatMap(({ errors }) => errors)).toEqual([]);
    this.recipe.atRest(
      this.world,
      this.users.map(({ last }) => last),
      this.stirred,
    );
  }

  /** When all have gone: nothing is left behind. */
  end(): void {
    for (const { subscription } of this.users) subscription.unsubscribe();
    expect(this.world.leftovers(expiryMs)).toEqual(nothing);
    expect(this.world.time.pending).toBe(0);
    const stays = this.recipe.stays ?? /^\/every(\/here)?$/;
    const left = Object.keys(this.world.server.tree()).filter(
      (one) => one.startsWith('/every') && !stays.test(one) && !this.made.includes(one),
    );
    expect(left).toEqual([]);
  }

  private use(user: User): Subscription {
    return this.recipe.use(user.member.zk, user.who).subscribe({
      next: (text) => {
        user.last = text;
      },
      error: (error: unknown) => user.errors.push(error),
    });
  }
}

/** Plays it at each of many places, and tells at which of them it went wrong. */
export function everywhere<T>(places: readonly T[], play: (place: T) => void): void {
  const wrong = places.flatMap((place) => {
    try {
      play(place);
      return [];
    } catch (error) {
      return [`at ${JSON.stringify(place)}: ${String(error)}`];
    }
  });
  expect(wrong.slice(0, 3).join('\n')).toBe('');
}
