/** Words for numbers: compact, tabular, never more precise than known. */

const STEPS: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
];

/** Compact amount with three significant figures: 1.24 B, 318 M, 56.2 k, 640. Unit: as given. */
export function compact(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  for (const [step, suffix] of STEPS) {
    // 999.6 k would print as "1000 k": it belongs to the next step already.
    if (size >= step * 0.9995) return `${figures(value / step)} ${suffix}`;
  }
  return size >= 0.5 || size === 0 ? value.toFixed(0) : "<1";
}

/** USD estimate, compact; what is below a dollar is an em-dash. */
export function usd(value: number): string {
  return value < 1 ? "–" : `$${compact(value)}`;
}

/** Millionths of a standard deviation, as equalised combinations are counted in. */
const SD = 1e6;

/** An amount on the map in its unit: USD, or standard deviations. */
export function amount(value: number, unit: "usd" | "sd" = "usd"): string {
  if (unit === "usd") return usd(value);
  return value < SD / 1000 ? "–" : `${figures(value / SD)} sd`;
}

/** An amount to be paid, USD: cents below a thousand. */
export function money(value: number): string {
  return Math.abs(value) < 999.995 ? `$${value.toFixed(2)}` : `$${compact(value)}`;
}

function figures(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** Price with as many decimals as the tick has, thousands apart. By hand: the price axis asks in every frame, and making an Intl format takes 50 µs. */
export function price(value: number, tick: number): string {
  const [whole = "", fraction] = value.toFixed(decimals(tick)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction ? `${grouped}.${fraction}` : grouped;
}

/** Decimals that a tick size needs: 0.01 needs 2, 1 and 10 need 0. */
export function decimals(tick: number): number {
  if (!(tick > 0)) return 2;
  let digits = 0;
  for (let t = tick; digits < 10 && Math.abs(t - Math.round(t)) > 1e-9 * t; t *= 10) digits++;
  return digits;
}

/** A z-score: one decimal and a sign, "undefined" in words when it is not defined. */
export function score(value: number): string {
  if (!Number.isFinite(value)) return "undefined";
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}

/** Share of cells at or below, 0..1, as whole percent; ">99 %" beyond the last known quantile. */
export function percentile(share: number): string {
  if (!Number.isFinite(share)) return "undefined";
  if (share > 0.99) return ">99 %";
  return share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`;
}

/** Zone in which times are shown. */
export type Zone = "local" | "utc";

function parts(time: number, zone: Zone): [string, string, string, string, string] {
  const d = new Date(time);
  const two = (n: number): string => String(n).padStart(2, "0");
  return zone === "utc"
    ? [String(d.getUTCFullYear()), two(d.getUTCMonth() + 1), two(d.getUTCDate()), two(d.getUTCHours()), two(d.getUTCMinutes())]
    : [String(d.getFullYear()), two(d.getMonth() + 1), two(d.getDate()), two(d.getHours()), two(d.getMinutes())];
}

/** Date and time to the minute: 2026-06-14 09:35. */
export function dateTime(time: number, zone: Zone): string {
  const [y, mo, d, h, mi] = parts(time, zone);
  return `${y}-${mo}-${d} ${h}:${mi}`;
}

/** Time of day to the minute: 09:35. */
export function clock(time: number, zone: Zone): string {
  const [, , , h, mi] = parts(time, zone);
  return `${h}:${mi}`;
}

/** Month and day: 06-14. */
export function day(time: number, zone: Zone): string {
  const [, mo, d] = parts(time, zone);
  return `${mo}-${d}`;
}

/** Length of time in its largest whole unit: 5 min, 4 h, 3 d. */
export function span(ms: number): string {
  if (ms % 86_400_000 === 0) return `${ms / 86_400_000} d`;
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return `${Math.round(ms / 60_000)} min`;
}

/** How long ago something was, in one unit: 0.2 s, 14 s, 3 min, 2 h. */
export function ago(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : age(ms);
}

/** How long something has stood, in one rounded unit: 45 min, 7 h, 3 d. */
export function age(ms: number): string {
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 48 * 3_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}
