/** Drawings on the chart: how they look, and where they can be taken hold of. */
import type { Ink } from "../scale/ink";
import { columnOf, letters, type View } from "../scale/view";
import { price as priceText, span } from "../units/format";
import { drawLabel, drawPriceLine, priceRow } from "./lines";

export type DrawingKind = "horizontal" | "trend" | "range";

/** An instant (ms) and a price. */
export interface Point {
  readonly time: number;
  readonly price: number;
}

/** A horizontal line has one point, the others two. */
export interface Drawing {
  readonly kind: DrawingKind;
  readonly points: readonly Point[];
}

/** Half of the side of a handle, CSS pixels. */
const HANDLE = 3.5;

interface Pixel {
  readonly x: number;
  readonly y: number;
}

function pixelOf(view: View, { time, price }: Point): Pixel {
  return { x: columnOf(view, time), y: priceRow(view, price) };
}

/** Draws one, with handles where it is chosen. */
export function drawShape(context: CanvasRenderingContext2D, view: View, drawing: Drawing, selected: boolean, tick: number, ink: Ink): void {
  const { ratio } = view, ends = drawing.points.map((point) => pixelOf(view, point)), [a, b] = ends as [Pixel, Pixel | undefined];
  const colour = selected ? ink.accent : ink.text;
  context.save();
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = Math.max(1, Math.round(1.3 * ratio));
  if (!b) {
    const { price } = drawing.points[0] as Point;
    drawPriceLine(context, view, { price, text: priceText(price, tick), colour }, ink);
  } else if (drawing.kind === "trend") {
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.stroke();
  } else {
    drawRange(context, view, drawing, [a, b], tick, colour, ink);
  }
  if (selected) for (const { x, y } of b ? ends : [{ x: view.width / 2, y: a.y }]) context.fillRect(x - HANDLE * ratio, y - HANDLE * ratio, 2 * HANDLE * ratio, 2 * HANDLE * ratio);
  context.restore();
}

/** A tinted box with how far price went in it, and how long that took. */
function drawRange(context: CanvasRenderingContext2D, view: View, drawing: Drawing, [a, b]: [Pixel, Pixel], tick: number, colour: string, ink: Ink): void {
  const [from, to] = drawing.points as [Point, Point], left = Math.min(a.x, b.x), top = Math.min(a.y, b.y), width = Math.abs(b.x - a.x), height = Math.abs(b.y - a.y);
  context.globalAlpha = 0.12;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  context.strokeRect(left, top, width, height);
  const change = to.price / from.price - 1, minutes = Math.round(Math.abs(to.time - from.time) / 60_000) * 60_000;
  const sign = change < 0 ? "−" : "+", text = `${sign}${priceText(Math.abs(to.price - from.price), tick)}  ${sign}${Math.abs(100 * change).toFixed(2)} %  ${span(minutes)}`;
  context.font = `600 ${11 * letters(view)}px Inter, system-ui, sans-serif`;
  const right = left + width / 2 + context.measureText(text).width / 2;
  drawLabel(context, view, { text, colour, right, y: to.price >= from.price ? top - 10 * view.ratio : top + height + 11 * view.ratio }, ink);
}

/** What of a drawing lies within `reach` device pixels: the number of a point, -1 for the whole of it, null for nothing. */
export function hitShape(view: View, drawing: Drawing, at: Pixel, reach: number): number | null {
  const ends = drawing.points.map((point) => pixelOf(view, point)), [a, b] = ends as [Pixel, Pixel | undefined];
  if (!b) return Math.abs(a.y - at.y) <= reach ? -1 : null;
  const point = ends.findIndex(({ x, y }) => Math.hypot(x - at.x, y - at.y) <= 1.5 * reach);
  if (point >= 0) return point;
  if (drawing.kind === "trend") return toSegment(a, b, at) <= reach ? -1 : null;
  const corners = [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }, a];
  return corners.slice(1).some((corner, i) => toSegment(corners[i] as Pixel, corner, at) <= reach) ? -1 : null;
}

/** Distance of a point from a segment. */
function toSegment(a: Pixel, b: Pixel, p: Pixel): number {
  const dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length));
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}
