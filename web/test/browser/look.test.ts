/** Theme and opacity, over whatever the server holds. */
import { expect, test } from "vitest";
import { frames, settled } from "../support/browser";
import { bare, colour, different, paneBox, picture } from "../support/pixels";
import { opened, page, visit, visits } from "../support/visits";

visits({ anyServer: true, each: true });

/** Contrast of an element's text against its own background, after WCAG 2.2. */
const contrast = (selector: string): Promise<number> => page.evaluate((s) => {
  const channels = (css: string): number[] => (css.match(/[\d.]+/g) ?? []).slice(0, 3).map((v) => {
    const x = Number(v) / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  });
  const luminance = ([r = 0, g = 0, b = 0]: number[]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const element = document.querySelector(s) as HTMLElement;
  const text = luminance(channels(getComputedStyle(element).color)), ground = luminance(channels(getComputedStyle(document.body).backgroundColor));
  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
}, selector);

test("the page is light by its key and its button, to the last pixel of the map, and the address keeps it", async () => {
  const before = opened.requests.length;
  await page.keyboard.press("t");
  await frames(page, 4);
  expect(opened.requests.length).toBe(before);
  for (const selector of [".footer .note, .footer span", ".footer .plain", ".brand", ".segments button", ".legend figcaption"]) {
    expect(await contrast(selector), selector).toBeGreaterThan(4.5);
  }
  await page.waitForFunction(() => location.search.includes("theme=light"));
  await page.reload();
  await settled(page);
  await bare(page);
  const box = await paneBox(page), corner = colour(await picture(page, { ...box, width: 4, x: box.x + box.width - 6 }), 1, 1);
  // Right of the newest column nothing is drawn: that is the paper itself.
  expect(corner).toEqual([0xf7, 0xf6, 0xf2]);
  await page.locator(".footer button:has-text('light page')").dispatchEvent("click");
  await frames(page, 3);
  expect(colour(await picture(page, { ...box, width: 4, x: box.x + box.width - 6 }), 1, 1)).toEqual([0x0b, 0x0e, 0x14]);
});

test("opacity fades the cells and nothing else, without a request", async () => {
  await bare(page);
  const box = await paneBox(page), full = await picture(page, box), before = opened.requests.length;
  await page.fill('[aria-label="Opacity"]', "0.4", { force: true });
  await frames(page, 3);
  const faint = await picture(page, box);
  expect(different(full, faint)).toBeGreaterThan(500);
  const brightest = (png: typeof full): number => png.data.reduce((most, v, i) => (i % 4 === 3 ? most : Math.max(most, v)), 0);
  expect(brightest(faint)).toBeLessThan(brightest(full) * 0.6);
  await page.waitForFunction(() => location.search.includes("opacity=0.40"));
  for (let i = 0; i < 6; i++) await page.keyboard.press("'");
  await frames(page, 3);
  expect(different(full, await picture(page, box))).toBe(0);
  expect(opened.requests.length).toBe(before);
});

test("times are the viewer's own, UTC is one key away, and a link keeps it", async () => {
  await visit("", { timezoneId: "Asia/Tokyo" });
  const end = (): Promise<string> => page.innerText(".footer .to");
  const at = (text: string): number => Date.parse(`${/\d{4}-\d\d-\d\d \d\d:\d\d/.exec(text)?.[0]}Z`);
  const local = await end();
  await page.keyboard.press("u");
  await page.waitForFunction(() => location.search.includes("zone=utc"));
  expect(await end()).toMatch(/UTC$/);
  expect(at(local) - at(await end())).toBe(9 * 3_600_000);
  await page.reload();
  await settled(page);
  expect(await end()).toMatch(/UTC$/);
});

test("candles are grey, and coloured by choice: the map beneath them stays as it is", async () => {
  const box = await paneBox(page), grey = await picture(page, box);
  await page.keyboard.press("c");
  await frames(page, 3);
  const coloured = await picture(page, box);
  expect(different(grey, coloured)).toBeGreaterThan(200);
  await page.waitForFunction(() => location.search.includes("candles=colour"));
  await page.addStyleTag({ content: ".chart { visibility: hidden !important }" });
  const map = await picture(page, box);
  await page.keyboard.press("c");
  await frames(page, 3);
  expect(different(map, await picture(page, box))).toBe(0);
});
