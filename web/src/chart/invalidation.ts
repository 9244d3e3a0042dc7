/** How much has to be drawn again, and once a frame at most. */

/** None < Cursor (read-outs, lens) < Light (colours) < Full (cells, scales). */
export enum Redraw {
  None = 0,
  Cursor = 1,
  Light = 2,
  Full = 3,
}

/** Collects requests and calls back once in the next animation frame with the greatest. */
export class Invalidator {
  private pending: Redraw = Redraw.None;

  constructor(private readonly draw: (level: Redraw) => void) {}

  request(level: Redraw): void {
    if (this.pending === Redraw.None) requestAnimationFrame(() => this.flush());
    if (level > this.pending) this.pending = level;
  }

  private flush(): void {
    const level = this.pending;
    this.pending = Redraw.None;
    this.draw(level);
  }
}
