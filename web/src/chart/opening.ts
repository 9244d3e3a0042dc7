/** Where an instrument is looked at first, and how finely: what the navigator shows, and what is asked for before it is there. */
import { bandFor, levelFor, newest, REVEAL_AIR, type Window } from "./framing";
import { OPTICAL_MS, rangeMs, usualRange, type Settings } from "../state/settings";
import { DAY, type Level } from "../units/units";
import type { Instrument } from "../wire/api";

/** Room that the price axis and the time axis take of the chart, CSS pixels. */
const AXES = { width: 70, height: 26 };
/** A chart that is not laid out yet counts as so large, CSS pixels. */
const LEAST = 200;

/** Size of the map within a chart of a size, CSS pixels. */
export function mapSize({ clientWidth, clientHeight }: { readonly clientWidth: number; readonly clientHeight: number }): { width: number; height: number } {
  return { width: Math.max(LEAST, clientWidth - AXES.width), height: Math.max(LEAST, clientHeight - AXES.height) };
}

/** The range in force: the usual one where nobody has chosen another; a replay keeps the one that it began with. Null for a window of the user's own. */
export function rangeOf({ range, usual, at }: Settings, instrument: Instrument): string | null {
  return usual.peek() && range.peek() !== null && at.peek() === null ? usualRange(instrument) : range.peek();
}

/** The newest window of the range in force or of Optical. */
export function newestOf(settings: Settings, instrument: Instrument): Window {
  const fresh = settings.selection.peek() === "fresh";
  const span = fresh ? OPTICAL_MS : (rangeMs(rangeOf(settings, instrument) ?? "24h", instrument) ?? DAY);
  return settings.reveal.peek() ? newest(instrument.to, span, REVEAL_AIR) : newest(instrument.to, span);
}

/** The window that an instrument is opened at: the user's own, else the newest. */
export function openedAt(settings: Settings, instrument: Instrument): Window {
  return (settings.range.peek() === null ? settings.window.peek() : null) ?? newestOf(settings, instrument);
}

/** Level for a window on a map of a size, CSS pixels. */
export function levelOn(levels: readonly Level[], { from, to }: Window, { width, height }: { width: number; height: number }, fresh: boolean, current: number | null): number {
  return levelFor(levels, (to - from) / width, (2e4 * bandFor(to - from)) / height, fresh, current);
}
