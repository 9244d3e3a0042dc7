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

  /** What is above a level has just been done on another occasion: once more is not needed for what was asked for before. */
  lower(level: Redraw): void {
    if (level < this.pending) this.pending = level;
  }

  private flush(): void {
    const level = this.pending;
    this.pending = Redraw.None;
    this.draw(level);
  }
}

/** Longest that something loaded waits for its neighbours before it is drawn. */
const TOGETHER_MS = 80;

/** Cells that arrive together are drawn together: a full redraw costs more than one more tile in it. */
export class Arrivals {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private drawnAt = 0;

  constructor(private readonly draw: () => void) {}

  /** Something arrived; `last` where nothing else is on its way. */
  arrived(last: boolean): void {
    const now = performance.now();
    if (last || now - this.drawnAt > TOGETHER_MS) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), TOGETHER_MS);
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private flush(): void {
    this.dispose();
    this.drawnAt = performance.now();
    this.draw();
  }
}
