import { expect, test, vi } from "vitest";
import { bandFor, frameFor, levelFor, newest, outgrown, shows, zoomed } from "../../src/chart/framing";
import { Invalidator, Redraw } from "../../src/chart/invalidation";
import { History } from "../../src/state/history";
import { nudged } from "../../src/chart/cross";
import { createSettings, fromQuery, RANGE_NAMES, rangeMs, toQuery, usualRange } from "../../src/state/settings";
import { padding } from "../../src/chart/time-axis";
import { as_, DAY, HOUR, MINUTE, type Level, type Millis } from "../../src/units/units";

const LEVELS: Level[] = [[60_000, 0], [300_000, 1], [900_000, 2], [3_600_000, 3], [14_400_000, 4], [86_400_000, 5]].map(([ms, shift]) => ({ bucketMs: as_<Millis>(ms as number), shift: shift as number }));

test("settings survive the address bar", () => {
  const a = createSettings(), b = createSettings();
  a.venue.value = "hyperliquid";
  a.symbol.value = "BTC";
  a.range.value = null;
  a.window.value = { from: 1_781_210_080_000, to: 1_781_300_000_000 };
  a.mode.value = "percentile";
  a.palette.value = "cividis";
  a.threshold.value = 0.35;
  a.selection.value = "low+high";
  a.axis.value = "linear";
  a.prices.value = { low: 61_000.5, high: 64_000 };
  a.at.value = 1_781_290_000_000;
  a.reveal.value = true;
  a.speed.value = 300;
  fromQuery(b, toQuery(a));
  expect(toQuery(b)).toBe(toQuery(a));
  expect(b.window.value).toEqual(a.window.value);
  expect(toQuery(createSettings())).toBe("");
});

test("what a screen has no room for is no part of a link, what its user wants otherwise is", () => {
  const phone = createSettings({ profile: false, zones: false });
  expect(toQuery(phone)).toBe("");
  phone.profile.value = true;
  expect(toQuery(phone)).toBe("profile=on");
  fromQuery(phone, "profile=off&zones=on");
  expect(toQuery(phone)).toBe("zones=on");
});

test("where nobody chose a range a young server's chart shows all that is stored, and an address may hold any", () => {
  expect(usualRange({ from: 0, to: 20 * MINUTE })).toBe("all");
  expect(rangeMs("all", { from: 0, to: 20 * MINUTE })).toBe(HOUR);
  expect(usualRange({ from: 0, to: DAY - 1 })).toBe("all");
  expect(usualRange({ from: 0, to: DAY })).toBe("24h");
  expect(usualRange({ from: 0, to: 90 * DAY })).toBe("24h");
  const s = createSettings();
  s.range.value = "all";
  expect(toQuery(s)).toBe("");
  fromQuery(s, "range=24h");
  expect(s.usual.value).toBe(false);
  expect(toQuery(s)).toBe("range=24h");
});

/** Every key of an address, with values that mean nothing. */
const NONSENSE: Record<string, readonly string[]> = {
  range: ["9q", "0h", "99999d", "all ", "<b>"],
  window: ["abc-1", "5-70000", "1781300000000-1781210080000", "1781210080000-1781210080001", "1781210080000-1e300", "1781210080000-1781300000000-2"],
  norm: ["magic", "Z"], palette: ["pink"], theme: ["blue"], axis: ["cubic"], zone: ["mars"], candles: ["plaid"], stack: ["coin"],
  band: ["0.03", "x"], threshold: ["7", "-0.1", "NaN", "0x0", "0.97"], opacity: ["0", "1.5", "full"],
  leverage: ["nonsense", "low+nonsense+medium+high", "+", "LOW"],
  map: ["0.3", "10 %"], observed: ["perhaps", "1"], zones: ["perhaps"], profile: ["perhaps", "0"], panes: ["perhaps", "true"], reveal: ["on"],
  mark: ["5", "9-5", "1-Infinity", "-3-4", "a-b"], prices: ["5", "9-5", "1-Infinity", "1-1e300"],
  at: ["5", "-1", "1e300", "yesterday", "Infinity", "0x1"], speed: ["0", "1001", "fast", "Infinity"],
  panel: ["kitchen"], lens: ["1_2", "5_100_4_300", "1781210080000_100_1e9_300", "1781210080000_100_4_9999", "1781210080000_Infinity_4_300", "~~"],
  draw: ["circle_1_2", "trend_1_2", "horizontal_1_Infinity", "~"], whatif: ["0", "-5", "Infinity", "moon"], impact: ["-1", "21", "much"],
  calc: ["long", "sideways__1_2_isolated_3_0.1", "long__1_2_isolated_3_9", "long__x_2_isolated_3_0.1", "long__1_Infinity_isolated_3_0.1", "long__1_2_isolated_3_0.1_7"],
};

