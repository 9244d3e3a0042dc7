/** Panes under the chart and observed circles on it: against the fake, which reports liquidations of DOGE and none of BTC. */
import { expect, test } from "vitest";
import type { Debug } from "../../src/chart/debug";
import { GAP, LAPSE } from "../fake/answers";
import { TO } from "../fake/market";
import { frames, settled } from "../support/browser";
import { colour, paneBox, painted, picture } from "../support/pixels";
import { fake, opened, page, visit, visits } from "../support/visits";

visits();

const panes = (): Promise<ReturnType<Debug["panes"]>> => page.evaluate(() => window.halcyon?.panes() ?? { titles: [], notes: [], captions: [], pointed: [], ends: [], height: 0 });

/** Pixels of the hue that only observed things have. */
async function observedPixels(): Promise<number> {
  const png = await picture(page, await paneBox(page));
  let count = 0;
  for (let y = 0; y < png.height; y++) {
    for (let x = 0; x < png.width; x++) {
      const [r, g, b] = colour(png, x, y);
      if (r > 200 && b > 215 && g < 175 && g > 105) count++;
    }
  }
  return count;
}

/** The panes of BTC that are hatched from one instant to another, ms. */
async function hatched({ from, to }: { from: number; to: number }): Promise<string[]> {
  const { titles, height } = await panes(), map = await paneBox(page), each = height / titles.length, out: string[] = [];
  const [x0, x1] = await page.evaluate(([a, b]) => [a, b].map((t) => (window.halcyon?.pixel(t as number, 1)?.x ?? 0) / (window.halcyon?.view()?.ratio ?? 1)), [from, to]) as [number, number];
  for (const [i, title] of titles.entries()) {
    // What a line or bars cover is far less than a hatch does.
    const clip = { x: map.x + x0 + 3, y: map.y + map.height + (i + 0.5) * each, width: x1 - x0 - 6, height: 0.4 * each };
    if (painted(await picture(page, clip)) > 0.3) out.push(title.replace(/^\w+ +/, "").split(/[ ,]+/).slice(0, 2).join(" "));
  }
  return out;
}

test("panes are hatched where what they tell of is missing", async () => {
  const around = ({ from, to }: { from: number; to: number }): string => `?symbol=BTC&panes=on&window=${from - 3_600_000}-${to + 3_600_000}`;
  await visit(around(LAPSE));
  expect(await hatched(LAPSE)).toEqual(["open interest", "longs −"]);
  expect(await hatched({ from: LAPSE.to + 600_000, to: LAPSE.to + 3_000_000 })).toEqual([]);
  expect((await panes()).notes[0]).toContain("the venue reported no liquidations here, and was not heard all the time");
  await visit(around(GAP));
  expect(await hatched(GAP)).toEqual(["swept USD:", "open interest", "taker buys", "longs −"]);
});

test("panes open by key and button, say what is estimated and what observed, and leave the map in step", async () => {
  await visit("?symbol=BTC");
  expect((await panes()).titles).toEqual([]);
  const before = await paneBox(page), asked = opened.requests.length;
  await page.keyboard.press("b");
  await settled(page);
  const { titles, height } = await panes();
  expect(titles.map((title) => title.split(" ")[0])).toEqual(["ESTIMATED", "OBSERVED", "OBSERVED", "ESTIMATED", "OBSERVED"]);
  expect(titles.join()).not.toContain("liquidations");
  const { notes } = await panes(), newest = new Date(TO).toISOString().slice(0, 16).replace("T", " ");
  expect(notes.every((note) => note.startsWith(`to ${newest}`)), notes.join()).toBe(true);
  expect(notes[0]).toContain("the venue reported no liquidations here");
  expect(opened.requests.slice(asked).filter((url) => !/\/(tiles|columns|funding|status|instruments)/.test(url))).toEqual([]);
  // The map ends where the panes begin, and the profile and the candles keep its rows.
  const box = await paneBox(page), view = await page.evaluate(() => window.halcyon?.view());
  expect(Math.abs(box.height + height - before.height)).toBeLessThanOrEqual(2);
  expect(view?.height).toBe(Math.round(box.height));
  const [y, row] = await page.evaluate(() => {
    const price = 1.0001 ** (((window.halcyon?.range()?.rows.first ?? 0) + 40) * 2 ** (window.halcyon?.level()?.shift ?? 0));
    return [window.halcyon?.chartY(price) ?? 0, window.halcyon?.pixel(0, price)?.y ?? 99];
  });
  expect(Math.abs(y - row)).toBeLessThan(1);
  await page.waitForFunction(() => location.search.includes("panes=on"));
  await page.keyboard.press("3");
  await settled(page);
  await page.reload();
  await settled(page);
  expect((await panes()).titles).toHaveLength(5);
  await page.click('[aria-label="Panes"]');
  await settled(page);
  expect((await panes()).titles).toEqual([]);
  expect((await paneBox(page)).height).toBe(before.height);
});

