/** The life of something of one's own, at every stage at which it can be given up. */

import { concat, NEVER, Observable, of, Subject } from 'rxjs';
import { OwnLife } from '../../src/recipes/core/own-life.js';
import { ConnectionLossError, NoAuthError } from '../../src/index.js';

const lost = () => new ConnectionLossError('unknown');
const refused = () => new NoAuthError();

/** A life whose attempts and removals are answered by hand, and what was told of it. */
class Story {
  readonly log: string[] = [];
  private attempt = new Subject<string>();
  private readonly removal = new Subject<never>();
  readonly life = new OwnLife<string>((own) => {
    this.log.push(`remove ${own}`);
    return this.removal;
  });
  /** What is to be done after a failure. */
  next$: Observable<unknown> = of(true);

  begin(): this {
    this.life.released$.subscribe({ complete: () => this.log.push('released') });
    const attempts$ = this.life.attempts$({
      attempt$: () => {
        this.attempt = new Subject<string>();
        this.log.push(this.life.inDoubt ? 'look' : 'send');
        this.life.inDoubt = true;
        return this.attempt;
      },
      beforeNext$: () => this.next$,
    });
    this.life.begin(attempts$).subscribe({
      next: (own) => this.log.push(`made ${own}`),
      error: () => this.log.push('failed'),
      complete: () => this.log.push('end'),
    });
    return this;
  }

  /** The attempt under way is answered. */
  answer(own: string): void {
    this.attempt.next(own);
  }

  /** The attempt under way fails. */
  fail(error: unknown): void {
    this.attempt.error(error);
  }

  /** The removal under way is over. */
  removed(error?: unknown): void {
    if (error === undefined) this.removal.complete();
    else this.removal.error(error);
  }

  /** What was told since this was asked last. */
  told(): string[] {
    return this.log.splice(0);
  }
}

describe('a life of one’s own', () => {
  it('is made, and removed when it is released, once', () => {
    const story = new Story().begin();
    story.answer('a');
    expect(story.told()).toEqual(['send', 'made a', 'end']);
    expect(story.life).toMatchObject({ own: 'a', inDoubt: false });
    story.life.release();
    story.life.release();
    expect(story.told()).toEqual(['remove a']);
    story.removed();
    expect(story.told()).toEqual(['released']);
  });

  it('is released when the removal fails, too: nothing more can be done', () => {
    const story = new Story().begin();
    story.answer('a');
    story.life.release();
    story.told();
    story.removed(refused());
    expect(story.told()).toEqual(['released']);
  });

  it('looks after a lost reply, and sends again after a refusal', () => {
    const story = new Story().begin();
    story.fail(lost());
    story.fail(refused());
    story.fail(lost());
    story.answer('a');
    expect(story.told()).toEqual(['send', 'look', 'send', 'look', 'made a', 'end']);
  });

  it('released in doubt, waits for its fate and removes what was made', () => {
    const story = new Story().begin();
    story.life.release();
    story.fail(lost());
    expect(story.told()).toEqual(['send', 'look']);
    story.answer('a');
    expect(story.told()).toEqual(['remove a', 'made a', 'end']);
    story.removed();
    expect(story.told()).toEqual(['released']);
  });

  it('released in doubt, is over when it is refused, and does not go on', () => {
    const story = new Story().begin();
    story.life.release();
    story.fail(refused());
    expect(story.told()).toEqual(['send', 'released', 'end']);
  });

  it('released while nothing is under way, stops trying', () => {
    const story = new Story();
    const pause = new Subject<unknown>();
    story.next$ = pause;
    story.begin();
    story.fail(refused());
    story.life.release();
    expect(story.told()).toEqual(['send', 'released']);
    expect(pause.observed).toBe(false);
  });

  it('that must not be made any more is released before its end is told', () => {
    const life = new OwnLife<string>(() => NEVER);
    const log: string[] = [];
    life.released$.subscribe({ complete: () => log.push('released') });
    life.begin(concat()).subscribe({ complete: () => log.push('end') });
    expect(log).toEqual(['released', 'end']);
  });

  it('is released before an error is told, so that whoever tries again finds nothing in the way', () => {
    const story = new Story();
    story.next$ = new Observable((out) => {
      out.error(refused());
    });
    story.begin();
    story.fail(refused());
    expect(story.told()).toEqual(['send', 'released', 'failed']);
  });
});
