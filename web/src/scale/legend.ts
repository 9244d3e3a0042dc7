/** What the colours mean, in ticks and words. */
import { span, compact } from "../units/format";
import type { NormInfo } from "../wire/columns";
import { tone, valueAt, type Domain, type Mode } from "./norm";
import { selectionText, type Selection } from "./selection";

/** Domains of the modes that do not depend on the market's size. */
const DOMAINS: Record<Exclude<Mode, "usd" | "linear">, Domain> = {
  z: { low: -1, high: 4 },
  robust: { low: -1, high: 4 },
  percentile: { low: 0, high: 2 },
};

/** Domain of USD before any statistics are known, in powers of ten. */
const USD_DOMAIN: Domain = { low: 3, high: 7 };

/** The next of 1, 2, 5, 10 … at or above a number > 0. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * ([1, 2, 5].find((step) => value <= step * unit * (1 + 1e-9)) ?? 10);
}

/**
 * Colour domain of a mode. For USD it spans whole powers of ten, from the
 * population's first decile to its 99th percentile at the newest column, so it
 * moves only when the market's size changes tenfold; for linear USD it goes from
 * 0 to the next of 1, 2, 5, 10 … beyond that percentile.
 */
export function domainOf(mode: Mode, quantiles: readonly number[] | null): Domain {
  if (mode === "linear") return { low: 0, high: roundUp(Math.max(1, quantiles?.[8] || 10 ** USD_DOMAIN.high)) };
  if (mode !== "usd") return DOMAINS[mode];
  const low = quantiles?.[2] ?? NaN, high = quantiles?.[8] ?? NaN;
  if (!(low >= 0) || !(high > low)) return USD_DOMAIN;
  const top = Math.ceil(Math.log10(1 + high));
  return { low: Math.min(top - 2, Math.floor(Math.log10(1 + low))), high: top };
}

export interface LegendTick {
  /** Place on the colour bar, 0..1. */
  readonly at: number;
  readonly label: string;
}

/** Ticks of the colour bar. */
export function ticks(mode: Mode, domain: Domain): LegendTick[] {
  const place = (value: number, label: string): LegendTick => ({ at: tone(mode, value, domain), label });
  if (mode === "percentile") return [0, 0.5, 0.75, 0.9, 0.95, 0.99].map((p) => place(p, p === 0.99 ? "≥99" : String(p * 100)));
  if (mode === "linear") {
    // The words at the end are long: none stands close to it.
    return [0, 0.25, 0.5, 1].map((share) => place(share * domain.high, `${share === 1 ? "≥" : ""}$${compact(share * domain.high)}`));
  }
  const list: LegendTick[] = [];
  for (let v = Math.ceil(domain.low); v <= domain.high; v++) {
    if (mode === "usd") list.push(place(v, `$${compact(10 ** v)}`));
    else list.push(place(v, v < 0 ? `−${-v}` : String(v)));
  }
  return list;
}

/** A place on the scale in the mode's own words, for the threshold. */
export function describe(mode: Mode, t: number, domain: Domain): string {
  if (t <= 0) return "off";
  const value = valueAt(mode, t, domain);
  if (mode === "usd") return `≥ $${compact(10 ** value)}`;
  if (mode === "linear") return `≥ $${compact(value)}`;
  if (mode === "percentile") return `≥ ${(100 * value).toFixed(value > 0.9 ? 1 : 0)} %`;
  return `${mode === "z" ? "z" : "robust z"} ≥ ${value.toFixed(1).replace("-", "−")}`;
}

export const MODE_LABEL: Record<Mode, string> = { z: "z-score", robust: "robust z", percentile: "percentile", usd: "USD, log", linear: "USD, linear" };

/** One-line explanation of a mode, for tooltips. */
export const MODE_HELP: Record<Mode, string> = {
  z: "z-score: standard deviations above the mean of the population",
  robust: "Robust z: the same on log USD with median and MAD, so that outliers do not set the scale",
  percentile: "Percentile: share of the population's cells that hold no more",
  usd: "Absolute estimated USD per cell, on a logarithmic scale",
  linear: "Absolute estimated USD per cell, on a linear scale: only the greatest stand out",
};

/** The normalisation in force, its population and range, in one sentence. */
export function sentence(mode: Mode, selection: Selection, info: NormInfo | null, cell: { bucketMs: number; shift: number }): string {
  const size = `cells of ${span(cell.bucketMs)} × ${2 ** cell.shift} bp, ${selectionText(selection)}`;
  if (mode === "usd" || mode === "linear") return `Estimated USD per cell; ${size}`;
  const population = info?.population ?? "population not loaded yet";
  return `${MODE_LABEL[mode]} over ${population}; ${size}`;
}
