/** What the user has chosen, as signals: read by whoever draws, written by the controls and the URL. */
import { signal, type Signal } from "@preact/signals";
import { REACHES } from "../layers/liq-map";
import { MODES, type Mode } from "../scale/norm";
import { known, TIERS, type Selection } from "../scale/selection";
import { PALETTES, THEMES, type PaletteName, type Theme } from "../scale/palette";
import type { Zone } from "../units/format";
import { DAY, HOUR } from "../units/units";
import { instant, number, oneOf, onOff, prices, stretch, taking } from "./address";
import { createToolSettings, putTools, takeTools, type ToolSettings } from "./tool-settings";

/** Ranges offered as buttons; any other `<number><h|d|w|y>` from an hour on may be typed. */
export const RANGE_NAMES = ["12h", "24h", "3d", "7d", "30d", "90d", "180d", "1y", "all"] as const;
const RANGE_UNITS: Record<string, number> = { h: HOUR, d: DAY, w: 7 * DAY, y: 365 * DAY };
const LONGEST = 20 * 365 * DAY;

/** Length of a range by name, ms: `5h`, `45d`, `all` of what is stored; null where the name means none. */
export function rangeMs(name: string, stored: { from: number; to: number }): number | null {
  if (name === "all") return Math.max(HOUR, stored.to - stored.from);
  const [, count, unit] = /^(\d{1,4})([hdwy])$/.exec(name) ?? [];
  const ms = Number(count) * (RANGE_UNITS[unit ?? ""] ?? NaN);
  return ms >= HOUR && ms <= LONGEST ? ms : null;
}

/** The range of a chart on which nobody has chosen one: a day, or all that is stored while that is less. */
export function usualRange(stored: { from: number; to: number }): string {
  return stored.to - stored.from < DAY ? "all" : "24h";
}

/** Window of the Optical view, ms. */
export const OPTICAL_MS = 6 * HOUR;
/** Half of the price range that the Optical view shows, as a fraction of price. */
export const OPTICAL_BAND = 0.02;

/** Populations offered beside the level's own, half-widths as fractions of price. */
export const BANDS: readonly number[] = [0.02, 0.05, 0.1, 0.2];

/** Above this threshold hardly a cell would be left. */
export const MOST_THRESHOLD = 0.95;

/** Cells fainter than this would be mistaken for none. */
export const LEAST_OPACITY = 0.2;

export type Axis = "log" | "linear";
export const AXES: readonly Axis[] = ["log", "linear"];
/** Colours of candles: greys keep the map the only loud thing. */
export type CandleStyle = "grey" | "colour";

/** What the profile's bars are cut by. */
export type Stack = "leverage" | "venue";

/** A range of prices, half-open. */
export interface PriceBand {
  readonly low: number;
  readonly high: number;
}

/** What a screen has room for, unless its user wants it otherwise. */
export interface Screen {
  readonly profile: boolean;
  readonly zones: boolean;
}

export interface Settings {
  /** Defaults that differ from screen to screen, and so are no part of a link. */
  readonly screen: Screen;
  readonly venue: Signal<string>;
  readonly symbol: Signal<string>;
  /** Null where the user zoomed or panned to a window of their own. */
  readonly range: Signal<string | null>;
  /** Nobody has chosen the range: it is {@link usualRange} of what is stored, and no part of a link. */
  readonly usual: Signal<boolean>;
  /** The user's own window, ms; kept up while range is null. */
  readonly window: Signal<{ readonly from: number; readonly to: number } | null>;
  readonly mode: Signal<Mode>;
  /** Half-width around price of the cells that colours compare with, as a fraction; null for the level's own. Optical has its own. */
  readonly band: Signal<number | null>;
  readonly palette: Signal<PaletteName>;
  /** Place on the colour scale below which cells sink into the ground, 0..{@link MOST_THRESHOLD}. */
  readonly threshold: Signal<number>;
  /** How strongly cells are laid over the ground, {@link LEAST_OPACITY}..1. */
  readonly opacity: Signal<number>;
  readonly theme: Signal<Theme>;
  readonly selection: Signal<Selection>;
  readonly axis: Signal<Axis>;
  readonly zone: Signal<Zone>;
  readonly candles: Signal<CandleStyle>;
  readonly profile: Signal<boolean>;
  /** Observed positions beside the profile, where the venue tells them. */
  readonly observed: Signal<boolean>;
  /** What the profile's bars are cut by; venues only where several are added up. */
  readonly stack: Signal<Stack>;
  /** How far the liquidation map over the chart reaches, a fraction of price; null while it is closed. */
  readonly map: Signal<number | null>;
  /** The list of zones beside the chart. */
  readonly zones: Signal<boolean>;
  /** Panes under the chart. */
  readonly panes: Signal<boolean>;
  /** Prices marked over the chart: a zone that was picked. */
  readonly mark: Signal<PriceBand | null>;
  /** Prices that the chart is held at; null scales automatically. */
  readonly prices: Signal<PriceBand | null>;
  /** Instant that the whole page is shown as of, ms; null is now. */
  readonly at: Signal<number | null>;
  /** In a replay: what happened next is drawn, too. */
  readonly reveal: Signal<boolean>;
  /** Market minutes that a replay plays a minute. */
  readonly speed: Signal<number>;
  readonly tools: ToolSettings;
}

