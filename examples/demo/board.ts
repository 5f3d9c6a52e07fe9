/** What the demo shows: redrawn in place in a terminal, one line for each change elsewhere. */

/** One contender as the audience sees it. */
export interface ContenderView {
  readonly name: string;
  readonly connection: string;
  readonly config: string;
  readonly role: string;
  readonly lock: string;
}

export class Board {
  private readonly views = new Map<string, ContenderView>();
  private act = '';
  private note = '';
  private drawn = 0;
  private readonly startedAt = Date.now();
  private readonly live: boolean;

  constructor(private readonly out: NodeJS.WriteStream) {
    this.live = out.isTTY;
  }

  /** A new act of the story. */
  announce(act: string, note: string): void {
    this.act = act;
    this.note = note;
    if (this.live) this.draw();
    else this.line(`== ${act}: ${note}`);
  }

  /** Something happened that the audience shall notice. */
  tell(note: string): void {
    this.note = note;
    if (this.live) this.draw();
    else this.line(`   ${note}`);
  }

  update(view: ContenderView): void {
    const before = this.views.get(view.name);
    this.views.set(view.name, view);
    if (this.live) {
      this.draw();
      return;
    }
    for (const part of ['connection', 'config', 'role', 'lock'] as const) {
      if (before?.[part] !== view[part]) this.line(`   ${view.name}: ${part} ${view[part]}`);
    }
  }

  private draw(): void {
    const lines = [
      `\u001b[1m${this.act}\u001b[0m`,
      this.note,
      '',
      row(['', 'connection', 'configuration', 'election', 'lock'], '2'),
      ...[...this.views.values()].map((view) =>
        row([view.name, view.connection, view.config, view.role, view.lock], colour(view)),
      ),
      '',
    ];
    const up = this.drawn > 0 ? `\u001b[${String(this.drawn)}A` : '';
    this.out.write(`${up}${lines.map((text) => `\u001b[2K${text}\n`).join('')}`);
    this.drawn = lines.length;
  }

  private line(text: string): void {
    const seconds = ((Date.now() - this.startedAt) / 1000).toFixed(1).padStart(5);
    this.out.write(`${seconds} s  ${text}\n`);
  }
}

const widths = [8, 14, 16, 22, 24];

function row(cells: readonly string[], sgr: string): string {
  const text = cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('');
  return `\u001b[${sgr}m${text}\u001b[0m`;
}

function colour({ role, lock }: ContenderView): string {
  if (role.startsWith('LEADER')) return '32';
  return lock.startsWith('HOLDS') ? '36' : '0';
}
