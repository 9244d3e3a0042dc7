/** Dates as one types them: read leniently, and stepped part by part. Written they are as {@link dateTime} has them. */
import { dateTime, type Zone } from "./format";
import { DAY, MINUTE } from "./units";

/** What was typed: the half-open stretch that it names (a minute; a day where no time was typed), ms, or one line that says what is wrong. */
export type Typed = { readonly from: number; readonly to: number } | { readonly fault: string };

/** Parts of a written date, in their order. */
export const PARTS = ["year", "month", "day", "hour", "minute"] as const;
export type Part = (typeof PARTS)[number];

/** Where each part ends in `2026-06-14 09:35`, and where it starts. */
const PLACES: Record<Part, readonly [number, number]> = { year: [0, 4], month: [5, 7], day: [8, 10], hour: [11, 13], minute: [14, 16] };
const FORM = /^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:(?: |T| T )(\d{1,2})(?::(\d{2})(?::\d{2}(?:\.\d+)?)?)?)?$/i;

/** Reads a date with or without a time, or a time alone, which is of the day of `at` (ms). Seconds are left out. */
export function readTime(text: string, at: number, zone: Zone): Typed {
  const words = text.trim().replace(/\s+/g, " "), today = dateTime(at, zone).slice(0, 10);
  const found = FORM.exec(/^\d{1,2}:\d{2}$/.test(words) ? `${today} ${words}` : words);
  if (!found) return { fault: `Write a date as ${dateTime(at, zone)}` };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map((part) => Number(part ?? 0));
  if (month < 1 || month > 12) return { fault: `There is no month ${month}` };
  if (day < 1 || day > daysOf(year, month)) return { fault: `${year}-${two(month)} has no day ${day}` };
  if (hour > 23 || minute > 59) return { fault: `There is no time ${two(hour)}:${two(minute)}` };
  const from = instant([year, month, day, hour, minute], zone);
  return { from, to: from + (found[4] === undefined ? DAY : MINUTE) };
}

/** The part of a written date that a place in it belongs to. */
export function partAt(place: number): Part {
  return PARTS.find((part) => place <= PLACES[part][1]) ?? "minute";
}

/** Where a part of a written date starts and ends. */
export function placeOf(part: Part): readonly [number, number] {
  return PLACES[part];
}

/** An instant with one part changed by so much; a day that the month has not becomes its last. */
export function stepTime(at: number, part: Part, by: number, zone: Zone): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = dateTime(at, zone).split(/\D/).map(Number);
  if (part === "hour" || part === "minute") return at + by * (part === "hour" ? 60 : 1) * MINUTE;
  if (part === "day") return instant([year, month, day + by, hour, minute], zone);
  const months = 12 * year + month - 1 + by * (part === "year" ? 12 : 1), y = Math.floor(months / 12), m = months - 12 * y + 1;
  return instant([y, m, Math.min(day, daysOf(y, m)), hour, minute], zone);
}

const two = (n: number): string => String(n).padStart(2, "0");

/** Days of a month, 1..12. */
function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function instant([year, month, day, hour, minute]: readonly [number, number, number, number, number], zone: Zone): number {
  return zone === "utc" ? Date.UTC(year, month - 1, day, hour, minute) : new Date(year, month - 1, day, hour, minute).getTime();
}
