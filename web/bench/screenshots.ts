/** Pictures of the page, for the documentation and for looking at. Run: npm run screenshots; OUT names the folder. */
import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, test } from "vitest";
import type { Browser } from "playwright-core";
import { frames, launch, open, PHONE, server, settled } from "../test/support/browser";
import { run, scratch, unbuilt } from "../test/support/halcyon";

const OUT = process.env["OUT"] ?? "test-results/screenshots";
let browser: Browser, at: Awaited<ReturnType<typeof server>>;

beforeAll(async () => {
  mkdirSync(OUT, { recursive: true });
  [browser, at] = await Promise.all([launch(), server()]);
});
afterAll(async () => {
  await browser.close();
  await at.close();
});

const DESKTOP = { viewport: { width: 1440, height: 900 } };

test.each([
  { name: "heatmap-24h", query: "", size: DESKTOP },
  { name: "heatmap-7d", query: "?range=7d&threshold=0.15", size: DESKTOP },
  { name: "optical", query: "?leverage=fresh", size: DESKTOP },
  { name: "light", query: "?range=3d&theme=light&palette=viridis&panes=on", size: DESKTOP },
  { name: "what-if", query: "?panel=whatif&whatif=63000", size: DESKTOP },
  { name: "calculator", query: "?panel=calculator&calc=long__25000_25_isolated_0_0.0005", size: DESKTOP },
  { name: "replay", query: "?at=1781535600000&reveal=on", size: DESKTOP },
  { name: "layout", query: `?range=3d&layout=4&${["ETH", "SOL", "DOGE"].map((symbol, i) => `chart${i + 2}=${encodeURIComponent(`venue=hyperliquid&symbol=${symbol}&range=3d`)}`).join("&")}`, size: DESKTOP },
  { name: "phone", query: "", size: PHONE },
])("$name", async ({ name, query, size }) => {
  const { page, complaints } = await open(browser, `${at.url}/${query}`, size);
  await settled(page);
  await frames(page, 5);
  await page.screenshot({ path: `${OUT}/${name}.png` });
  if (complaints.length > 0) console.warn(name, complaints);
  await page.context().close();
});

test("screener", async () => {
  const { page } = await open(browser, at.url, DESKTOP);
  await settled(page);
  await page.getByRole("button", { name: "screener" }).first().click();
  await page.waitForSelector(".screener tbody tr");
  await frames(page, 3);
  await page.screenshot({ path: `${OUT}/screener.png` });
  await page.context().close();
});

// Stand-ins for every venue, and the real program live on them: half an hour, run through at ten times its speed.
test.skipIf(unbuilt !== null)(`live${unbuilt ? `: ${unbuilt}` : ""}`, async () => {
  const folder = scratch(), venues = await run("exchange", "--listen", "127.0.0.1:0", "--coins", "BTC", "--past", "30m");
  const live = await run("serve", "--live", "all", "--venue-url", `all=${venues.url}`, "--coins", "BTC", "--lake", folder.path, "--listen", "127.0.0.1:0");
  const { page } = await open(browser, `${live.url}/?range=1h&panes=on`, DESKTOP);
  await page.waitForFunction(() => document.querySelectorAll('.venue[data-state="live"]').length === 11, undefined, { timeout: 60_000 });
  // Caught up: from here on the market takes its time.
  await page.waitForFunction(() => (window.halcyon?.stored() ?? 0) > Date.now() - 3 * 60_000, undefined, { timeout: 400_000 });
  await page.reload();
  await settled(page);
  await frames(page, 5);
  await page.screenshot({ path: `${OUT}/live.png` });
  await live.stop();
  await venues.stop();
  folder.remove();
}, 600_000);

test("lens", async () => {
  const { page } = await open(browser, at.url, DESKTOP);
  await settled(page);
  const box = await page.locator("canvas.heat").boundingBox();
  // Over the fullest price of the profile, some way before the newest column.
  const y = await page.evaluate(() => {
    const profile = window.halcyon?.profile(), size = window.halcyon?.level(), height = window.halcyon?.view()?.height ?? 0;
    if (!profile || !size) return height / 2;
    const rows = profile.totals.map((usd, i) => ({ usd, y: window.halcyon?.chartY(1.0001 ** ((profile.first + i + 0.5) * 2 ** size.shift)) ?? -1 }));
    return rows.filter((row) => row.y > 0.3 * height && row.y < 0.7 * height).reduce((a, b) => (b.usd > a.usd ? b : a), { usd: 0, y: height / 2 }).y;
  });
  await page.mouse.move((box?.x ?? 0) + 0.8 * (box?.width ?? 0), (box?.y ?? 0) + y);
  await page.keyboard.down("Alt");
  await page.waitForFunction(() => (window.halcyon?.lens() as { complete: boolean } | null)?.complete);
  await frames(page, 3);
  await page.screenshot({ path: `${OUT}/lens.png` });
  await page.context().close();
});