test.each(Object.entries(NONSENSE))("nonsense in the address bar changes nothing: %s", (key, values) => {
  const usual = JSON.stringify(createSettings());
  for (const value of ["", "nonsense", "[object Object]", ...values]) {
    const s = createSettings();
    fromQuery(s, new URLSearchParams({ [key]: value }).toString());
    expect(JSON.stringify(s), `${key}=${value}`).toBe(usual);
    expect(toQuery(s), `${key}=${value}`).toBe("");
  }
});

test("every key that an address can hold is tried with nonsense, and what makes sense beside it is taken", () => {
  const s = createSettings(), { tools } = s;
  const all = {
    venue: "okx", symbol: "ETH", range: "7d", norm: "robust", band: "0.05", palette: "viridis", threshold: "0.35", opacity: "0.50", theme: "light", leverage: "low+high", axis: "linear", zone: "utc",
    candles: "colour", stack: "venue", map: "0.1", observed: "off", profile: "off", zones: "off", panes: "on", mark: "3000-3100", prices: "2900-3300", at: "1781290000000", reveal: "on", speed: "300",
    panel: "whatif", whatif: "3050", impact: "2", lens: "1781210080000_3000_4_300", draw: "horizontal_1781210080000_3000", calc: "short_3000_500_10_cross_90_0.0004",
  };
  fromQuery(s, new URLSearchParams(all).toString());
  expect(Object.fromEntries(new URLSearchParams(toQuery(s)))).toEqual(all);
  expect(tools.pins.value).toEqual([{ time: 1_781_210_080_000, price: 3000, power: 4, size: 300 }]);
  // A venue or an instrument may have any name: where there is none such, the page says so.
  expect(Object.keys(all).filter((key) => !(key in NONSENSE))).toEqual(["venue", "symbol"]);
  fromQuery(s, new URLSearchParams(Object.fromEntries(Object.keys(all).slice(2).map((key) => [key, "nonsense"]))).toString());
  // Nonsense leaves what was chosen, but for names of tiers: none of them is all of them.
  expect(Object.fromEntries(new URLSearchParams(toQuery(s)))).toEqual({ ...all, leverage: undefined, lens: undefined, draw: undefined });
});

test("a label keeps within its axis, moved by no more than it must be", () => {
  // 30 px wide, spaces of 3 px: each moves the text by half of that.
  expect(padding(150, 30, 3, 300)).toBe(0);
  expect(padding(15, 30, 3, 300)).toBe(0);
  expect(padding(10, 30, 3, 300)).toBe(4);
  expect(padding(285, 30, 3, 300)).toBe(0);
  expect(padding(299, 30, 3, 300)).toBe(-10);
});

test("a frame covers its window and a good deal more, and is outgrown near its ends only", () => {
  const stored = { from: 0, to: 40 * DAY }, window = { from: 20 * DAY, to: 21 * DAY };
  const frame = frameFor(1, 300_000, window, stored);
  expect(frame.first * 300_000).toBeLessThanOrEqual(window.from - DAY);
  expect((frame.first + frame.count) * 300_000).toBeGreaterThanOrEqual(window.to + DAY);
  expect(outgrown(frame, window, stored)).toBe(false);
  expect(outgrown(frame, { from: window.from - DAY, to: window.to - DAY }, stored)).toBe(true);
  const end = frameFor(1, 300_000, newest(stored.to, DAY), stored);
  expect(outgrown(end, newest(stored.to, DAY), stored)).toBe(false);
});

test("zooming keeps what is under the pointer", () => {
  const window = { from: 1000 * HOUR, to: 1024 * HOUR }, next = zoomed(window, 0.5, 0.25);
  expect(next.from + 0.25 * (next.to - next.from)).toBeCloseTo(1006 * HOUR, 3);
  expect(next.to - next.from).toBe(12 * HOUR);
});

