/** The relays of one server, one for each of its ports, as one. */

import { Relay, type ServerRelay } from './relay.js';

export class ServerRelays implements ServerRelay {
  private constructor(
    readonly plain: Relay,
    readonly secure: Relay | undefined,
  ) {}

  /** Starts them before these ports. */
  static async start(port: number, securePort: number | undefined): Promise<ServerRelays> {
    const plain = await Relay.start(`127.0.0.1:${String(port)}`);
    const secure =
      securePort === undefined ? undefined : await Relay.start(`127.0.0.1:${String(securePort)}`);
    return new ServerRelays(plain, secure);
  }

  cut(): void {
    for (const relay of this.all) relay.cut();
  }

  refuse(): void {
    for (const relay of this.all) relay.refuse();
  }

  holdReplies(): void {
    for (const relay of this.all) relay.holdReplies();
  }

  freeze(): void {
    for (const relay of this.all) relay.freeze();
  }

  restore(): void {
    for (const relay of this.all) relay.restore();
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((relay) => relay.close()));
  }

  private get all(): readonly Relay[] {
    return this.secure === undefined ? [this.plain] : [this.plain, this.secure];
  }
}
