/** The whole house: loopback venues, the real binary live on them, and the page in a real browser. Needs make build. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Browser, Page } from "playwright-core";
import type { ColumnsAnswer, InstrumentsAnswer } from "../../src/wire/api";
import { describeUnless, run, scratch, unbuilt, type Running } from "../support/halcyon";
import { launch, open } from "../support/browser";
import { bare, colour, paneBox, picture } from "../support/pixels";

/** How long anything may take, in ms: a machine may be busy. */
const PATIENCE = 300_000;
const VENUES = ["binance-usdm", "binance-coinm", "bybit-linear", "bybit-inverse", "okx", "hyperliquid", "bitmex"];

describeUnless(unbuilt, "against the loopback venues", () => {
  let browser: Browser, venues: Running, server: Running, page: Page;
  const folder = scratch();
  const serve = (listen = "127.0.0.1:0"): Promise<Running> =>
    run("serve", "--live", VENUES.join(), "--venue-url", `all=${venues.url}`, "--coins", "BTC,ETH", "--lake", folder.path, "--listen", listen);
  const get = async <T>(path: string): Promise<T> => (await (await fetch(server.url + path)).json()) as T;
  /** A column in which a venue reported a liquidation; null while there is none. */
  const liquidation = async (): Promise<{ venue: string; symbol: string; time: number } | null> => {
    const { instruments } = await get<InstrumentsAnswer>("/api/v1/instruments");
    for (const { venue, symbol, from, to } of instruments) {
      const c = await get<ColumnsAnswer>(`/api/v1/columns?venue=${venue}&symbol=${symbol}&level=0&from=${from}&to=${to}`);
      const at = c.time.findIndex((_, k) => (c.liquidated_long[k] as number) + (c.liquidated_short[k] as number) > 0 && (c.open[k] as number) > 0);
      if (at >= 0) return { venue, symbol, time: c.time[at] as number };
    }
    return null;
  };

  beforeAll(async () => {
    [browser, venues] = await Promise.all([launch(), run("exchange", "--listen", "127.0.0.1:0", "--venues", VENUES.join(), "--coins", "BTC,ETH", "--past", "30m")]);
    server = await serve();
    page = (await open(browser, server.url)).page;
    page.setDefaultTimeout(PATIENCE);
  }, PATIENCE);
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await venues.stop();
    folder.remove();
  }, PATIENCE);

  test("the page shows every venue live, and a map, by itself", async () => {
    for (const name of VENUES) await page.waitForSelector(`[data-feed="${name}"][data-state="live"]`, { timeout: PATIENCE });
    await page.waitForFunction(() => window.halcyon?.complete() === true, undefined, { timeout: PATIENCE });
    await page.waitForSelector(".head .stamp.live:not(.stale)");
  }, 4 * PATIENCE);

  test("candles and columns arrive without being asked for", async () => {
    const before = await page.evaluate(() => window.halcyon?.stored() ?? 0);
    await page.waitForFunction((to) => (window.halcyon?.stored() ?? 0) > to, before, { timeout: PATIENCE });
    await page.waitForFunction(() => (window.halcyon?.timings("latency").length ?? 0) > 20, undefined, { timeout: PATIENCE });
  }, 4 * PATIENCE);

  test("realised liquidations are circles in the observed hue", async () => {
    let found: { venue: string; symbol: string; time: number } | null = null;
    await expect.poll(async () => (found = await liquidation()) !== null, { timeout: PATIENCE, interval: 2_000 }).toBe(true);
    const { venue, symbol, time } = found as unknown as { venue: string; symbol: string; time: number };
    const p = (await open(browser, `${server.url}/?venue=${venue}&symbol=${symbol}&window=${time - 1_200_000}-${time + 1_200_000}`)).page;
    await p.waitForFunction(() => window.halcyon?.complete() === true, undefined, { timeout: PATIENCE });
    await bare(p);
    await p.addStyleTag({ content: ".chart, .chart * { visibility: visible !important } canvas.heat { visibility: hidden !important }" });
    const box = await paneBox(p), png = await picture(p, box);
    let pink = 0;
    for (let x = 0; x < png.width; x++) {
      for (let y = 0; y < png.height; y++) {
        const [r, g, b] = colour(png, x, y);
        if (r - g > 40 && b - g > 40) pink++;
      }
    }
    expect(pink).toBeGreaterThan(10);
    await p.context().close();
  }, 4 * PATIENCE);

  test("kill -9 under the page: said, and gone on with behind a gap", async () => {
    const { port } = new URL(server.url);
    await server.stop("SIGKILL");
    await page.waitForSelector('.venues[data-known="false"]', { timeout: PATIENCE });
    await page.waitForSelector(".footer .stamp.stale");
    server = await serve(`127.0.0.1:${port}`);
    await page.waitForSelector('.venues[data-known="true"]', { timeout: PATIENCE });
    for (const name of VENUES) await page.waitForSelector(`[data-feed="${name}"][data-state="live"]`, { timeout: PATIENCE });
    await page.waitForSelector(".head .stamp.live:not(.stale)", { timeout: PATIENCE });
    await page.waitForSelector(".footer .note:has-text('missing in view')", { timeout: PATIENCE });
  }, 4 * PATIENCE);

  test("a venue that goes away is named, the others go on, and it comes back", async () => {
    await fetch(`${venues.url}/fault`, { method: "POST", body: new URLSearchParams({ venue: "okx", kind: "away", for: "20s" }) });
    await page.waitForSelector('[data-feed="okx"]:not([data-state="live"]):has-text("reconnecting")', { timeout: PATIENCE });
    expect(await page.getAttribute('[data-feed="hyperliquid"]', "data-state")).toBe("live");
    await page.waitForSelector('[data-feed="okx"][data-state="live"]', { timeout: PATIENCE });
  }, 4 * PATIENCE);
});
