/** Words and the colour bar around a picture that is taken away from the page. */
import type { Ink } from "../scale/ink";
import type { LegendTick } from "../scale/legend";

export interface Caption {
  /** BTC hyperliquid. */
  readonly name: string;
  /** RECORDED, LIVE, REPLAY …: what kind of data it is, each word in a frame. */
  readonly stamps: readonly string[];
  /** The time shown, and its zone. */
  readonly time: string;
  /** RGBA bytes of the palette. */
  readonly palette: Uint8Array;
  readonly ticks: readonly LegendTick[];
  /** What the colours are of. */
  readonly legend: string;
}

const font = (size: number, ratio: number, weight = 400): string => `${weight} ${size * ratio}px Inter, system-ui, sans-serif`;

/** The strip above: instrument and stamps to the left, time to the right. */
export function drawStrip(context: CanvasRenderingContext2D, { name, stamps, time }: Caption, { width, height, ratio }: { width: number; height: number; ratio: number }, ink: Ink): void {
  const middle = height / 2, pad = 12 * ratio;
  context.save();
  context.textBaseline = "middle";
  context.fillStyle = ink.text;
  context.font = font(15, ratio, 650);
  context.fillText(name, pad, middle);
  let x = pad + context.measureText(name).width + 12 * ratio;
  context.font = font(10.5, ratio, 600);
  context.strokeStyle = context.fillStyle = ink.axis;
  context.lineWidth = ratio;
  for (const stamp of stamps) {
    const wide = context.measureText(stamp).width + 10 * ratio;
    context.strokeRect(x, middle - 8.5 * ratio, wide, 17 * ratio);
    context.fillText(stamp, x + 5 * ratio, middle + 0.5 * ratio);
    x += wide + 6 * ratio;
  }
  context.font = font(12, ratio);
  context.textAlign = "right";
  context.fillText(`${time}  ·  Halcyon`, width - pad, middle);
  context.restore();
}

/** The strip below: the colour bar, its ticks, and what they are of. */
export function drawBar(context: CanvasRenderingContext2D, { palette, ticks, legend }: Caption, at: { width: number; top: number; height: number; ratio: number }, ink: Ink): void {
  const { ratio } = at, left = 12 * ratio, wide = Math.min(320 * ratio, at.width / 3), top = at.top + 12 * ratio, steps = palette.length / 4;
  context.save();
  for (let i = 0; i < wide; i++) {
    const k = 4 * Math.min(steps - 1, Math.floor((i / wide) * steps));
    context.fillStyle = `rgb(${palette[k]} ${palette[k + 1]} ${palette[k + 2]})`;
    context.fillRect(left + i, top, 1, 10 * ratio);
  }
  context.fillStyle = ink.text;
  context.font = font(11, ratio);
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of ticks) context.fillText(tick.label, left + tick.at * wide, top + 14 * ratio);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = ink.dim;
  context.fillText(legend, left + wide + 24 * ratio, top + 5 * ratio, at.width - wide - left - 36 * ratio);
  context.restore();
}
