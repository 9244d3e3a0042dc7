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
  /** What is pending was asked for before the map was drawn on another occasion. */
  private drawn = false;

  /** `draw` is told whether the map is as it should be already. */
  constructor(private readonly draw: (level: Redraw, drawn: boolean) => void) {}

  request(level: Redraw): void {
    if (this.pending === Redraw.None) requestAnimationFrame(() => this.flush());
    if (level > this.pending) this.pending = level;
    if (level >= Redraw.Light) this.drawn = false;
  }

  /** The map has just been drawn in full: it is not drawn once more for what was asked for before. */
  mapDrawn(): void {
    this.drawn = true;
  }

  private flush(): void {
    const { pending, drawn } = this;
    this.pending = Redraw.None;
    this.drawn = false;
    this.draw(pending, drawn);
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
