/**
 * The liquidation map as a view of its own: what stands at one instant by
 * price, prices to the right and USD upwards, cut by leverage or venue, with
 * the sums from price outwards. Pure but for the drawing.
 */
import type { Ink } from "../scale/ink";
import { planesOf, type Selection } from "../scale/selection";
import { priceTicks } from "../scale/ticks";
import { compact, price as priceText } from "../units/format";
import { binLow, binPosition } from "../units/units";
import type { ProfileAnswer, Standing } from "../wire/api";
import { maxPainOf, type MaxPain } from "./max-pain";

/** Distances that the map reaches, fractions of price. */
export const REACHES = [0.02, 0.05, 0.1, 0.2, 0.5] as const;

export interface LiqMap {
  readonly at: number;
  readonly price: number;
  /** What bars are cut by: leverage groups or venues. */
  readonly by: "leverage" | "venue";
  readonly names: readonly string[];
  /** Places of the names' colours in the ink. */
  readonly colours: readonly number[];
  /** From the lowest price to the highest; longs below price, shorts above. */
  readonly bars: readonly Bar[];
  readonly pain: MaxPain;
  /** USD within reach, and what lies beyond it on either side. */
  readonly sums: { readonly long: number; readonly short: number };
}

export interface Bar {
  readonly side: "long" | "short";
  /** Price range, half-open. */
  readonly low: number;
  readonly high: number;
  readonly usd: number;
  /** USD by name. */
  readonly parts: readonly number[];
  /** Sum from price to the bar's far edge, the bar included. */
  readonly cumulative: number;
}

export interface LiqMapPlan {
  readonly groups: readonly string[];
  readonly selection: Selection;
  readonly by: "leverage" | "venue";
  /** Fraction of price to either side. */
  readonly reach: number;
  /** Most bars of a side. */
  readonly most: number;
}

/** Sums an answer into bars. The bin that holds price is split by side: longs stand below price, shorts above. */
export function liqMapOf(answer: ProfileAnswer, { groups, selection, by, reach, most }: LiqMapPlan): LiqMap {
  const { price, shift, first_bin: first } = answer, planes = planesOf(selection, groups);
  const middle = Math.floor(binPosition(price, shift)), bins = Math.max(1, Math.round(binPosition(price * (1 + reach), shift) - binPosition(price, shift)));
  const width = Math.ceil(bins / most), venues = by === "venue" ? [...new Set((answer.parts ?? []).map((part) => part.venue))] : [];
  const sources: readonly { readonly of: readonly Standing[]; readonly planes: readonly string[] }[] = venues.length > 0
    ? venues.map((venue) => ({ of: (answer.parts ?? []).filter((part) => part.venue === venue), planes }))
    : planes.map((plane) => ({ of: [answer], planes: [plane] }));
  const side = (name: "long" | "short"): Bar[] => {
    const bars: Bar[] = [];
    let cumulative = 0;
    for (let i = 0; i <= bins; i += width) {
      const near = name === "long" ? middle - i : middle + i, from = name === "long" ? near - width + 1 : near, end = from + width;
      const parts = sources.map((source) => source.of.reduce((sum, of) => sum + source.planes.reduce((s, plane) => s + total(of[name][plane], from - first, end - first), 0), 0));
      const usd = parts.reduce((a, b) => a + b, 0);
      cumulative += usd;
      bars.push({ side: name, low: binLow(from, shift), high: binLow(end, shift), usd, parts, cumulative });
    }
    return bars;
  };
  const long = side("long"), short = side("short"), totals = new Float64Array(2 * bins + 1);
  for (let i = 0; i < totals.length; i++) {
    const place = middle - bins + i - first;
    for (const plane of planes) totals[i] = (totals[i] as number) + (answer.long[plane]?.[place] ?? 0) + (answer.short[plane]?.[place] ?? 0);
  }
  return {
    at: answer.at, price, by: venues.length > 0 ? "venue" : "leverage", names: venues.length > 0 ? venues : planes,
    colours: venues.length > 0 ? venues.map((_, i) => i) : planes.length === 1 ? [2] : planes.map((plane) => Math.min(2, groups.indexOf(plane))),
    bars: [...long.reverse(), ...short], pain: maxPainOf({ totals, first: middle - bins, price }, shift),
    sums: { long: long[0]?.cumulative ?? 0, short: short[short.length - 1]?.cumulative ?? 0 },
  };
}

function total(list: readonly number[] | undefined, from: number, end: number): number {
  let sum = 0;
  for (let i = Math.max(0, from); list && i < Math.min(list.length, end); i++) sum += list[i] as number;
  return sum;
}

/** Room for the axes, CSS pixels. */
const ROOM = { left: 52, right: 56, top: 14, bottom: 22 } as const;

/** A canvas that a map is drawn on, device pixels. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** Where the bars stand: each as wide as the others, in a row. */
function plot({ bars }: LiqMap, { width, height, ratio }: Sheet): { left: number; top: number; step: number; inner: number } {
  const left = ROOM.left * ratio, top = ROOM.top * ratio;
  return { left, top, step: (width - left - ROOM.right * ratio) / bars.length, inner: height - top - ROOM.bottom * ratio };
}

/** The bar at a device pixel column, clamped to those there are. */
export function barAt(map: LiqMap, sheet: Sheet, x: number): number {
  const { left, step } = plot(map, sheet);
  return Math.max(0, Math.min(map.bars.length - 1, Math.floor((x - left) / step)));
}

