/** A phone, upright and on its side: what is opened there can be seen whole and pressed. Against the fake. */
import { expect, test } from "vitest";
import { PHONE, frames, settled } from "../support/browser";
import { colour, picture } from "../support/pixels";
import { page, visit, visits } from "../support/visits";

visits();

const { width: WIDTH, height: HEIGHT } = PHONE.viewport;
/** The least that a finger hits, CSS pixels. */
const FINGER = 36;

interface Box { x: number; y: number; width: number; height: number }

/** Boxes of what matches, each wholly on the screen and lying open at its middle. */
async function open(selector: string): Promise<Box[]> {
  const { width: screen, height } = page.viewportSize()!;
  const found = await page.$$eval(selector, (list) => list.map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect(), top = document.elementFromPoint(x + width / 2, y + height / 2);
    return { x, y, width, height, open: top !== null && (element.contains(top) || top.contains(element)) };
  }));
  for (const box of found) {
    expect(box, selector).toMatchObject({ open: true });
    expect([box.x, box.y].every((at) => at >= 0) && box.x + box.width <= screen && box.y + box.height <= height, `${selector} ${JSON.stringify(box)}`).toBe(true);
  }
  return found;
}

test("leverage tiers open as a sheet: every row whole, large enough for a finger, and tappable", async () => {
  await visit("?symbol=BTC", PHONE);
  await page.tap("text=custom ▾");
  const rows = await open(".tiers label");
  expect(rows).toHaveLength(3);
  expect(rows.every(({ width, height }) => height >= 44 && width > 300)).toBe(true);
  await page.tap(".tiers label:has-text('Medium')");
  await page.waitForFunction(() => location.search.includes("leverage=low%2Bhigh"));
  await page.tap(".tiers label:has-text('Low')");
  await page.waitForFunction(() => location.search.includes("leverage=high"));
  await page.tap("[aria-label='Close the tiers']");
  expect(await page.locator(".tiers").count()).toBe(0);
  await settled(page);
});

test("captions of panes have one size, that of the axis: what is too long is said shorter, and how far the data go stays", async () => {
  await visit("?symbol=BTC&panes=on", PHONE);
  const { captions, titles } = await page.evaluate(() => window.halcyon!.panes());
  const { widths, room } = await page.evaluate((texts) => {
    const context = document.createElement("canvas").getContext("2d")!, view = window.halcyon!.view()!;
    context.font = "11px Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
    const measure = (text: string): number => context.measureText(text).width;
    return { widths: texts.map(measure), room: view.width / view.ratio };
  }, captions);
  expect(captions).toHaveLength(5);
  expect(Math.max(...widths)).toBeLessThan(room);
  for (const caption of captions) expect(caption).toMatch(/^(ESTIMATED|OBSERVED) .* to .*\d\d-\d\d \d\d:\d\d/);
  // Turned sideways there is room for whole titles, but for the one with most to say.
  await page.setViewportSize({ width: HEIGHT, height: WIDTH });
  expect(captions.every((caption, i) => caption.startsWith(titles[i] as string))).toBe(false);
  await page.waitForFunction((full) => window.halcyon!.panes().captions.slice(1).every((caption, i) => caption.startsWith(full[i] as string)), titles.slice(1));
});

/** Rows in which anything is drawn beside a pane's caption, of all panes whose captions leave room. */
async function besideCaptions(): Promise<number> {
  const { widths, each, chart } = await page.evaluate(() => {
    const { captions, height } = window.halcyon!.panes(), context = document.createElement("canvas").getContext("2d")!, { x, y, bottom } = document.querySelector(".chart")!.getBoundingClientRect();
    context.font = "11px Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
    return { widths: captions.map((caption) => context.measureText(caption).width + 24), each: height / captions.length, chart: { x, y, bottom: bottom - 26, width: window.halcyon!.view()!.width / window.halcyon!.view()!.ratio } };
  });
  let rows = 0, looked = 0;
  for (const [i, width] of widths.entries()) {
    if (width > chart.width - 40) continue; // no room beside it
    const png = await picture(page, { x: chart.x + width, y: chart.bottom - (widths.length - i) * each + 2, width: chart.width - width - 2, height: 10 });
    // The grid is fainter than this.
    const drawn = (y: number): boolean => Array.from({ length: png.width }, (_, x) => Math.max(...colour(png, x, y)) > 100).some(Boolean);
    rows += Array.from({ length: png.height }, (_, y) => drawn(y)).filter(Boolean).length;
    looked++;
  }
  expect(looked).toBeGreaterThan(0);
  return rows;
}

/** Panes take their heights over a few frames after a resize: then nothing is beside a caption. */
const clearCaptions = (): Promise<void> => expect.poll(besideCaptions, { timeout: 8_000 }).toEqual(0);

