import { expect, test } from "vitest";
import { dateTime } from "../../src/units/format";
import { partAt, PARTS, placeOf, readTime, stepTime } from "../../src/units/typed-time";

const AT = Date.UTC(2026, 5, 14, 9, 35), DAY = 86_400_000, MINUTE = 60_000;

test.each(["utc", "local"] as const)("what the page writes is read back, %s", (zone) => {
  expect(readTime(dateTime(AT, zone), AT + 5 * DAY, zone)).toEqual({ from: AT, to: AT + MINUTE });
});

test.each([
  ["2026-06-15T09:05", Date.UTC(2026, 5, 15, 9, 5), MINUTE], ["  2026-6-5   7:05 ", Date.UTC(2026, 5, 5, 7, 5), MINUTE], ["2026/06/15 09:05:59", Date.UTC(2026, 5, 15, 9, 5), MINUTE],
  ["2026.06.15 t 9:05", Date.UTC(2026, 5, 15, 9, 5), MINUTE], ["2026-06-15", Date.UTC(2026, 5, 15), DAY], ["2026-06-15 9", Date.UTC(2026, 5, 15, 9), MINUTE],
  ["17:20", Date.UTC(2026, 5, 14, 17, 20), MINUTE], ["2024-02-29", Date.UTC(2024, 1, 29), DAY],
])("%j is read", (text, from, long) => expect(readTime(text, AT, "utc")).toEqual({ from, to: from + long }));

test.each([
  ["", "Write a date as 2026-06-14 09:35"], ["yesterday", "Write a date as 2026-06-14 09:35"], ["15-06-2026", "Write a date as 2026-06-14 09:35"], ["06/15/2026, 06:09 PM", "Write a date as 2026-06-14 09:35"],
  ["2026-13-01", "There is no month 13"], ["2026-02-29", "2026-02 has no day 29"], ["2026-06-00", "2026-06 has no day 0"], ["2026-06-14 24:00", "There is no time 24:00"], ["9:75", "There is no time 09:75"],
])("%j is wrong, and why", (text, fault) => expect(readTime(text, AT, "utc")).toEqual({ fault }));

test("every place in a written date belongs to the part that is written there", () => {
  const written = dateTime(AT, "utc");
  expect(PARTS.map((part) => written.slice(...placeOf(part)))).toEqual(["2026", "06", "14", "09", "35"]);
  for (const part of PARTS) for (const place of placeOf(part)) expect(partAt(place)).toBe(part);
});

test.each([
  [AT, "year", -1, "2025-06-14 09:35"], [AT, "month", 7, "2027-01-14 09:35"], [AT, "month", -6, "2025-12-14 09:35"], [AT, "day", 17, "2026-07-01 09:35"], [AT, "hour", 15, "2026-06-15 00:35"], [AT, "minute", -36, "2026-06-14 08:59"],
  [Date.UTC(2024, 1, 29, 1), "year", 1, "2025-02-28 01:00"], [Date.UTC(2026, 0, 31, 1), "month", 1, "2026-02-28 01:00"],
] as const)("%d, its %s by %d is %s", (at, part, by, then) => expect(dateTime(stepTime(at, part, by, "utc"), "utc")).toBe(then));
