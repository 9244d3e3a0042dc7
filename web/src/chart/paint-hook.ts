/** A series primitive that draws nothing of its own: it says when the pane is painted, and how large. */
import type { ISeriesPrimitive, IPrimitivePaneView, SeriesAttachedParameter, Time } from "lightweight-charts";

/** The pane in a paint. Sizes in device pixels, ratios in device pixels per CSS pixel. */
export interface Pane {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly ratioX: number;
}

type Target = Parameters<NonNullable<ReturnType<IPrimitivePaneView["renderer"]>>["draw"]>[0];

/** Calls back below everything else of the pane (or above it), inside the library's own paint, so that map and candles never part. */
export class PaintHook implements ISeriesPrimitive<Time> {
  private request: (() => void) | null = null;
  private readonly views: readonly IPrimitivePaneView[];

  constructor(onPaint: (pane: Pane) => void, zOrder: "bottom" | "top" = "bottom") {
    const draw = (target: Target): void =>
      target.useBitmapCoordinateSpace(({ context, bitmapSize, horizontalPixelRatio, verticalPixelRatio }) =>
        onPaint({ context, width: bitmapSize.width, height: bitmapSize.height, ratio: verticalPixelRatio, ratioX: horizontalPixelRatio }));
    this.views = [{ zOrder: () => zOrder, renderer: () => ({ draw }) }];
  }

  attached({ requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.request = requestUpdate;
  }

  /** Asks the library to paint the pane in its next frame. */
  repaint(): void {
    this.request?.();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views;
  }
}
