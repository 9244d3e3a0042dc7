/**
 * The lens: a round glass that draws the region beneath it from the finest
 * stored cells, coloured by the statistics of its own window, with its own
 * price and time ticks. It has a view of its own and never magnifies a
 * picture.
 */
import type { NormQuery, Population } from "../data/client";
import { rasterise } from "../gl/raster";
import type { Look, Pass } from "../gl/scene";
import type { Ink } from "../scale/ink";
import { priceTicks, timeTicks } from "../scale/ticks";
import { bpPerPixel, columnOf, positionAt, rowOf, timeAt, type View } from "../scale/view";
import { binPosition, DAY, LN_BIN } from "../units/units";
import { clock, compact, price as priceText, type Zone } from "../units/format";
import { isCustom, type Selection } from "../scale/selection";
import { selected } from "./readout";
import { chunkOf, firstUnknown, locate, type Source } from "./source";

/** Population of the lens and of the Optical view: near price, of late. */
const NEAR: Population = { band: 0.02, windowMs: 14_400_000 };

/** Statistics of the wide view: of Optical those near price, else within `band` (a fraction; null is the level's own). */
export function wideNorm(selection: Selection, band: number | null): NormQuery | null {
  return normOf(selection, selection === "fresh" ? NEAR : band === null ? null : { band, windowMs: DAY });
}

/** Statistics that a selection is normalised with, in the lens near price; null is the server's default. */
export function normOf(selection: Selection, population: Population | null = NEAR): NormQuery | null {
  const selections = isCustom(selection) ? selection : null;
  return population || selections ? { population, selections } : null;
}
/** The smallest a finest cell is drawn in the lens, CSS pixels. */
const MIN_CELL = { column: 3, bin: 2 };
export const POWERS = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48] as const;
/** Diameters of the glass, CSS pixels. */
export const SIZES = [200, 250, 300, 360, 440, 540] as const;
/** The smallest a cell is written on, CSS pixels. */
const WRITTEN = { column: 26, bin: 11 } as const;

/** Room around the glass for the rim's labels, CSS pixels. */
export const GLASS = { margin: 64 } as const;

/**
 * The lens's own view: `diameter` CSS pixels around a point of the wide view,
 * magnified by `power` and at least so much that finest cells can be told
 * apart. Its price axis is logarithmic whatever the chart's is.
 */
export function lensView(wide: View, at: { x: number; y: number }, power: number, diameter: number, version: number): View {
  const { ratio } = wide, size = Math.round(diameter * ratio);
  const msPerPixel = Math.min(wide.msPerPixel / power, 60_000 / (MIN_CELL.column * ratio));
  const bp = Math.min(bpPerPixel(wide) / power, 1 / (MIN_CELL.bin * ratio));
  const middle = positionAt(wide, at.y), edges = new Float64Array(size + 1);
  for (let i = 0; i <= size; i++) edges[i] = middle + (size / 2 - i) * bp;
  return { width: size, height: size, ratio, time0: timeAt(wide, at.x) - (size / 2 - 0.5) * msPerPixel, msPerPixel, edges, version };
}

export interface LensDrawing {
  readonly view: View;
  readonly passes: readonly Pass[];
  readonly complete: boolean;
  readonly look: Look;
  readonly source: Source;
  readonly groups: readonly string[];
  readonly selection: Selection;
  readonly tick: number;
  readonly zone: Zone;
  /** Lines above the glass: the numbers of the cell in its middle. */
  readonly lines: readonly string[];
  readonly pinned: boolean;
  readonly ink: Ink;
}

/** Draws the lens in the middle of a canvas of `size + 2·margin` device pixels a side. */
export class LensPainter {
  private image: ImageData | null = null;
  private readonly sheet = document.createElement("canvas");

  draw(context: CanvasRenderingContext2D, drawing: LensDrawing): void {
    const { view } = drawing, size = view.width, margin = GLASS.margin * view.ratio;
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    if (this.image?.width !== size) {
      this.image = new ImageData(size, size);
      this.sheet.width = this.sheet.height = size;
    }
    rasterise({ width: size, height: size, passes: drawing.passes, look: drawing.look }, new Uint32Array(this.image.data.buffer));
    this.sheet.getContext("2d")?.putImageData(this.image, 0, 0);
    context.save();
    context.translate(margin, margin);
    context.beginPath();
    context.arc(size / 2, size / 2, size / 2, 0, 2 * Math.PI);
    context.save();
    context.clip();
    context.drawImage(this.sheet, 0, 0);
    drawNumbers(context, drawing);
    drawCandles(context, drawing);
    drawCross(context, view, drawing.ink);
    context.restore();
    drawRim(context, drawing);
    context.restore();
    drawLines(context, drawing, margin);
  }
}

