/** Opens whatever the browser can paint the map with. */
import { openRaster } from "../gl/raster";
import type { Painter } from "../gl/scene";
import { openWebgl } from "../gl/webgl";
import { NORM_GLSL } from "../scale/norm";
import { TILE } from "../wire/tile";

export type { Painter };

/** A painter on a canvas: WebGL2, or one raster without it or where that is forced. `onRestored` is told when a lost context is back. */
export function openPainter(canvas: HTMLCanvasElement, forceRaster: boolean, onRestored: () => void): Painter {
  return (forceRaster ? null : openWebgl(canvas, TILE, NORM_GLSL, onRestored)) ?? openRaster(canvas);
}
