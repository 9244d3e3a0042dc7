/**
 * The liquidation map at the right: what stood at the close of one column, by
 * price and leverage group, with the sums from price outwards. Its rows are
 * the chart's rows.
 */
import type { Ink } from "../scale/ink";
import { rowSpans, extent } from "../scale/spans";
import { letters, rowOf, type View } from "../scale/view";
import { planesOf, type Selection } from "../scale/selection";
import { binOf, binPosition } from "../units/units";
import { amount } from "../units/format";
import { cellAmounts, TILE } from "../wire/tile";
import { withinReach } from "./heat";
import { priceOf, runsOf, type Located, type Source } from "./source";

/** Estimated USD by bin, from `first` on; stacks are one array a group. */
export interface Profile {
  readonly bucket: number;
  /** End of the column: the instant that it is the map of, ms. */
  readonly at: number;
  readonly price: number;
  readonly first: number;
  readonly groups: readonly string[];
  readonly stacks: readonly Float64Array[];
  readonly totals: Float64Array;
  /** Sum from price, or the edge of the view that is nearer to it, to the far edge of the bin: longs below price, shorts above. */
  readonly cumulative: Float64Array;
  /** Place of each stack's colour among those of leverage groups, or of venues, where they begin anew. */
  readonly colours: readonly number[];
  /** What stacks are cut by: `groups` are leverage groups, or venues. */
  readonly by: "leverage" | "venue";
  readonly unit: "usd" | "sd";
  /** Sums begin at price; false where price is too far from the view. */
  readonly fromPrice: boolean;
  /** False while tiles of the rows in view, or between them and price, are missing. */
  readonly complete: boolean;
}

/** The last colour of leverage groups: the highest leverage, and a profile in one piece. */
const MOST = 2;

/** Sums one column over the view's rows and price. Null while the column's price is unknown. */
export function profileOf(source: Source, view: View, bucket: number, groups: readonly string[], selection: Selection, unit: Profile["unit"] = "usd"): Profile | null {
  const price = priceOf(source, bucket);
  if (price <= 0) return null;
  const { shift, bucketMs } = source.size;
  const seen = extent(rowSpans(view, shift)), middle = binOf(price, shift);
  const tileOf = (bin: number): number => Math.floor(bin / TILE), fromPrice = withinReach({ y0: tileOf(seen.first), y1: tileOf(seen.end - 1) }, tileOf(middle));
  const first = fromPrice ? Math.min(seen.first, middle) : seen.first, end = fromPrice ? Math.max(seen.end, middle + 1) : seen.end;
  const names = planesOf(selection, groups);
  const stacks = names.map(() => new Float64Array(end - first));
  const totals = new Float64Array(end - first), long = new Float64Array(end - first);
  let complete = true;
  for (const { at, ...run } of runsOf(source, bucket, { first, end })) {
    if (!at) complete = false;
    else names.forEach((name, g) => {
      const stack = (stacks[g] as Float64Array).subarray(run.first - first, run.end - first);
      addPlane(at, `long/${name}`, stack);
      addPlane(at, `long/${name}`, long.subarray(run.first - first, run.end - first));
      addPlane(at, `short/${name}`, stack);
    });
  }
  for (const stack of stacks) stack.forEach((usd, i) => (totals[i] = (totals[i] as number) + usd));
  return {
    bucket, at: (bucket + 1) * bucketMs, price, first, groups: names, colours: names.length === 1 ? [MOST] : names.map((name) => Math.min(MOST, groups.indexOf(name))), stacks, totals, fromPrice, complete, by: "leverage", unit,
    cumulative: accumulate(totals, long, middle - first),
  };
}

/** Adds the USD of a plane's column to bins from a located cell upwards. */
function addPlane({ tile, index }: Located, plane: string, to: Float64Array): void {
  const cells = tile.planes.get(plane), amounts = cellAmounts(tile.logStep);
  for (let i = 0, at = index; cells && i < to.length; i++, at += TILE) to[i] = (to[i] as number) + (amounts[cells[at] as number] as number);
}

function accumulate(totals: Float64Array, long: Float64Array, middle: number): Float64Array {
  const out = new Float64Array(totals.length);
  let below = 0, above = 0;
  for (let i = Math.min(middle, totals.length - 1); i >= 0; i--) out[i] = below += long[i] as number;
  for (let i = Math.max(middle, 0); i < totals.length; i++) {
    above += (totals[i] as number) - (long[i] as number);
    if (i > middle) out[i] = above;
  }
  return out;
}

/** The bin that a pixel row shows: of those in its span the fullest, as the map does. */
export function rowBins(profile: Profile, view: View, shift: number): Int32Array {
  const rows = rowSpans(view, shift), out = new Int32Array(view.height).fill(-1);
  for (let r = 0; r < view.height; r++) {
    let most = -1;
    for (let bin = rows[2 * r] as number; bin < (rows[2 * r + 1] as number); bin++) {
      const amount = profile.totals[bin - profile.first] ?? 0;
      if (amount > most) {
        most = amount;
        out[r] = bin - profile.first;
      }
    }
  }
  return out;
}

