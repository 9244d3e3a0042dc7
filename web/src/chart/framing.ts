/** Decides which window, level and frame the chart shows. Pure. */
import { chooseLevel } from "../scale/level";
import type { View } from "../scale/view";
import { DAY, HOUR, type Level } from "../units/units";
import type { Frame } from "./candles";

/** A stretch of time, ms, half-open. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Share of a range that is left free to the right of the newest column. */
const AIR = 0.03;
/** The same where what happened next is shown. */
export const REVEAL_AIR = 0.35;
/** How much denser than asked for cells may be before the level is given up: no flapping at the edge. */
const SLACK = 1.18;

/** The newest `span` ms of what is stored, with a little air to the right. */
export function newest(to: number, span: number, air = AIR): Window {
  return { from: to - span * (1 - air), to: to + span * air };
}

/** Half-width of the price range kept in view around price, as a fraction: grows with the square root of time as price itself does. */
export function bandFor(span: number): number {
  return Math.max(0.015, Math.min(0.3, 0.045 * Math.sqrt(span / DAY)));
}

/** Level for a pixel density (per CSS pixel), staying with the current one while that is good enough. */
export function levelFor(levels: readonly Level[], msPerPixel: number, bpPerPixel: number, optical: boolean, current: number | null): number {
  const finer = optical ? 1 : 0;
  // Optical exists to show the finest cells; over a day they are still a pixel's fraction wide.
  const choose = (slack: number): number =>
    optical && msPerPixel * 1000 <= DAY ? 0 : chooseLevel(levels, msPerPixel / slack, bpPerPixel / slack, finer);
  const best = choose(1);
  if (current === null || best === current) return best;
  return current < best && choose(SLACK) <= current ? current : best;
}

/** A frame around a window: room to pan before the next one, within what is stored. */
export function frameFor(level: number, bucketMs: number, window: Window, stored: Window): Frame {
  const span = window.to - window.from, room = Math.max(1.2 * span, 200 * bucketMs);
  const from = Math.max(window.from - room, Math.min(stored.from, window.from) - 0.2 * span);
  const to = Math.min(window.to + room, Math.max(stored.to, window.to) + 0.4 * span);
  const first = Math.floor(from / bucketMs);
  return { level, bucketMs, first, count: Math.max(2, Math.ceil(to / bucketMs) - first) };
}

/** Whether the window has come so near an end of the frame that more columns lie beyond it. */
export function outgrown(frame: Frame, window: Window, stored: Window): boolean {
  const reach = 0.3 * (window.to - window.from);
  const start = frame.first * frame.bucketMs, end = (frame.first + frame.count) * frame.bucketMs;
  return (start > stored.from && window.from - reach < start) || (end < stored.to && window.to + reach > end);
}

/** Whether a view that was painted is of a window, or near it: a chart without candles is not painted, and its view stays that of before. */
export function shows(view: View, { from, to }: Window): boolean {
  const span = to - from, seen = view.width * view.msPerPixel;
  return Math.abs(view.time0 - from) < 0.3 * span && Math.abs(seen - span) < 0.3 * span;
}

/** A window zoomed about a point (0 left edge, 1 right edge) by a factor, no narrower than 20 minutes, no wider than twenty years. */
export function zoomed(window: Window, factor: number, about: number): Window {
  const span = window.to - window.from;
  const next = Math.max(HOUR / 3, Math.min(20 * 365 * DAY, span * factor));
  const anchor = window.from + span * about;
  return { from: anchor - next * about, to: anchor + next * (1 - about) };
}
