/** Price lines with a label at the right: what tools lay over the chart. */
import type { Ink } from "../scale/ink";
import { letters, rowOf, type View } from "../scale/view";
import { binPosition } from "../units/units";

export interface PriceLine {
  readonly price: number;
  readonly text: string;
  readonly colour: string;
  readonly dashed?: boolean;
  /** Labels of lines that lie close together stand side by side: 0 is at the right. */
  readonly slot?: number;
  /** The label stands below the line instead of above it. */
  readonly below?: boolean;
}

/** Width of a label's place, CSS pixels. */
const SLOT = 150;

/** Device pixel row of a price, not rounded. */
export function priceRow(view: View, price: number): number {
  return rowOf(view, binPosition(price, 0));
}

/** Draws a line over the width of the map. One beyond the view is not drawn. */
export function drawPriceLine(context: CanvasRenderingContext2D, view: View, line: PriceLine, ink: Ink): void {
  const { ratio } = view, y = Math.round(priceRow(view, line.price)), thick = Math.max(1, Math.round(ratio));
  if (!(y >= 0 && y < view.height)) return;
  context.save();
  context.strokeStyle = line.colour;
  context.lineWidth = thick;
  if (line.dashed) context.setLineDash([5 * ratio, 4 * ratio]);
  context.beginPath();
  context.moveTo(0, y + thick / 2);
  context.lineTo(view.width, y + thick / 2);
  context.stroke();
  context.restore();
  if (line.text) drawLabel(context, view, { text: line.text, colour: line.colour, right: view.width - (6 + SLOT * (line.slot ?? 0)) * ratio, y: y + (line.below ? 11 : -10) * ratio }, ink);
}

/** Text on a patch of ground, its right end at `right`; kept within the view. */
export function drawLabel(context: CanvasRenderingContext2D, view: View, label: { text: string; colour: string; right: number; y: number }, ink: Ink): void {
  const ratio = letters(view);
  context.save();
  context.font = `600 ${11 * ratio}px Inter, system-ui, sans-serif`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const width = context.measureText(label.text).width + 8 * ratio, height = 16 * ratio;
  const y = Math.max(height / 2, Math.min(view.height - height / 2, label.y));
  context.fillStyle = ink.patch;
  context.fillRect(label.right - width + 4 * ratio, y - height / 2, width, height);
  context.fillStyle = label.colour;
  context.fillText(label.text, label.right, y + 0.5);
  context.restore();
}

/** Tints the rows between two (device pixels, in either order) over the width of the map. */
export function drawStretch(context: CanvasRenderingContext2D, view: View, { from, to, colour, alpha }: { from: number; to: number; colour: string; alpha: number }): void {
  const top = Math.max(0, Math.min(from, to)), bottom = Math.min(view.height, Math.max(from, to));
  if (!(bottom > top)) return;
  context.save();
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fillRect(0, top, view.width, bottom - top);
  context.restore();
}
