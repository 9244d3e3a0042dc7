/**
 * Which cells a pixel shows, as integers computed in float64 on the CPU. The
 * shader and the fallback raster read the same table, so they agree to the
 * cell on linear and logarithmic axes alike, and nothing large is ever
 * subtracted in float32.
 *
 * Rule: a pixel shows the cells whose centres lie in it, and where there is
 * none the cell that holds the pixel's centre. Where cells are larger than a
 * pixel this is nearest sampling; where they are smaller each cell belongs to
 * exactly one pixel and the greatest is drawn.
 */
import type { View } from "./view";

/** Half-open cell ranges of every pixel, two entries a pixel: first, end. */
export type Spans = Int32Array;

/** Cell ranges of one pixel axis. `position(i)` is the real cell position at pixel edge `i`; monotonous. */
export function spansOf(count: number, position: (edge: number) => number): Spans {
  const spans = new Int32Array(2 * count);
  // A cell whose centre lies at or beyond an edge is the first one after it.
  let before = position(0), cellBefore = Math.ceil(before - 0.5);
  for (let i = 0; i < count; i++) {
    const after = position(i + 1), cellAfter = Math.ceil(after - 0.5);
    let first = cellBefore < cellAfter ? cellBefore : cellAfter, end = cellBefore < cellAfter ? cellAfter : cellBefore;
    if (end === first) {
      first = Math.floor((before + after) / 2);
      end = first + 1;
    }
    spans[2 * i] = first;
    spans[2 * i + 1] = end;
    before = after;
    cellBefore = cellAfter;
  }
  return spans;
}

/** What has been computed of a view, or of its price edges: cells, gaps and circles of one paint ask for the same. */
const known = new WeakMap<View | View["edges"], Map<string, Spans>>();

function once(of: View | View["edges"], key: string, compute: () => Spans): Spans {
  let list = known.get(of);
  if (!list) known.set(of, (list = new Map()));
  let spans = list.get(key);
  if (!spans) list.set(key, (spans = compute()));
  return spans;
}

/** Time buckets of every pixel column. The same array for the same view: read only. */
export function columnSpans(view: View, bucketMs: number): Spans {
  return once(view, `columns ${bucketMs}`, () => {
    const start = (view.time0 - 0.5 * view.msPerPixel) / bucketMs, step = view.msPerPixel / bucketMs;
    return spansOf(view.width, (edge) => start + edge * step);
  });
}

/** Price bins of every pixel row. The same array for the same edges, which a move in time keeps: nothing is uploaded anew. Read only. */
export function rowSpans(view: View, shift: number): Spans {
  return once(view.edges, `rows ${view.height} ${shift}`, () => {
    const scale = 2 ** -shift;
    return spansOf(view.height, (edge) => (view.edges[edge] as number) * scale);
  });
}

/** Smallest first and greatest end of all pixels; the axis may run either way. */
export function extent(spans: Spans): { first: number; end: number } {
  const n = spans.length;
  if (n === 0) return { first: 0, end: 0 };
  return {
    first: Math.min(spans[0] as number, spans[n - 2] as number),
    end: Math.max(spans[1] as number, spans[n - 1] as number),
  };
}

/** Pixels `[from, to)` of a rising axis any of whose cells lies in `[first, end)`; empty if from >= to. */
export function pixelsTouching(spans: Spans, first: number, end: number): { from: number; to: number } {
  const count = spans.length / 2;
  if (first >= end) return { from: 0, to: 0 };
  return { from: lowest(count, (i) => (spans[2 * i + 1] as number) > first), to: lowest(count, (i) => (spans[2 * i] as number) >= end) };
}

/** The lowest of `[0, count)` that passes a test which all after it pass too; count if none does. */
function lowest(count: number, passes: (i: number) => boolean): number {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Pixels `[from, to)` that show a cell of `[first, end)`; empty if from >= to. */
export function pixelsOf(spans: Spans, first: number, end: number): { from: number; to: number } {
  const count = spans.length / 2;
  const rising = count < 2 || (spans[0] as number) <= (spans[spans.length - 2] as number);
  const inside = (i: number): number => {
    const a = spans[2 * i] as number;
    return a < first ? -1 : a >= end ? 1 : 0;
  };
  const search = (test: (side: number) => boolean): number => lowest(count, (i) => test(rising ? inside(i) : -inside(i)));
  return { from: search((side) => side >= 0), to: search((side) => side > 0) };
}