test.each([["on its side", { width: HEIGHT, height: WIDTH }, "", 2], ["four on a desktop", { width: 1440, height: 900 }, "&layout=4", 4]] as const)("low panes are as many as have room, say that there are more, and draw nothing where a caption stands: %s", async (_, viewport, more, count) => {
  await visit(`?symbol=BTC&panes=on${more}`, { viewport });
  const { captions, height } = await page.evaluate(() => window.halcyon!.panes());
  expect(captions).toHaveLength(count);
  expect(captions.at(-1)).toMatch(new RegExp(`  ·  ${5 - count} more in a higher chart$`));
  expect(height / count).toBeGreaterThan(30);
  expect(height).toBeLessThan((await page.evaluate(() => window.halcyon!.view()!.height)));
  await clearCaptions();
  // Where there is room again they are back.
  await page.setViewportSize({ width: viewport.width, height: 1600 });
  await page.waitForFunction(() => window.halcyon!.panes().captions.length === 5 && !/more/.test(window.halcyon!.panes().captions.join()));
  await settled(page);
  await clearCaptions();
});

test.each([["q", "What if"], ["k", "Calculator"], ["!", "Alerts"], ["z", "Zones"]])("what opens beside the chart leaves all of it to be seen: %s", async (key, name) => {
  await visit("?symbol=BTC", PHONE);
  for (const viewport of [{ width: WIDTH, height: HEIGHT }, { width: HEIGHT, height: WIDTH }]) {
    await page.setViewportSize(viewport);
    await page.keyboard.press(key);
    const sheet = page.locator(`.stage > aside[aria-label^="${name}"]`);
    await sheet.waitFor();
    await settled(page);
    const beside = (await sheet.boundingBox())!, plot = (await page.locator(".plot").boundingBox())!;
    expect(plot.y + plot.height <= beside.y + 1 || plot.x + plot.width <= beside.x + 1, JSON.stringify([plot, beside])).toBe(true);
    expect(plot.height).toBeGreaterThan(0.25 * viewport.height);
    expect(plot.width).toBeGreaterThan(0.5 * viewport.width);
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(viewport.height);
    await page.keyboard.press(name === "Zones" ? "z" : "Escape");
    await sheet.waitFor({ state: "detached" });
  }
});

test("the line is dragged by a finger while it and its answer are seen", async () => {
  await visit("?symbol=BTC", PHONE);
  await page.keyboard.press("q");
  await page.waitForFunction(() => location.search.includes("whatif="));
  await settled(page);
  const [answer] = await open(".panel .answer:first-of-type"), plot = (await page.locator(".plot").boundingBox())!;
  const target = (): Promise<number> => page.evaluate(() => Number(new URLSearchParams(location.search).get("whatif")));
  const before = await target(), y = plot.y + (await page.evaluate((price) => window.halcyon!.chartY(price)!, before));
  expect(y > plot.y && y < plot.y + plot.height - 26).toBe(true);
  const touch = await page.context().newCDPSession(page), x = plot.x + plot.width / 3;
  const send = (type: "touchStart" | "touchMove" | "touchEnd", at: number): Promise<unknown> => touch.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y: at }] });
  const words = await page.innerText(".panel .answer:first-of-type");
  await send("touchStart", y);
  for (let step = 1; step <= 6; step++) await send("touchMove", y + 5 * step);
  await page.waitForFunction((was) => Number(new URLSearchParams(location.search).get("whatif")) < was, before);
  await page.waitForFunction((was) => document.querySelector<HTMLElement>(".panel .answer")?.innerText !== was, words);
  expect(await open(".panel .answer:first-of-type")).toEqual([answer]);
  await send("touchEnd", y + 30);
  expect(Math.abs((await page.evaluate((price) => window.halcyon!.chartY(price)!, await target())) - (y + 30 - plot.y))).toBeLessThan(3);
});

test("where hardly a word has room captions end in dots, and are not drawn smaller", async () => {
  await visit("?symbol=BTC&layout=4&panes=on", PHONE);
  const { captions, room } = await page.evaluate(() => ({ captions: window.halcyon!.panes().captions, room: window.halcyon!.view()!.width / window.halcyon!.view()!.ratio }));
  expect(room).toBeLessThan(130);
  expect(captions.length).toBeGreaterThan(0);
  for (const caption of captions) expect(caption).toMatch(/^(ESTIMATED|OBSERVED)  .+…$/);
});

test("a label of the time axis is never cut at its ends, wherever the chart is moved", async () => {
  await visit("?symbol=BTC", PHONE);
  const box = await page.locator(".chart table tr:last-child td:nth-child(2)").first().boundingBox();
  if (!box) throw new Error("no time axis");
  const inked = (png: Awaited<ReturnType<typeof picture>>, x: number): boolean => Array.from({ length: png.height }, (_, y) => colour(png, x, y)[0] > 60).some(Boolean);
  for (let step = 0; step < 24; step++) {
    await page.evaluate(() => {
      const v = window.halcyon!.view()!, by = -(9 * v.ratio) * v.msPerPixel;
      window.halcyon!.go(v.time0 + by, v.time0 + by + v.width * v.msPerPixel);
    });
    await frames(page, 2);
    const png = await picture(page, { ...box, height: box.height - 2 });
    expect([inked(png, 0), inked(png, png.width - 1)], `step ${step}`).toEqual([false, false]);
    expect(Array.from({ length: png.width }, (_, x) => inked(png, x)).some(Boolean)).toBe(true);
  }
});

