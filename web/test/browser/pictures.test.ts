/**
 * Every view as a trader meets it: drawn in full, nothing lying over the data,
 * nothing cut off. With OUT set each test leaves the picture that it judged;
 * `make screenshots` makes those of the documentation so, over recorded data.
 */
import { afterAll, describe, expect, test } from "vitest";
import type { Browser } from "playwright-core";
import { frames, launch, open, PHONE, settled } from "../support/browser";
import { describeUnless, run, scratch, unbuilt, type Running } from "../support/halcyon";
import { bare, painted, paneBox, picture } from "../support/pixels";
import { OUT, shot } from "../support/shot";
import { page, visit, visits } from "../support/visits";

visits({ anyServer: true });

/** Names of visible controls that lie over the plot, over each other, or beyond the window. */
const misplaced = (): Promise<string[]> => page.evaluate(() => {
  const shown = (selector: string): Element[] => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
  const name = (e: Element): string => e.getAttribute("aria-label") ?? e.textContent ?? e.tagName;
  const over = (a: DOMRect, b: DOMRect): boolean => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const controls = shown("button, select, input, .legend, .head .what, .profile-head p").filter((e) => !e.closest(".backdrop, .card, .zones, .panel, .legend figcaption, .tiers, .lens"));
  const plots = [...document.querySelectorAll(".plot")], out: string[] = [];
  controls.forEach((e, i) => {
    const box = e.getBoundingClientRect(), scrolls = e.closest(".thumb, .reading, .chips, .footer") !== null;
    if (box.width === 0) return;
    if (plots.some((plot) => over(box, plot.getBoundingClientRect()))) out.push(`${name(e)} over a plot`);
    if (!scrolls && (box.left < 0 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)) out.push(`${name(e)} beyond the window`);
    for (const f of controls.slice(i + 1)) if (!e.contains(f) && !f.contains(e) && !(scrolls && f.closest(".thumb, .reading, .chips, .footer")) && over(box, f.getBoundingClientRect())) out.push(`${name(e)} over ${name(f)}`);
  });
  return out;
});

/** Nothing is misplaced, and every chart shows a map. */
async function judged(name: string): Promise<void> {
  await frames(page, 5);
  expect(await misplaced(), name).toEqual([]);
  expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual(await page.evaluate(() => [innerWidth, innerHeight]));
  await shot(page, name);
  await bare(page);
  expect(painted(await picture(page, await paneBox(page))), name).toBeGreaterThan(0.02);
}

describe("a view", () => {
  test.each([
    ["heatmap-24h", "", {}],
    ["heatmap-7d", "?range=7d", {}],
    ["optical", "?leverage=fresh", {}],
    ["light", "?range=3d&theme=light&panes=on", {}],
    ["what-if", "?panel=whatif&whatif=63000", {}],
    ["calculator", "?panel=calculator&calc=long__25000_25_isolated_0_0.0005", {}],
    ["wide", "?range=3d", { viewport: { width: 1920, height: 1080 } }],
    ["low", "?panes=on", { viewport: { width: 1280, height: 620 } }],
    ["phone", "", PHONE],
  ])("%s", async (name, query, size) => {
    await visit(query, size);
    await judged(name);
  }, 120_000);

  test("layout: four charts of four instruments, or as many as there are, all of them drawn", async () => {
    await visit("?range=3d");
    await page.keyboard.press("^");
    await page.keyboard.press("^");
    await page.waitForFunction(() => document.querySelectorAll(".cell .profile canvas").length === 4);
    await settled(page);
    await judged("layout");
  });

  test("replay: the page as of nine hours before its end, and what happened next", async () => {
    await visit();
    const at = await page.evaluate(() => (window.halcyon?.stored() ?? 0) - 9 * 3_600_000);
    await page.context().close();
    await visit(`?at=${at}&reveal=on`);
    expect(await page.innerText(".head .stamp.replayed")).toContain("REPLAY");
    await judged("replay");
  });

  test("screener: a sheet of every instrument", async () => {
    await visit();
    await page.keyboard.press("/");
    await page.waitForSelector(".screener tbody tr");
    await shot(page, "screener");
  });

  test("legend: what the colours are of unfolds under the pointer, with the choice of surroundings", async () => {
    await visit();
    const level = page.locator(".legend figcaption");
    expect(await level.isVisible()).toBe(false);
    await page.hover(".legend");
    await expect.poll(() => level.isVisible()).toBe(true);
    const usual = await level.innerText();
    await shot(page, "legend");
    await page.click('.legend [role=radio][data-value="0.1"]');
    await page.waitForFunction(() => location.search.includes("band=0.1"));
    await settled(page);
    await expect.poll(() => level.innerText()).toContain("within ±10 % of price");
    await page.click('.legend [role=radio][data-value=""]');
    await settled(page);
    await expect.poll(() => level.innerText()).toBe(usual);
  });

  test("lens: over the fullest price of the profile", async () => {
    await visit();
    const box = await paneBox(page);
    const y = await page.evaluate(() => {
      const profile = window.halcyon?.profile(), size = window.halcyon?.level(), height = window.halcyon?.view()?.height ?? 0;
      if (!profile || !size) return height / 2;
      const rows = profile.totals.map((usd, i) => ({ usd, y: window.halcyon?.chartY(1.0001 ** ((profile.first + i + 0.5) * 2 ** size.shift)) ?? -1 }));
      return rows.filter((row) => row.y > 0.3 * height && row.y < 0.7 * height).reduce((a, b) => (b.usd > a.usd ? b : a), { usd: 0, y: height / 2 }).y;
    });
    await page.mouse.move(box.x + 0.8 * box.width, box.y + y);
    await page.keyboard.down("Alt");
    await page.waitForFunction(() => (window.halcyon?.lens() as { complete: boolean } | null)?.complete);
    await shot(page, "lens");
  });
});

// Stand-ins for every venue and the real program live on them: half an hour, run through at ten times its speed.
const skipped = unbuilt ?? (OUT ? null : "it takes minutes; set OUT to a folder for its picture");

describeUnless(skipped, "eleven venues live", () => {
  const folder = scratch(), started: Running[] = [];
  let browser: Browser | null = null;
  const start = async (...args: string[]): Promise<Running> => {
    const process = await run(...args);
    started.unshift(process);
    return process;
  };
  afterAll(async () => {
    await browser?.close();
    for (const process of started) await process.stop();
    folder.remove();
  });

  test("all of them in one map", async () => {
    const venues = await start("exchange", "--listen", "127.0.0.1:0", "--coins", "BTC", "--past", "30m");
    const live = await start("serve", "--live", "all", "--venue-url", `all=${venues.url}`, "--coins", "BTC", "--lake", folder.path, "--listen", "127.0.0.1:0");
    browser = await launch();
    const { page: p } = await open(browser, `${live.url}/?range=1h&panes=on`);
    await p.waitForFunction(() => document.querySelectorAll('.venue[data-state="live"]').length === 11, undefined, { timeout: 60_000 });
    // Caught up: from here on the market takes its time.
    await p.waitForFunction(() => (window.halcyon?.stored() ?? 0) > Date.now() - 3 * 60_000, undefined, { timeout: 400_000 });
    await p.reload();
    await settled(p);
    await shot(p, "live");
    expect(await p.innerText(".venues .count")).toBe("11 venues live");
  }, 600_000);
});
