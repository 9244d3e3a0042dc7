/** A live server under the page: what it pushes, and what the page says when it stops. Against the fake, whose stream can be told what to do. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import type { VenueState } from "../../src/wire/stream";
import { TO } from "../fake/market";
import { venues } from "../fake/server";
import { complaintsOf, frames, PHONE, settled } from "../support/browser";
import { bare, different, paneBox, picture } from "../support/pixels";
import { fake, opened, page, visit, visits } from "../support/visits";

const MINUTE = 60_000, HOUR = 60 * MINUTE;
const venue = (name: string, change: Partial<VenueState> = {}): VenueState => ({
  name, venue: name, state: "live", since: Date.now() - 90_000, message: "", retry_at: 0, limited_until: 0, last_event: Date.now(), lag_ms: 12,
  reconnects: 0, gaps: 0, malformed: 0, instruments: [{ symbol: "BTC", to: 0, lag_ms: 12, gaps: 0, late: 0, error: "" }], ...change,
});
const candle = (time: number, price: number): object => ({
  type: "forming", candles: [{ venue: "simex", symbol: "BTC", time, open: price, high: price * 1.002, low: price * 0.998, close: price * 1.001, volume: 1, mark: price, received: Date.now() }],
});
const column = (to: number): object => ({ type: "column", venue: "simex", symbol: "BTC", to });

// Streams are cut and servers silenced: what that makes the browser say belongs to the tests.
visits({ provoked: "all" });
beforeEach(() => {
  Object.assign(fake.mood, { status: "ready", broken: false, delayMs: 0, to: TO - HOUR, live: true, stalled: false, venues: [venue("simex"), venue("okx")] });
  Object.assign(fake.stream, { silent: false, away: false });
});

/** Opens the page at a window around the end of what is stored, connected to the stream. */
async function connect(query = `?window=${TO - 9 * HOUR}-${TO}`): Promise<Page> {
  const before = fake.stream.connected;
  await visit(query);
  await expect.poll(() => fake.stream.connected, { timeout: 20_000 }).toBeGreaterThan(before);
  return page;
}

const asked = (what: string): number => opened.requests.filter((url) => url.includes(what)).length;

describe("what is pushed", () => {
  test("a closed column arrives without polling, and uploads its own cells alone", async () => {
    const p = await connect();
    const size = await p.evaluate(() => window.halcyon?.level()), steps = 1;
    const polls = asked("/instruments"), tiles = asked("/tiles/"), sent = await p.evaluate(() => window.halcyon?.uploaded() ?? 0);
    fake.mood.to += steps * (size?.bucketMs ?? 0);
    fake.stream.say(column(fake.mood.to));
    await p.waitForFunction((n) => window.halcyon?.settled() && (window.halcyon?.uploaded() ?? 0) > n, sent, { timeout: 4_000 });
    await settled(p);
    expect(asked("/instruments")).toBe(polls);
    const again = asked("/tiles/") - tiles, box = await paneBox(p);
    expect(again).toBeGreaterThan(0);
    const cells = again * steps * 256 * 8, statistics = 256 * 20 * 16, spans = 8 * (Math.ceil(box.width) + Math.ceil(box.height));
    expect((await p.evaluate(() => window.halcyon?.uploaded() ?? 0)) - sent).toBeLessThanOrEqual(cells + statistics + spans);
    expect(complaintsOf(opened)).toEqual([]);
  });

  test("the candle under way is drawn behind the last column, and moves", async () => {
    const p = await connect(), at = fake.mood.to;
    const price = await p.evaluate(() => {
      const view = window.halcyon?.view(), box = document.querySelector(".chart")?.getBoundingClientRect();
      let best = 0, apart = Infinity;
      for (let candidate = 40_000; view && box && candidate < 90_000; candidate += 20) {
        const y = window.halcyon?.chartY(candidate) ?? 0;
        if (Math.abs(y - box.height / 2) < apart) [best, apart] = [candidate, Math.abs(y - box.height / 2)];
      }
      return best;
    });
    await bare(p);
    const edge = await p.evaluate((t) => window.halcyon?.pixel(t, 1)?.x ?? 0, at), box = await paneBox(p);
    const fresh = { ...box, x: box.x + Math.ceil(edge), width: 12 };
    const before = await picture(p, fresh);
    await p.addStyleTag({ content: ".chart, .chart * { visibility: visible !important }" });
    fake.stream.say(candle(at, price));
    await p.waitForFunction(() => (window.halcyon?.timings("latency").length ?? 0) > 0);
    await frames(p, 2);
    const first = await picture(p, fresh);
    expect(different(before, first)).toBeGreaterThan(4);
    fake.stream.say(candle(at, price * 1.01));
    await p.waitForFunction(() => (window.halcyon?.timings("latency").length ?? 0) > 1);
    await frames(p, 2);
    expect(different(first, await picture(p, fresh))).toBeGreaterThan(4);
    expect(await p.textContent(".footer .stamp.live")).toMatch(/^LIVE · \d\.\d s ago$/);
  });

  test("states of venues are listed, count up, and open as a table", async () => {
    fake.mood.venues = [venue("simex"), venue("okx", { state: "waiting", since: Date.now() - 14_000, message: "connection refused", reconnects: 1, gaps: 2 })];
    const p = await connect();
    const okx = p.locator('[data-feed="okx"]');
    await p.waitForFunction(() => /reconnecting (1[4-9]|[2-9]\d) s/.test(document.querySelector('[data-feed="okx"]')?.textContent ?? ""));
    const before = await okx.innerText();
    await expect.poll(() => okx.innerText(), { timeout: 10_000 }).not.toBe(before);
    expect(await p.innerText('[data-feed="simex"]')).toContain("12 ms");
    expect(await p.innerText(".venues")).toContain("gaps 2");
    // Only what is not as it should be has its name on the line.
    expect(await p.innerText(".venues .count")).toBe("1 of 2 live");
    expect(await p.innerText(".venues .away")).toMatch(/^OKX reconnecting/);
    expect(await okx.getAttribute("data-tip")).toContain("connection refused");
    await p.keyboard.press("e");
    await p.waitForSelector('.sheet[aria-label="Venues"] tr[data-state="waiting"]');
    expect(await p.innerText(".sheet")).toContain("OKX: connection refused");
    fake.mood.venues = [venue("simex", { lag_ms: 180_000 }), venue("okx")];
    fake.stream.say(venues(fake.mood));
    await p.waitForSelector('.sheet tr[data-state="waiting"]', { state: "detached" });
    expect(await p.innerText(".venues .count")).toBe("2 venues live");
    expect(await p.innerText(".venues")).toContain("events of 3 min ago");
    expect(await p.locator(".venues .away").count()).toBe(0);
    await p.keyboard.press("Escape");
    await p.waitForSelector(".sheet", { state: "detached" });
  });

  test("a venue that is away makes the stamp of its instruments stale, not that of others", async () => {
    fake.mood.venues = [venue("simex", { state: "waiting", message: "connection lost", last_event: Date.now() - 34_000 }), venue("okx")];
    const p = await connect();
    await p.waitForSelector(".footer .stamp.stale");
    expect(await p.innerText(".footer .stamp")).toMatch(/^LIVE · 3\d s ago$/);
    fake.mood.venues = [venue("simex"), venue("okx", { state: "waiting" })];
    fake.stream.say(venues(fake.mood));
    fake.stream.say(candle(fake.mood.to, 64_000));
    await p.waitForSelector(".footer .stamp.live:not(.stale)");
  });
});

