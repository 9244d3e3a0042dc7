/** Widths of words that the chart library draws. */
let context: CanvasRenderingContext2D | null = null;
const widths = new Map<string, number>();
/** Most widths that are remembered: those of a few axes and panes. */
const MOST = 500;

/** Width of a text in a CSS font, CSS pixels. Each is measured once. */
export function textWidth(text: string, font: string): number {
  const key = `${font} ${text}`, known = widths.get(key);
  if (known !== undefined) return known;
  context ??= document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  context.font = font;
  const { width } = context.measureText(text);
  if (widths.size >= MOST) widths.clear();
  widths.set(key, width);
  return width;
}