test("the replay bar takes two lines, and says what the chart is: all of it on the screen", async () => {
  await visit("?symbol=BTC", PHONE);
  await page.tap("[aria-label='Replay']");
  await settled(page);
  const [date] = await open("#replay-time"), [field] = await open(".date"), [calendar] = await open(".date button");
  expect(calendar!.x + calendar!.width).toBeLessThanOrEqual(field!.x + field!.width);
  expect(await page.locator("#replay-time").evaluate((input: HTMLInputElement) => input.scrollWidth <= input.clientWidth)).toBe(true);
  const buttons = await open(".replay button");
  const last = buttons.slice(-2);
  expect(await page.locator(".replay button").last().innerText()).toBe("now");
  expect(last.every(({ y, height }) => Math.abs(y + height / 2 - ((date?.y ?? 0) + (date?.height ?? 0) / 2)) < 3)).toBe(true);
  expect(buttons.every(({ height }) => height >= FINGER)).toBe(true);
  const bar = await page.locator(".replay").boundingBox();
  expect(bar?.height).toBeLessThan(3 * FINGER);
  const stamps = await open(".head .stamp");
  expect(stamps).toHaveLength(3);
  expect(new Set(stamps.map(({ y }) => y)).size, "one line").toBe(1);
});

test.each(["z", "robust", "percentile", "usd", "linear"])("the legend's words stay on the screen and apart: %s", async (norm) => {
  await visit(`?symbol=BTC&norm=${norm}`, PHONE);
  const labels = await open(".legend .scale > span"), [name] = await open(".legend > b");
  labels.reduce((before, label) => {
    expect(label.x).toBeGreaterThan(before);
    return label.x + label.width;
  }, (name?.x ?? 0) + (name?.width ?? 0) - 1);
});

test("what lies beyond the edge of a row fades, and can be reached", async () => {
  await visit("?symbol=BTC", PHONE);
  const fade = await page.evaluate(() => {
    const row = document.querySelector(".reading")!, { right } = row.getBoundingClientRect(), style = getComputedStyle(row, "::after");
    return { more: row.scrollWidth > row.clientWidth, position: style.position, over: right };
  });
  expect(fade).toMatchObject({ more: true, position: "sticky" });
  await page.locator("[aria-label='Lens']").first().scrollIntoViewIfNeeded();
  await page.locator(".reading [aria-label='Replay']").scrollIntoViewIfNeeded();
  await open(".reading [aria-label='Replay']");
});

test("turned on its side the chart stays, takes the width, and nothing lies over anything", async () => {
  await visit("?symbol=BTC", PHONE);
  await page.setViewportSize({ width: HEIGHT, height: WIDTH });
  await page.waitForFunction((wide) => document.querySelector(".plot")!.getBoundingClientRect().width === wide, HEIGHT);
  await settled(page);
  expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([HEIGHT, WIDTH]);
  expect((await open(".plot"))[0]?.height).toBeGreaterThan(WIDTH / 2);
  await open(".head .stamp, .legend .scale > span, .thumb .zoom button, [aria-label='More controls'], .reading [aria-label='Lens']");
  await page.tap("text=custom ▾");
  expect(await open(".tiers label")).toHaveLength(3);
  await page.tap("[aria-label='Close the tiers']");
  await page.setViewportSize({ width: WIDTH, height: HEIGHT });
  await page.waitForFunction((wide) => document.querySelector(".plot")!.getBoundingClientRect().width === wide, WIDTH);
});

test("the profile over the chart is drawn as soon as it is asked for", async () => {
  await visit("?symbol=BTC", PHONE);
  await page.keyboard.press("f");
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".profile canvas")!, context = canvas.getContext("2d")!;
    return canvas.clientWidth > 0 && canvas.width > 0 && context.getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
  });
});

test("zones and the scorecard are sheets over the chart, each row of them within reach", async () => {
  await visit("?symbol=BTC", PHONE);
  expect(await page.evaluate(() => location.search)).not.toContain("zones");
  await page.tap("[aria-label='More controls']");
  await page.tap("[aria-label='Zones']");
  await page.tap("[aria-label='More controls']");
  const [sheet] = await open(".zones");
  expect(sheet?.width).toBe(WIDTH);
  expect((sheet?.y ?? 0) > HEIGHT / 3).toBe(true);
  const last = page.locator(".zones .zone").last();
  await last.scrollIntoViewIfNeeded();
  await last.tap();
  await page.waitForFunction(() => location.search.includes("mark="));
  await page.tap("[aria-label='Close the zones']");
  expect(await page.locator(".zones").count()).toBe(0);
  await page.tap("[aria-label='More controls']");
  await page.tap("[aria-label='Record']");
  const [record] = await open(".sheet");
  expect((record?.x ?? -1) >= 0 && (record?.width ?? WIDTH) < WIDTH).toBe(true);
});