test("a change of level under open panes keeps time and columns together", async () => {
  await visit("?symbol=BTC&panes=on");
  const box = await paneBox(page);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const wide = await page.evaluate(() => window.halcyon?.level()?.level ?? -1);
  for (let i = 0; i < 12; i++) {
    await page.mouse.wheel(0, -100);
    await frames(page, 1);
  }
  // It changes once the wheel rests.
  await page.waitForFunction((before) => (window.halcyon?.level()?.level ?? Infinity) < before, wide);
  await settled(page);
  const reading = await page.evaluate(() => ({ reading: window.halcyon?.reading() as { from: number; to: number } | null, view: window.halcyon?.view() }));
  const at = (reading.view?.time0 ?? 0) + (box.width / 2) * (reading.view?.msPerPixel ?? 0);
  expect(at).toBeGreaterThanOrEqual((reading.reading?.from ?? 0) - 60_000);
  expect(at).toBeLessThanOrEqual((reading.reading?.to ?? 0) + 60_000);
});

test("observed liquidations are circles in a hue of their own, and a pane of their own, only where they exist", async () => {
  await visit("?symbol=BTC&panes=on&range=3d");
  await page.addStyleTag({ content: ".heat, .readout, .legend { visibility: hidden !important }" });
  expect(await observedPixels()).toBe(0);
  await page.context().close();
  await visit("?symbol=DOGE&panes=on&range=3d");
  await page.addStyleTag({ content: ".heat, .readout, .legend { visibility: hidden !important }" });
  await frames(page, 2);
  expect((await panes()).titles[1]).toContain("OBSERVED  liquidations");
  expect(await observedPixels()).toBeGreaterThan(30);
});

/** What the funding pane says, once the server has told. */
async function fundingNote(): Promise<string> {
  await page.waitForFunction(() => !/asking/.test(window.halcyon?.panes().notes.at(-1) ?? "asking"), undefined, { timeout: 50_000 });
  return (await panes()).notes.at(-1) ?? "";
}

test("the funding pane says whose rate it shows and for how long, reads it at the cross-hair, and says where there is none", async () => {
  await visit("?symbol=BTC&panes=on&range=3d");
  expect(await fundingNote()).toMatch(/^to [^,]*, simex BTC, % per 8 h assumed$/);
  expect((await panes()).titles.at(-1)).toContain("OBSERVED  funding");
  const box = await paneBox(page);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForFunction(() => /^(−0\.0050|0\.0100|0\.0200) %$/.test(window.halcyon?.panes().pointed.at(-1) ?? ""), undefined, { timeout: 20_000 });
  // So is every other pane that has a line, in its own unit.
  const { pointed, captions } = await panes();
  expect(pointed.slice(1)).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(/^−?\d/)));
  captions.slice(1).forEach((caption, i) => expect(caption).toContain(pointed[i + 1]));
  await page.context().close();
  await visit("?symbol=DOGE&panes=on&range=3d");
  expect(await fundingNote()).toContain("none in these columns");
});

test("the funding pane ends at the replayed instant", async () => {
  const at = TO - 86_400_000;
  await visit(`?symbol=BTC&panes=on&range=3d&at=${at}`);
  const note = await fundingNote();
  expect(note).toContain(`to ${new Date(at).toISOString().slice(0, 16).replace("T", " ")}`);
  expect(note).toContain("simex BTC");
  expect((await panes()).ends.at(-1)).toBeLessThan(at);
});

test("rates of a combination are called a mean, and of whom", async () => {
  fake.mood.several = true;
  try {
    await visit("?venue=all&symbol=BTC&panes=on");
    expect(await fundingNote()).toContain("mean of simex, tenth, % per 8 h, some assumed so");
  } finally {
    fake.mood.several = false;
  }
});