export function createSettings(screen: Screen = { profile: true, zones: true }): Settings {
  return {
    screen,
    venue: signal(""),
    symbol: signal(""),
    range: signal<string | null>("24h"),
    usual: signal(true),
    window: signal<{ from: number; to: number } | null>(null),
    mode: signal<Mode>("z"),
    band: signal<number | null>(null),
    palette: signal<PaletteName>("halcyon"),
    threshold: signal(0),
    opacity: signal(1),
    theme: signal<Theme>("dark"),
    selection: signal<Selection>("all"),
    axis: signal<Axis>("log"),
    zone: signal<Zone>("local"),
    candles: signal<CandleStyle>("grey"),
    profile: signal(screen.profile),
    observed: signal(true),
    stack: signal<Stack>("leverage"),
    map: signal<number | null>(null),
    zones: signal(screen.zones),
    panes: signal(false),
    mark: signal<PriceBand | null>(null),
    prices: signal<PriceBand | null>(null),
    at: signal<number | null>(null),
    reveal: signal(false),
    speed: signal(60),
    tools: createToolSettings(),
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
  if (s.range.value) put("range", s.range.value, s.usual.value ? s.range.value : "");
  else if (window) query.set("window", `${Math.round(window.from)}-${Math.round(window.to)}`);
  put("norm", s.mode.value, "z");
  put("band", String(s.band.value ?? ""), "");
  put("palette", s.palette.value, "halcyon");
  put("threshold", s.threshold.value.toFixed(2), "0.00");
  put("opacity", s.opacity.value.toFixed(2), "1.00");
  put("theme", s.theme.value, "dark");
  put("leverage", s.selection.value, "all");
  put("axis", s.axis.value, "log");
  put("zone", s.zone.value, "local");
  put("candles", s.candles.value, "grey");
  put("stack", s.stack.value, "leverage");
  if (s.map.value !== null) query.set("map", String(s.map.value));
  if (!s.observed.value) query.set("observed", "off");
  for (const name of ["profile", "zones"] as const) if (s[name].value !== s.screen[name]) query.set(name, s[name].value ? "on" : "off");
  if (s.panes.value) query.set("panes", "on");
  for (const [key, band] of [["mark", s.mark.value], ["prices", s.prices.value]] as const) {
    if (band) query.set(key, `${+band.low.toPrecision(8)}-${+band.high.toPrecision(8)}`);
  }
  if (s.at.value !== null) query.set("at", String(s.at.value));
  if (s.at.value !== null && s.reveal.value) query.set("reveal", "on");
  put("speed", String(s.speed.value), "60");
  putTools(query, s.tools);
  return query.toString();
}

/** Reads a query string; what is missing or makes no sense leaves the setting as it is. */
export function fromQuery(s: Settings, text: string): void {
  const query = new URLSearchParams(text), take = taking(query);
  take("venue", s.venue, String);
  take("symbol", s.symbol, String);
  take("norm", s.mode, oneOf(MODES));
  take<number | null>("band", s.band, oneOf(BANDS));
  take("palette", s.palette, oneOf(PALETTES));
  take("threshold", s.threshold, number(0, MOST_THRESHOLD));
  take("opacity", s.opacity, number(LEAST_OPACITY, 1));
  take("theme", s.theme, oneOf(THEMES));
  take("leverage", s.selection, (name) => known(name, TIERS));
  take("axis", s.axis, oneOf(AXES));
  take("zone", s.zone, oneOf<Zone>(["local", "utc"]));
  take("candles", s.candles, oneOf<CandleStyle>(["grey", "colour"]));
  take("stack", s.stack, oneOf<Stack>(["leverage", "venue"]));
  take("observed", s.observed, onOff);
  take<number | null>("map", s.map, oneOf(REACHES));
  take("profile", s.profile, onOff);
  take("zones", s.zones, onOff);
  take("panes", s.panes, onOff);
  take<PriceBand | null>("mark", s.mark, prices);
  take<PriceBand | null>("prices", s.prices, prices);
  take<number | null>("at", s.at, instant);
  if (s.at.value !== null) take("reveal", s.reveal, onOff);
  take("speed", s.speed, number(1, 1000));
  takeTools(query, s.tools);
  const range = query.get("range"), window = stretch(LONGEST)(query.get("window") ?? "");
  if (range && rangeMs(range, { from: 0, to: DAY }) !== null) {
    s.range.value = range;
    s.usual.value = false;
  }
  if (window) {
    s.range.value = null;
    s.window.value = window;
  }
}
