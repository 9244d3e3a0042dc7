/** How combinations of venues are spelled (docs/API.md, Combinations). */
import type { Instrument } from "./api";

const ALL = "all", SEPARATOR = "+", EQUALISED = ".z";

/** What a combination's venue says. */
export interface Combination {
  /** Venues that are added up, by name. */
  readonly venues: readonly string[];
  /** Every instrument counts by its own standard deviation instead of its USD. */
  readonly equal: boolean;
}

/** Venues that have a coin, in the order in which its combination lists them. */
export function venuesOf(whole: Instrument): string[] {
  return [...new Set((whole.parts ?? []).map((part) => part.venue))];
}

/** The combination of all venues of an instrument's coin; undefined where one instrument is all there is. */
export function wholeOf(instruments: readonly Instrument[], coin: string): Instrument | undefined {
  return instruments.find((i) => i.venue === ALL && i.coin === coin);
}

/** What of a coin is shown when an instrument of it is. */
export function combinationOf(instrument: Instrument, whole: Instrument): Combination {
  const equal = instrument.parts !== undefined && instrument.venue.endsWith(EQUALISED);
  const name = equal ? instrument.venue.slice(0, -EQUALISED.length) : instrument.venue;
  return { equal, venues: name === ALL ? venuesOf(whole) : name.split(SEPARATOR) };
}

/** The name under which the server knows a choice of a coin's venues: one instrument alone goes by its own. */
export function nameOf(whole: Instrument, { venues, equal }: Combination): { venue: string; symbol: string } {
  const parts = (whole.parts ?? []).filter((part) => venues.includes(part.venue));
  const [first] = parts;
  if (first && parts.length === 1) return { venue: first.venue, symbol: first.symbol };
  const every = venuesOf(whole).every((venue) => venues.includes(venue));
  return { venue: (every ? ALL : [...venues].sort().join(SEPARATOR)) + (equal ? EQUALISED : ""), symbol: whole.symbol };
}

/** The name of the same venues in USD, where they are equalised. */
export function inUsd({ venue, symbol }: { readonly venue: string; readonly symbol: string }): { venue: string; symbol: string } {
  return { venue: venue.endsWith(EQUALISED) ? venue.slice(0, -EQUALISED.length) : venue, symbol };
}

/** An instrument in words: "BTC · all venues", "BTC · binance + okx", "BTCUSDT · binance". */
export function titleOf(instrument: Instrument): string {
  if (!instrument.parts) return `${instrument.symbol} · ${instrument.venue}`;
  return `${instrument.symbol} · ${venueWords(instrument)}`;
}

/** The venue of an instrument in words. */
export function venueWords({ venue, parts }: Instrument): string {
  if (!parts) return venue;
  const equal = venue.endsWith(EQUALISED), name = equal ? venue.slice(0, -EQUALISED.length) : venue;
  const words = name === ALL ? "all venues" : name.split(SEPARATOR).join(" + ");
  return equal ? `${words}, equalised` : words;
}