/** Draws the map; `pointed` is the bar that is read, -1 for none. */
export function drawLiqMap(context: CanvasRenderingContext2D, map: LiqMap, sheet: Sheet, { ink, tick, pointed }: { ink: Ink; tick: number; pointed: number }): void {
  const { left, top, step, inner } = plot(map, sheet), { ratio, width, height } = sheet, base = top + inner;
  context.clearRect(0, 0, width, height);
  const most = Math.max(1, ...map.bars.map((bar) => bar.usd)), sum = Math.max(1, ...map.bars.map((bar) => bar.cumulative));
  context.font = `${11 * ratio}px Inter, system-ui, sans-serif`;
  drawAmounts(context, { x: left - 6 * ratio, align: "right", most, base, inner, colour: ink.axis, ratio });
  drawAmounts(context, { x: width - ROOM.right * ratio + 6 * ratio, align: "left", most: sum, base, inner, colour: ink.accent, ratio });
  const palette = map.by === "venue" ? ink.venues : ink.groups;
  map.bars.forEach((bar, i) => {
    let y = base;
    bar.parts.forEach((usd, k) => {
      const length = (usd / most) * inner;
      context.fillStyle = palette[(map.colours[k] as number) % palette.length] as string;
      context.fillRect(left + i * step, y - length, Math.max(1, step - ratio), length);
      y -= length;
    });
  });
  for (const side of ["long", "short"] as const) drawCurve(context, map, side, { left, step, base, scale: inner / sum, ink, ratio });
  drawPrices(context, map, { left, step, base, top, ink, tick, ratio });
  if (pointed >= 0) {
    context.fillStyle = ink.cross;
    context.fillRect(Math.round(left + (pointed + 0.5) * step), top, Math.max(1, ratio), inner);
  }
}

function drawAmounts(context: CanvasRenderingContext2D, { x, align, most, base, inner, colour, ratio }: { x: number; align: "left" | "right"; most: number; base: number; inner: number; colour: string; ratio: number }): void {
  const unit = 10 ** Math.floor(Math.log10(most / 2)), step = [1, 2, 5, 10].map((n) => n * unit).find((s) => most / s <= 5) ?? most;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.fillStyle = colour;
  for (let v = 0; v <= most; v += step) context.fillText(v === 0 ? "0" : `$${compact(v)}`, x, Math.max(base - (v / most) * inner, 8 * ratio));
}

function drawCurve(context: CanvasRenderingContext2D, map: LiqMap, side: "long" | "short", { left, step, base, scale, ink, ratio }: { left: number; step: number; base: number; scale: number; ink: Ink; ratio: number }): void {
  context.beginPath();
  let first = NaN, last = NaN;
  map.bars.forEach((bar, i) => {
    if (bar.side !== side) return;
    const x = left + (i + 0.5) * step, y = base - bar.cumulative * scale;
    if (Number.isNaN(first)) context.moveTo((first = x), y);
    else context.lineTo(x, y);
    last = x;
  });
  context.strokeStyle = ink.accent;
  context.lineWidth = 1.5 * ratio;
  context.stroke();
  context.lineTo(last, base);
  context.lineTo(first, base);
  context.globalAlpha = 0.1;
  context.fillStyle = ink.accent;
  context.fill();
  context.globalAlpha = 1;
}

/** At most `most` round prices within the map, and where each lies in the row of bars, in bars from the left. A bar spans a ratio of prices. */
export function roundPrices({ bars }: LiqMap, most: number): { price: number; place: number }[] {
  return priceTicks(bars[0]?.low ?? 1, bars[bars.length - 1]?.high ?? 1, Math.max(2, most)).flatMap((price) => {
    const i = bars.findIndex((bar) => price < bar.high), bar = bars[i];
    return bar ? [{ price, place: i + Math.max(0, Math.log(price / bar.low) / Math.log(bar.high / bar.low)) }] : [];
  });
}

/** Prices under the bars, the line that price stands at, and pointers at max pain. */
function drawPrices(context: CanvasRenderingContext2D, map: LiqMap, { left, step, base, top, ink, tick, ratio }: { left: number; step: number; base: number; top: number; ink: Ink; tick: number; ratio: number }): void {
  const { bars } = map, here = left + bars.filter((bar) => bar.side === "long").length * step;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillStyle = ink.axis;
  let free = left;
  for (const { price, place } of roundPrices(map, (bars.length * step) / (76 * ratio))) {
    const text = priceText(price, tick), x = left + place * step, half = context.measureText(text).width / 2;
    if (x - half < free || x + half > left + bars.length * step) continue;
    context.fillText(text, x, base + 9 * ratio);
    free = x + half + 10 * ratio;
  }
  context.fillStyle = ink.text;
  for (let y = top; y < base; y += 6 * ratio) context.fillRect(Math.round(here), y, Math.max(1, ratio), 3 * ratio);
  context.textBaseline = "alphabetic";
  context.fillText(priceText(map.price, tick), here, top - 3 * ratio);
  for (const point of [map.pain.long, map.pain.short]) {
    const i = point ? bars.findIndex((bar) => point.price >= bar.low && point.price < bar.high && (bar.side === "long") === point.price < map.price) : -1;
    if (i < 0) continue;
    const x = left + (i + 0.5) * step, size = 5 * ratio;
    context.beginPath();
    context.moveTo(x, base + 1);
    context.lineTo(x - size, base + 1.4 * size);
    context.lineTo(x + size, base + 1.4 * size);
    context.fill();
  }
}