/** USD on cells that are large enough for it; once in the middle of a run of columns that would say the same. */
function drawNumbers(context: CanvasRenderingContext2D, { view, source, groups, selection, ink }: LensDrawing): void {
  const { bucketMs } = source.size, { ratio } = view, r = view.width / 2;
  if (bucketMs / view.msPerPixel < WRITTEN.column * ratio || 1 / bpPerPixel(view) < WRITTEN.bin * ratio) return;
  context.font = `600 ${9 * ratio}px Inter, system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 2.5 * ratio;
  context.strokeStyle = ink.ground;
  context.fillStyle = ink.text;
  const write = (text: string, from: number, to: number, y: number): void => {
    // Within the glass, not within its square.
    const half = Math.sqrt(Math.max(0, r * r - (y - r) ** 2)), left = Math.max(from, r - half), right = Math.min(to, r + half);
    if (!text || context.measureText(text).width > right - left) return;
    context.strokeText(text, (left + right) / 2, y);
    context.fillText(text, (left + right) / 2, y);
  };
  const first = Math.floor(timeAt(view, 0) / bucketMs), end = Math.ceil(timeAt(view, view.width) / bucketMs);
  for (let bin = Math.floor(positionAt(view, view.height - 1)); bin <= positionAt(view, 0); bin++) {
    let run = { text: "", from: first };
    for (let bucket = first; bucket <= end; bucket++) {
      const at = locate(source, bucket, bin), amount = at && bucket < Math.min(end, firstUnknown(source)) ? selected(selection, at, groups) : 0;
      const text = amount >= 1 ? compact(amount).replace(" ", "") : "";
      if (text === run.text && bucket < end) continue;
      write(run.text, columnOf(view, run.from * bucketMs), columnOf(view, bucket * bucketMs), rowOf(view, bin + 0.5));
      run = { text, from: bucket };
    }
  }
}

function drawCandles(context: CanvasRenderingContext2D, { view, source, ink }: LensDrawing): void {
  const { bucketMs } = source.size, first = Math.floor(timeAt(view, -0.5) / bucketMs), end = Math.ceil(timeAt(view, view.width) / bucketMs);
  const width = bucketMs / view.msPerPixel, body = Math.max(1, Math.floor(width * 0.6)), line = Math.max(1, Math.round(view.ratio));
  for (let bucket = first; bucket < end; bucket++) {
    const at = chunkOf(source, bucket);
    if (!at?.present) continue;
    const { open, high, low, close } = at.chunk.series;
    const y = (list: Float64Array): number => Math.round(rowOf(view, binPosition(list[at.column] as number, 0)));
    if (!((open[at.column] as number) > 0)) continue;
    const x = Math.round(columnOf(view, (bucket + 0.5) * bucketMs)), up = (close[at.column] as number) >= (open[at.column] as number);
    const top = Math.min(y(open), y(close)), bottom = Math.max(y(open), y(close));
    context.fillStyle = ink.candles.grey[up ? 0 : 1];
    context.fillRect(x, y(high), line, Math.max(1, y(low) - y(high)));
    context.fillRect(x - (body >> 1), top, body, Math.max(line, bottom - top));
  }
}

function drawCross(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
  const c = Math.round(view.width / 2), gap = 9 * view.ratio, arm = 9 * view.ratio, line = Math.max(1, Math.round(view.ratio));
  context.fillStyle = ink.text;
  context.fillRect(c - gap - arm, c, arm, line);
  context.fillRect(c + gap, c, arm, line);
  context.fillRect(c, c - gap - arm, line, arm);
  context.fillRect(c, c + gap, line, arm);
}

/** Rim, and ticks where its own axes meet it: prices to the right, times below. */
function drawRim(context: CanvasRenderingContext2D, { view, tick, zone, pinned, ink }: LensDrawing): void {
  const { ratio } = view, size = view.width, r = size / 2, reach = 0.8;
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = pinned ? ink.accent : ink.axis;
  context.beginPath();
  context.arc(r, r, r, 0, 2 * Math.PI);
  context.stroke();
  context.font = `${10.5 * ratio}px Inter, system-ui, sans-serif`;
  context.textBaseline = "middle";
  const priceOf = (row: number): number => Math.exp(positionAt(view, row) * LN_BIN);
  for (const p of priceTicks(priceOf(size * (0.5 + reach / 2)), priceOf(size * (0.5 - reach / 2)), 6)) {
    const y = rowOf(view, binPosition(p, 0)), x = r + Math.sqrt(Math.max(0, r * r - (y - r) ** 2));
    tickAt(context, [x - 5 * ratio, y], [x + 3 * ratio, y]);
    label(context, priceText(p, tick), x + 7 * ratio, y, "left", ratio, ink);
  }
  for (const t of timeTicks(timeAt(view, size * (0.5 - reach / 2)), timeAt(view, size * (0.5 + reach / 2)), 5)) {
    const x = columnOf(view, t) , y = r + Math.sqrt(Math.max(0, r * r - (x - r) ** 2));
    tickAt(context, [x, y - 5 * ratio], [x, y + 3 * ratio]);
    label(context, clock(t, zone), x, y + 12 * ratio, "center", ratio, ink);
  }
}

function tickAt(context: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/** Text that can be read over any cell: on a patch of ground. */
function label(context: CanvasRenderingContext2D, text: string, x: number, y: number, align: CanvasTextAlign, ratio: number, ink: Ink): void {
  const width = context.measureText(text).width + 6 * ratio, height = 14 * ratio;
  const left = align === "left" ? x - 3 * ratio : x - width / 2;
  context.fillStyle = ink.patch;
  context.fillRect(left, y - height / 2, width, height);
  context.textAlign = align;
  context.fillStyle = ink.text;
  context.fillText(text, x, y + 0.5);
}

function drawLines(context: CanvasRenderingContext2D, { view, lines, complete, ink }: LensDrawing, margin: number): void {
  const { ratio } = view, all = complete ? lines : [...lines, "loading finer cells"];
  context.font = `${11 * ratio}px Inter, system-ui, sans-serif`;
  context.textBaseline = "middle";
  all.forEach((text, i) => label(context, text, margin + view.width / 2, margin - (all.length - i) * 15 * ratio, "center", ratio, ink));
}
