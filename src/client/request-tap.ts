/**
 * `requests$`: what has become of each request, for metrics and traces.
 *
 * It costs nothing while nobody looks. What is told is told in a turn of its own, so that nothing an observer does (subscribe,
 * unsubscribe, close) happens in the middle of what the client is doing.
 */

import { type Observable, type SchedulerLike, Subject } from 'rxjs';
import { type CallEndObserver } from '../session/call-end.js';
import { operationName } from '../wire/operations.js';
import { type EndedRequest } from './ended-request.js';

export class RequestTap {
  /** See `ZooKeeper.requests$`. */
  readonly requests$: Observable<EndedRequest>;
  private readonly ended = new Subject<EndedRequest>();
  /** Not told yet. */
  private news: EndedRequest[] = [];

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly monotonicNow: () => number,
  ) {
    this.requests$ = this.ended.asObservable();
  }

  readonly onCallEnd: CallEndObserver = (call, end, server) => {
    if (!this.ended.observed) return;
    const { sentAt, context, operation } = call;
    const error = end === 'cancelled' ? undefined : end;
    this.news.push({
      operation: context.operation,
      path: context.path,
      request: operationName(operation.opcode) ?? String(operation.opcode),
      outcome: end === 'cancelled' ? end : error === undefined ? 'answered' : 'failed',
      error,
      tookMs: sentAt && this.monotonicNow() - sentAt.monotonicMs,
      server,
    });
    if (this.news.length === 1)
      this.scheduler.schedule(() => {
        this.tell();
      });
  };

  complete(): void {
    this.tell();
    this.ended.complete();
  }

  private tell(): void {
    const { news } = this;
    this.news = [];
    for (const request of news) this.ended.next(request);
  }
}