describe("a server that stops", () => {
  test("restarted under the page: said, and caught up with", async () => {
    const p = await connect();
    fake.stream.away = true;
    fake.stream.cut();
    await p.route("**/api/**", (route) => route.abort());
    await p.waitForSelector('.venues[data-known="false"] .note:has-text("stream lost")');
    await p.waitForSelector(".footer .stamp.stale");
    await p.waitForSelector(".ribbon:has-text('Disconnected')", { timeout: 20_000 });
    // While it was away columns closed.
    fake.mood.to += 30 * MINUTE;
    const connected = fake.stream.connected;
    fake.stream.away = false;
    await p.unroute("**/api/**");
    await p.waitForSelector('.venues[data-known="true"]', { timeout: 30_000 });
    await p.waitForSelector(".ribbon", { state: "detached", timeout: 20_000 });
    expect(fake.stream.connected).toBe(connected + 1);
    await p.waitForFunction((to) => (window.halcyon?.stored() ?? 0) === to, fake.mood.to, { timeout: 20_000 });
    await settled(p);
  });

  test("stalled with the connection standing: noticed, said, recovered from", async () => {
    const p = await connect();
    fake.stream.silent = fake.mood.stalled = true;
    await p.waitForSelector('.venues[data-known="false"] .note:has-text("stream stalled")', { timeout: 30_000 });
    await p.waitForSelector(".footer .note:has-text('the server is stalled')", { timeout: 30_000 });
    fake.stream.silent = fake.mood.stalled = false;
    await p.waitForSelector('.venues[data-known="true"]', { timeout: 40_000 });
    await p.waitForSelector(".ribbon", { state: "detached", timeout: 40_000 });
  });

  test("without its stream, columns and states are polled", async () => {
    const p = await connect();
    fake.stream.away = true;
    fake.stream.cut();
    await p.waitForSelector(".venues .note:has-text('stream lost')");
    fake.mood.to += 10 * MINUTE;
    fake.mood.venues = [venue("simex", { lag_ms: 77 })];
    await p.waitForFunction((to) => (window.halcyon?.stored() ?? 0) === to, fake.mood.to, { timeout: 20_000 });
    await p.waitForFunction(() => document.querySelector('[data-feed="simex"]')?.textContent?.includes("77 ms"), undefined, { timeout: 20_000 });
  });

  test("that connects to no venue has no strip and no stream, and live data say until when they are", async () => {
    fake.mood.live = false;
    await visit();
    expect(await page.locator(".venues").count()).toBe(0);
    expect(fake.stream.listeners).toBe(0);
    expect(await page.innerText(".footer .stamp")).toMatch(/^LIVE until \d\d:\d\d$/);
  });
});