/** Draws the profile; the canvas is as high as the chart's pane, one row a pixel row. `beside` draws what lies over its bars and under its words. */
export function drawProfile(context: CanvasRenderingContext2D, profile: Profile | null, view: View, shift: number, ink: Ink, beside: (profile: Profile) => void): void {
  const { width } = context.canvas;
  context.clearRect(0, 0, width, view.height);
  if (!profile) return;
  const bins = rowBins(profile, view, shift);
  const most = (list: Float64Array): number => bins.reduce((m, bin) => (bin < 0 ? m : Math.max(m, list[bin] as number)), 0);
  const longest = most(profile.totals), sum = most(profile.cumulative);
  const inner = width - 8 * view.ratio;
  if (longest > 0) drawBars(context, profile, bins, inner / longest, ink);
  if (sum > 0) drawCurves(context, profile, bins, inner / sum, view, ink);
  drawPrice(context, profile, view, ink);
  beside(profile);
  drawWords(context, profile, bins, view, longest, ink);
}

function drawBars(context: CanvasRenderingContext2D, profile: Profile, bins: Int32Array, scale: number, ink: Ink): void {
  const colours = profile.by === "venue" ? ink.venues : ink.groups;
  const offsets = new Float64Array(bins.length);
  profile.stacks.forEach((stack, g) => {
    context.fillStyle = colours[(profile.colours[g] as number) % colours.length] as string;
    for (let r = 0; r < bins.length; r++) {
      const bin = bins[r] as number;
      const amount = bin < 0 ? 0 : (stack[bin] as number);
      if (amount <= 0) continue;
      context.fillRect(offsets[r] as number, r, amount * scale, 1);
      offsets[r] = (offsets[r] as number) + amount * scale;
    }
  });
}

function drawCurves(context: CanvasRenderingContext2D, profile: Profile, bins: Int32Array, scale: number, view: View, ink: Ink): void {
  context.strokeStyle = ink.accent;
  context.lineWidth = Math.max(1, view.ratio);
  context.globalAlpha = 0.75;
  context.beginPath();
  let before = NaN;
  const middle = Math.floor(rowOf(view, binPosition(profile.price, 0)));
  for (let r = 0; r < bins.length; r++) {
    const bin = bins[r] as number;
    if (bin < 0) continue;
    const x = (profile.cumulative[bin] as number) * scale;
    // The curves of the two sides start at price and are not joined across it.
    if (Number.isNaN(before) || r === middle + 1) context.moveTo(x, r);
    else context.lineTo(x, r);
    before = x;
  }
  context.stroke();
  context.globalAlpha = 1;
}

function drawPrice(context: CanvasRenderingContext2D, profile: Profile, view: View, ink: Ink): void {
  const { width } = context.canvas;
  const y = Math.round(rowOf(view, binPosition(profile.price, 0)));
  context.fillStyle = ink.text;
  for (let x = 0; x < width; x += 6 * view.ratio) context.fillRect(x, y, 3 * view.ratio, Math.max(1, Math.round(view.ratio)));
}

/** Sums at the outer ends of the curves, in words: they are what a trader reads off first. */
function drawWords(context: CanvasRenderingContext2D, profile: Profile, bins: Int32Array, view: View, longest: number, ink: Ink): void {
  const { width } = context.canvas;
  const sumAt = (row: number): number => ((bins[row] ?? -1) >= 0 ? (profile.cumulative[bins[row] as number] as number) : 0);
  const price = rowOf(view, binPosition(profile.price, 0)), ratio = letters(view), line = 15 * ratio;
  context.font = `${11 * ratio}px Inter, system-ui, sans-serif`;
  context.textAlign = "right";
  const write = (text: string, y: number, colour: string): void => {
    const wide = context.measureText(text).width + 6 * ratio;
    context.fillStyle = ink.patch;
    context.fillRect(width - wide - 3 * ratio, y - 0.8 * line, wide, line);
    context.fillStyle = colour;
    context.fillText(text, width - 6 * ratio, y);
  };
  // A slim profile has room for the amounts alone.
  const says = (word: string, usd: number): string => (width < 140 * ratio ? amount(usd, profile.unit) : `${word} ${amount(usd, profile.unit)}`);
  if (price > 4 * line) {
    write(says("shorts", sumAt(0)), 1.1 * line, ink.accent);
    write(says("longest bar", longest), 2.1 * line, ink.dim);
  }
  if (price < view.height - 2 * line) write(says("longs", sumAt(view.height - 1)), view.height - 0.6 * line, ink.accent);
}
