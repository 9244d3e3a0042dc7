/** What the user has chosen, as signals: read by whoever draws, written by the controls and the URL. */
import { signal, type Signal } from "@preact/signals";
import { MODES, SELECTIONS, type Mode, type Selection } from "../scale/norm";
import { PALETTES, type PaletteName } from "../scale/palette";
import type { Zone } from "../units/format";
import { DAY, HOUR } from "../units/units";

/** Ranges offered as buttons, ms. */
export const RANGES = { "12h": 12 * HOUR, "24h": DAY, "3d": 3 * DAY, "7d": 7 * DAY, "30d": 30 * DAY } as const;
export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as RangeName[];
/** Window of the Optical view, ms. */
export const OPTICAL_MS = 6 * HOUR;
/** Half of the price range that the Optical view shows, as a fraction of price. */
export const OPTICAL_BAND = 0.02;

export type Axis = "log" | "linear";
export const AXES: readonly Axis[] = ["log", "linear"];
/** Colours of candles: greys keep the map the only loud thing. */
export type CandleStyle = "grey" | "colour";

export interface Settings {
  readonly venue: Signal<string>;
  readonly symbol: Signal<string>;
  /** Null where the user zoomed or panned to a window of their own. */
  readonly range: Signal<RangeName | null>;
  /** That window, ms; kept up while range is null. */
  readonly window: Signal<{ readonly from: number; readonly to: number } | null>;
  readonly mode: Signal<Mode>;
  readonly palette: Signal<PaletteName>;
  /** Place on the colour scale below which cells sink into the ground, 0..1. */
  readonly threshold: Signal<number>;
  readonly selection: Signal<Selection>;
  readonly axis: Signal<Axis>;
  readonly zone: Signal<Zone>;
  readonly candles: Signal<CandleStyle>;
  readonly profile: Signal<boolean>;
}

export function createSettings(): Settings {
  return {
    venue: signal(""),
    symbol: signal(""),
    range: signal<RangeName | null>("24h"),
    window: signal<{ from: number; to: number } | null>(null),
    mode: signal<Mode>("z"),
    palette: signal<PaletteName>("halcyon"),
    threshold: signal(0),
    selection: signal<Selection>("all"),
    axis: signal<Axis>("log"),
    zone: signal<Zone>("local"),
    candles: signal<CandleStyle>("grey"),
    profile: signal(true),
  };
}

/** Writes the settings as a query string; defaults are left out. */
export function toQuery(s: Settings): string {
  const query = new URLSearchParams();
  const put = (key: string, value: string, usual: string): void => {
    if (value !== usual) query.set(key, value);
  };
  put("venue", s.venue.value, "");
  put("symbol", s.symbol.value, "");
  const window = s.window.value;
  if (s.range.value) put("range", s.range.value, "24h");
  else if (window) query.set("window", `${Math.round(window.from)}-${Math.round(window.to)}`);
  put("norm", s.mode.value, "z");
  put("palette", s.palette.value, "halcyon");
  put("threshold", s.threshold.value.toFixed(2), "0.00");
  put("leverage", s.selection.value, "all");
  put("axis", s.axis.value, "log");
  put("zone", s.zone.value, "local");
  put("candles", s.candles.value, "grey");
  return query.toString();
}

/** Reads a query string; what is missing or makes no sense leaves the setting as it is. */
export function fromQuery(s: Settings, text: string): void {
  const query = new URLSearchParams(text);
  const take = <T extends string>(key: string, target: Signal<T>, allowed?: readonly T[]): void => {
    const value = query.get(key) as T | null;
    if (value !== null && (!allowed || allowed.includes(value))) target.value = value;
  };
  take("venue", s.venue);
  take("symbol", s.symbol);
  take("norm", s.mode, MODES);
  take("palette", s.palette, PALETTES);
  take("leverage", s.selection, SELECTIONS);
  take("axis", s.axis, AXES);
  take("zone", s.zone, ["local", "utc"]);
  take("candles", s.candles, ["grey", "colour"]);
  const threshold = Number(query.get("threshold"));
  if (threshold >= 0 && threshold <= 1) s.threshold.value = threshold;
  const range = query.get("range") as RangeName | null;
  if (range && RANGE_NAMES.includes(range)) s.range.value = range;
  const [from, to] = (query.get("window") ?? "").split("-").map(Number);
  if (from && to && to - from >= 60_000) {
    s.range.value = null;
    s.window.value = { from, to };
  }
}