describe("four charts", () => {
  const SEVERAL = `?window=${TO - 9 * HOUR}-${TO}&symbol=BTC&layout=4&chart2=${encodeURIComponent("symbol=DOGE")}&chart3=symbol%3DBTC&chart4=symbol%3DDOGE`;
  /** Ends of the four instruments, as far as their charts know, ms. */
  const ends = (p: Page): Promise<unknown> => p.evaluate(() => window.halcyon?.all().map((chart) => chart.stored));
  const common = (): number[] => ["/status", "/instruments", "/alerts", "/venues"].map(asked);

  test("hold one connection and ask once, for what each of them shows", async () => {
    const before = fake.stream.connected, p = await connect(SEVERAL);
    expect(await p.locator(".cell").count()).toBe(4);
    expect([fake.stream.connected - before, fake.stream.listeners]).toEqual([1, 1]);
    await expect.poll(() => [...fake.stream.watched].sort()).toEqual(["simex:BTC", "simex:DOGE"]);
    // Once to begin with, and again at most as the stream is tried and stands: however many charts there are.
    const asking = common();
    expect(asking.every((times) => times <= 3)).toBe(true);
    await p.evaluate(() => window.halcyon?.poll());
    const [status, instruments, ...others] = asking as [number, number, number, number];
    await expect.poll(common).toEqual([status + 1, instruments + 1, ...others]);
    // Columns of an instrument reach every chart of it, and no other.
    const was = fake.mood.to;
    fake.mood.to += MINUTE;
    fake.stream.say(column(fake.mood.to));
    await expect.poll(() => ends(p)).toEqual([was + MINUTE, was, was + MINUTE, was]);
    await settled(p);
    expect(common()).toEqual([status + 1, instruments + 1, ...others]);
    expect(complaintsOf(opened)).toEqual([]);
  });

  test("are one and then four again over the same connection", async () => {
    const p = await connect(SEVERAL), connected = fake.stream.connected;
    for (const [count, watched] of [[1, ["simex:BTC"]], [2, ["simex:BTC", "simex:DOGE"]], [4, ["simex:BTC", "simex:DOGE"]], [1, ["simex:BTC"]]] as const) {
      await p.keyboard.press("^");
      await p.waitForFunction((n) => document.querySelectorAll(".cell").length === n, count);
      await settled(p);
      await expect.poll(() => [...fake.stream.watched].sort()).toEqual(watched);
    }
    fake.mood.to += MINUTE;
    fake.stream.say(column(fake.mood.to));
    await expect.poll(() => ends(p)).toEqual([fake.mood.to]);
    await p.waitForSelector(".footer .stamp.live:not(.stale)");
    expect([fake.stream.connected, fake.stream.listeners]).toEqual([connected, 1]);
  });

  test("all come back when the server does, each with what it missed", async () => {
    const p = await connect(SEVERAL), connected = fake.stream.connected;
    await expect.poll(() => fake.stream.watched.length).toBe(2);
    fake.stream.away = true;
    fake.stream.cut();
    await p.route("**/api/**", (route) => route.abort());
    await p.waitForSelector(".ribbon:has-text('Disconnected')", { timeout: 20_000 });
    await p.waitForFunction(() => document.querySelectorAll(".head .stamp.stale").length === 4);
    expect(await p.locator(".ribbon").count()).toBe(1);
    fake.mood.to += 30 * MINUTE;
    Object.assign(fake.stream, { away: false, watched: [] });
    await p.unroute("**/api/**");
    await p.waitForSelector(".ribbon", { state: "detached", timeout: 30_000 });
    await expect.poll(() => ends(p), { timeout: 20_000 }).toEqual(Array(4).fill(fake.mood.to));
    await expect.poll(() => [...fake.stream.watched].sort(), { timeout: 20_000 }).toEqual(["simex:BTC", "simex:DOGE"]);
    expect([fake.stream.connected, fake.stream.listeners]).toEqual([connected + 1, 1]);
    await settled(p);
  });
});

test("on a phone the strip counts and warns in one line, and opens the table", async () => {
  fake.mood.venues = [venue("simex"), venue("okx", { state: "waiting" })];
  const p = await visit("", PHONE);
  await p.waitForSelector(".venues");
  expect(await p.locator(".venues .count").innerText()).toBe("1 of 2 live");
  expect(await p.locator(".venues .count").getAttribute("data-all")).toBe("false");
  expect(await p.locator(".venues .venue").evaluateAll((all) => all.filter((e) => e.checkVisibility()).length)).toBe(0);
  expect((await p.locator(".venues").boundingBox())?.height).toBeLessThan(32);
  expect(await p.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([390, 844]);
  await p.tap(".venues");
  await p.waitForSelector('.sheet tr[data-state="waiting"]');
});
