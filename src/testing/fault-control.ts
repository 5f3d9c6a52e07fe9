/** Carries out the faults of a test: on the networks and clocks of its clients, and on its servers. */

import { type ZooKeeper } from '../client/zookeeper.js';
import { type Direction } from '../transport/memory-faults.js';
import { type ResumeFirst } from './client-time.js';
import { playFaults } from './fault-marbles.js';
import { type FaultMarblesOptions, type LossMatch, type TestFaults } from './faults.js';
import { isMeant, requestsIn } from './request-match.js';
import { formatTime, parseTime, type Time } from './time.js';
import { type Member, type World } from './world.js';

/** A negative length: no frame of any protocol. */
const garbage = new Uint8Array(16).fill(0xff);

export class FaultControl implements TestFaults {
  /** What struck all clients, in order: it strikes those to come as well. */
  private standing: ((member: Member) => void)[] = [];
  /** Counts calms: what was armed before the last one is not armed any more. */
  private calms = 0;

  constructor(private readonly world: World) {
    world.onJoin = (member) => {
      for (const strike of this.standing) strike(member);
    };
  }

  readonly partition = (client?: ZooKeeper, direction?: Direction): void => {
    this.strike(`partition ${direction ?? ''}`.trimEnd(), client, ({ network }) => {
      network.partition(direction);
    });
  };

  readonly heal = (client?: ZooKeeper, direction?: Direction): void => {
    this.strike(`heal ${direction ?? ''}`.trimEnd(), client, ({ network }) => {
      network.heal(direction);
    });
  };

  readonly reset = (client?: ZooKeeper): void => {
    this.strikeOnce('reset', client, ({ network }) => {
      network.reset();
    });
  };

  readonly slow = (latency: Time, client?: ZooKeeper): void => {
    const latencyMs = parseTime(latency, 'slow');
    this.strike(`slow ${formatTime(latencyMs)}`, client, ({ network }) => {
      network.latencyMs = latencyMs;
    });
  };

  readonly split = (bytes: number, client?: ZooKeeper): void => {
    this.strike(`split ${String(bytes)}`, client, ({ network }) => {
      network.splitAt(bytes);
    });
  };

  readonly garbage = (client?: ZooKeeper): void => {
    this.strikeOnce('garbage', client, ({ network }) => {
      for (const link of network.links()) link.inject('toClient', garbage);
    });
  };

  readonly loseRequest = (which: LossMatch = {}): void => {
    this.lose('before', which);
  };

  readonly loseReply = (which: LossMatch = {}): void => {
    this.lose('after', which);
  };

  readonly expireSession = (client?: ZooKeeper): void => {
    this.strikeOnce('expireSession', client, ({ name }) => {
      const { server, owners } = this.world;
      for (const { id } of server.sessions()) if (owners.get(id) === name) server.expireSession(id);
    });
  };

  readonly pause = (client?: ZooKeeper): void => {
    this.strike('pause', client, ({ time }) => {
      time.pause();
    });
  };

  readonly resume = (client?: ZooKeeper, first?: ResumeFirst): void => {
    this.strike('resume', client, ({ time }) => {
      time.resume(first);
    });
  };

  readonly clockJump = (client: ZooKeeper, byMs: number): void => {
    this.strikeOnce(`clockJump ${String(byMs)}`, client, ({ time }) => {
      time.jump(byMs);
    });
  };

  readonly marbles = (diagram: string, options: FaultMarblesOptions = {}): void => {
    playFaults(this.world, { faults: this, diagram, ...options });
  };

  readonly calm = (): void => {
    const { members, options, server } = this.world;
    this.calms++;
    this.standing = [];
    for (const { network, time } of members) {
      network.heal();
      network.splitAt(Infinity);
      network.latencyMs = options.latencyMs;
      time.resume();
    }
    server.start();
    server.setReadOnly(false);
    this.world.journal.fault('calm');
  };

  private strike(what: string, client: ZooKeeper | undefined, act: (member: Member) => void): void {
    if (client === undefined) this.standing.push(act);
    this.strikeOnce(what, client, act);
  }

  private strikeOnce(
    what: string,
    client: ZooKeeper | undefined,
    act: (member: Member) => void,
  ): void {
    const { world } = this;
    const members = client === undefined ? [...world.members] : [world.memberOf(client)];
    const whom = client === undefined ? 'all' : (members[0]?.name ?? '');
    world.journal.fault(`${what} ${whom}`);
    for (const member of members) act(member);
  }

  private lose(when: 'before' | 'after', { client, ...match }: LossMatch): void {
    const { calms } = this;
    let isDone = false;
    const matching = (chunk: Uint8Array): boolean => {
      if (isDone || calms !== this.calms) return false;
      isDone = requestsIn(chunk).some((request) => isMeant(request, match));
      return isDone;
    };
    const what = when === 'before' ? 'loseRequest' : 'loseReply';
    this.strike(`${what} ${match.operation ?? ''}`.trimEnd(), client, ({ network }) => {
      network.resetOnce({ direction: 'toServer', when, matching });
    });
  }
}
