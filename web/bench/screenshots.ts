/** Pictures of the page, for the documentation and for looking at. Run: npm run screenshots; OUT names the folder. */
import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, test } from "vitest";
import type { Browser } from "playwright-core";
import { frames, launch, open, server, settled } from "../test/support/browser";

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
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

test.each([
  { name: "heatmap-24h", query: "", size: DESKTOP },
  { name: "heatmap-7d", query: "?range=7d&threshold=0.15", size: DESKTOP },
  { name: "optical", query: "?leverage=fresh", size: DESKTOP },
  { name: "phone", query: "", size: PHONE },
])("$name", async ({ name, query, size }) => {
  const { page, complaints } = await open(browser, `${at.url}/${query}`, size);
  await settled(page);
  await frames(page, 5);
  await page.screenshot({ path: `${OUT}/${name}.png` });
  if (complaints.length > 0) console.warn(name, complaints);
  await page.context().close();
});

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