test("Optical shows the finest cells", () => {
  expect(levelFor(LEVELS, (6 * HOUR) / 1100, 0.5, true, null)).toBe(0);
  expect(levelFor(LEVELS, (24 * HOUR) / 1100, 0.5, false, null)).toBe(1);
  expect(levelFor(LEVELS, (24 * HOUR) / 1100, 0.5, true, null)).toBe(0);
});

test("a level is kept while it is good enough, so that it does not flap", () => {
  const edge = 300_000 / 2.5;
  expect(levelFor(LEVELS, edge * 1.05, 0.5, false, null)).toBe(2);
  expect(levelFor(LEVELS, edge * 1.05, 0.5, false, 1)).toBe(1);
  expect(levelFor(LEVELS, edge * 1.5, 0.5, false, 1)).toBe(2);
});

test("the price band grows with the root of time", () => {
  expect(bandFor(4 * DAY) / bandFor(DAY)).toBeCloseTo(2, 6);
});

test("ranges are read from their names", () => {
  const stored = { from: 0, to: 40 * DAY };
  expect(RANGE_NAMES.map((name) => rangeMs(name, stored))).toEqual([0.5, 1, 3, 7, 30, 90, 180, 365, 40].map((days) => days * DAY));
  expect(["1h", "5h", "45d", "2w"].map((name) => rangeMs(name, stored))).toEqual([HOUR, 5 * HOUR, 45 * DAY, 14 * DAY]);
  expect(["", "0h", "5", "h", "30m", "99y", "-1d", "1.5h"].map((name) => rangeMs(name, stored))).toEqual(Array(8).fill(null));
});

test("history goes back and on, and forgets what was undone once something new is done", () => {
  const history = new History(), log: string[] = [], push = (name: string): void => history.push({ undo: () => log.push(`-${name}`), redo: () => log.push(`+${name}`) });
  push("a");
  push("b");
  history.undo();
  history.undo();
  history.undo();
  history.redo();
  expect(log).toEqual(["-b", "-a", "+a"]);
  push("c");
  expect([history.canUndo.value, history.canRedo.value]).toEqual([true, false]);
  history.undo();
  history.undo();
  expect(log.slice(3)).toEqual(["-c", "-a"]);
});

test("the cross-hair steps from cell to cell", () => {
  const edges = Float64Array.from({ length: 101 }, (_, i) => 110_000 - 4 * i);
  const view = { width: 200, height: 100, ratio: 2, time0: 0, msPerPixel: 60_000, edges, version: 1 }, level = LEVELS[1] as Level;
  const start = nudged(view, level, null, 0, 0), right = nudged(view, level, start, 1, 0), up = nudged(view, level, start, 0, 1);
  expect(right.bucket - start.bucket).toBe(1);
  expect(right.price).toBeCloseTo(start.price, 6);
  // A row of pixels holds two bins: a step moves by both.
  expect(Math.log(up.price / start.price) / Math.log(1.0001)).toBeCloseTo(4, 6);
  expect(nudged(view, level, { x: 99, y: 0 }, 50, 50)).toMatchObject({ x: 99.5, y: 0 });
});

test("a view is of a window if it lies near it, as long as it", () => {
  const view = { width: 100, height: 10, ratio: 1, time0: 1000, msPerPixel: 10, edges: new Float64Array(11), version: 1 };
  expect([[1000, 2000], [1100, 2100], [900, 2000]].map(([from, to]) => shows(view, { from: from as number, to: to as number }))).toEqual([true, true, true]);
  expect([[2000, 3000], [1900, 2000], [0, 9000]].map(([from, to]) => shows(view, { from: from as number, to: to as number }))).toEqual([false, false, false]);
});

test("what is asked for is drawn once a frame, and no more of it than is left to do", () => {
  const drawn: Redraw[] = [], frames: (() => void)[] = [];
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => frames.push(callback));
  const redraw = new Invalidator((level) => drawn.push(level)), frame = (): void => frames.splice(0).forEach((callback) => callback());
  redraw.request(Redraw.Cursor);
  redraw.request(Redraw.Full);
  redraw.request(Redraw.Light);
  frame();
  redraw.request(Redraw.Full);
  redraw.lower(Redraw.Cursor);
  frame();
  redraw.request(Redraw.Full);
  redraw.lower(Redraw.Cursor);
  redraw.request(Redraw.Light);
  frame();
  redraw.lower(Redraw.Cursor);
  frame();
  expect(drawn).toEqual([Redraw.Full, Redraw.Cursor, Redraw.Light]);
  vi.unstubAllGlobals();
});
