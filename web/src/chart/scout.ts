/**
 * Asks for what the first picture shows while the chart that will show it is
 * still to be made: columns and cells at once where the listing tells where
 * price is, else the cells as soon as columns tell. What it guesses wrong is
 * only asked for in vain.
 */
import type { OnArrival, Store } from "../data/store";
import { Heat } from "../layers/heat";
import { wideNorm } from "../layers/lens";
import { lastColumn, priceOf, type Source } from "../layers/source";
import type { View } from "../scale/view";
import { binPosition, type Level } from "../units/units";
import type { Instrument } from "../wire/api";
import { MARGIN } from "./chart-options";
import { bandFor, type Window } from "./framing";
import { columnsOf, SCOUT } from "./map";
import { levelOn, openedAt } from "./opening";
import { asOf } from "./replay";
import type { PriceBand, Settings } from "../state/settings";

export interface Scout {
  /** What arrivals are told to. */
  readonly arrived: OnArrival;
  /** Resolves when all that was asked for is there. */
  readonly loaded: Promise<void>;
}

/** Looks ahead for an instrument on a map of a size, CSS pixels. */
export function scout(store: Store, stored: Instrument, levels: readonly Level[], settings: Settings, size: { width: number; height: number }): Scout {
  const instrument = asOf(stored, settings.at.peek()), window = openedAt(settings, instrument), selection = settings.selection.peek();
  const level = levelOn(levels, window, size, selection === "fresh", null), norm = wideNorm(selection, settings.band.peek());
  const source: Source = { store, level, size: levels[level] as Level, norm, to: instrument.to };
  const chunks = columnsOf(level, source.size.bucketMs, window, norm, instrument);
  const loaded = promised();
  let sighted = false;
  const look = (price: number): void => {
    if (sighted || price <= 0) return;
    sighted = true;
    const view = viewOf(window, settings.prices.peek() ?? around(price, bandFor(window.to - window.from)), size);
    const { tiles } = new Heat(store, levels).wanted({ view, level, norm, from: instrument.from, to: instrument.to }, binPosition(price, 0));
    store.want(SCOUT, tiles, chunks);
  };
  const arrived = (): void => {
    const last = lastColumn(source, Math.ceil(Math.min(window.to, instrument.to) / source.size.bucketMs) - 1);
    look(last === null ? 0 : priceOf(source, last));
    if (sighted && store.busy <= 1) loaded.keep();
  };
  store.want(SCOUT, [], chunks);
  if (instrument.to === stored.to && window.to >= stored.to) look(stored.price);
  return { arrived, loaded: loaded.promise };
}

/** A promise, and how to keep it. */
function promised(): { promise: Promise<void>; keep: () => void } {
  let keep = (): void => undefined;
  const promise = new Promise<void>((resolve) => (keep = resolve));
  return { promise, keep };
}

function around(price: number, band: number): PriceBand {
  return { low: price * (1 - band), high: price * (1 + band) };
}

/** The view that the chart will have, but for candles that reach beyond the band. */
function viewOf({ from, to }: Window, { low, high }: PriceBand, { width, height }: { width: number; height: number }): View {
  const bottom = binPosition(low, 0), top = binPosition(high, 0), margin = (MARGIN * (top - bottom)) / (1 - 2 * MARGIN);
  const edges = Float64Array.from({ length: height + 1 }, (_, row) => top + margin - ((top - bottom + 2 * margin) * row) / height);
  return { width, height, ratio: 1, time0: from, msPerPixel: (to - from) / width, edges, version: 0 };
}
