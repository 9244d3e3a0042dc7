/** How many panes there is room for under a chart, and how high each is. Pure. */

/** Share of the height that one pane takes where there is plenty, and that all of them together take at most. */
const SHARE = 0.06;
const MOST = 0.4;
/** Heights in letters: of the strip that a caption has to itself, and of the lowest pane that still shows a line below it. */
const CAPTION = 1.4;
const LOWEST = 2.9;

/** Height of the strip at a pane's top into which nothing but its caption is drawn, CSS pixels. */
export function captionRoom(letters: number): number {
  return Math.round(CAPTION * letters);
}

/**
 * Room for `wanted` panes within `height`, that of chart and panes together, their captions written in `letters`, all CSS pixels.
 * At least one is shown, and all of them while the height is not known: 0.
 */
export function paneRoom(wanted: number, height: number, letters: number): { readonly count: number; readonly height: number } {
  const lowest = Math.ceil(LOWEST * letters);
  if (height <= 0) return { count: wanted, height: lowest };
  return { count: Math.max(1, Math.min(wanted, Math.floor((MOST * height) / lowest))), height: Math.max(lowest, Math.round(SHARE * height)) };
}
