/** The page where something is missing: data, server, WebGL, room. Against the fake, which can be told to fail. */
import { beforeEach, describe, expect, test } from "vitest";
import { LAPSE } from "../fake/answers";
import { TO } from "../fake/market";
import { frames, launch, open, PHONE, settled } from "../support/browser";
import { bare, different, painted, paneBox, picture } from "../support/pixels";
import { arrive, fake, url, visit, visits } from "../support/visits";

// What is told to fail is complained of.
visits({ provoked: "all" });
beforeEach(() => Object.assign(fake.mood, { status: "ready", empty: false, broken: false, delayMs: 0, to: TO }));

describe("each state has its own honest picture", () => {
  test("preparing shows what and how far, and then the map by itself", async () => {
    fake.mood.status = "preparing";
    const p = await arrive();
    await p.waitForSelector(".card:has-text('Preparing')");
    expect(await p.innerText(".card")).toContain("reading 3 of 8 files");
    expect(await p.locator("progress").getAttribute("value")).toBe("0.4");
    fake.mood.status = "ready";
    await settled(p);
    expect(await p.locator(".card").count()).toBe(0);
  });

  test("a failed preparation gives its reason", async () => {
    fake.mood.status = "failed";
    const p = await arrive();
    await p.waitForSelector(".card:has-text('could not prepare')");
  });

  test("an empty lake says what to do", async () => {
    fake.mood.empty = true;
    const p = await arrive();
    await p.waitForSelector(".card:has-text('halcyon import')");
  });

  test("an unknown instrument offers a known one", async () => {
    const p = await arrive("?symbol=NOPE");
    await p.waitForSelector(".card:has-text('No instrument')");
    expect(await p.innerText(".zones")).not.toContain("None in view");
    await p.click(".card button");
    await settled(p);
    expect(await p.locator("#instrument").inputValue()).toBe("simex BTC");
  });

  test("time without data leads back to the newest", async () => {
    const p = await arrive("?window=1600000000000-1600086400000");
    await p.waitForSelector(".card:has-text('Nothing is stored for this time')");
    await p.click(".card button");
    await settled(p);
  });

  test("prices at which nothing is stored are named, with a way back to the price; those of levels away from it are not", async () => {
    const p = await visit("?symbol=BTC&prices=1-2");
    await p.waitForSelector(".card:has-text('Nothing stands between these prices')");
    expect(await p.innerText(".card")).toMatch(/Price is at \d\d,\d\d\d\./);
    await p.click(".card button");
    await settled(p);
    expect(await p.locator(".card").count()).toBe(0);
    await p.waitForFunction(() => !location.search.includes("prices="));
    await p.context().close();
    const away = await visit("?symbol=BTC&prices=50000-52000");
    await frames(away, 5);
    expect(await away.locator(".card").count()).toBe(0);
    // What lies between them and price is not asked for, and not waited for either.
    expect(await away.innerText(".profile-head")).toMatch(/sums of what is in view/);
    expect(await away.evaluate(() => window.halcyon?.profile()?.total ?? 0)).toBeGreaterThan(0);
  });

  test("a server that goes away is named, what was drawn stays, and it comes back", async () => {
    const p = await visit();
    await p.route("**/api/**", (route) => route.abort());
    await p.evaluate(() => window.halcyon?.poll());
    await p.waitForSelector(".ribbon:has-text('Disconnected')", { timeout: 20_000 });
    await p.unroute("**/api/**");
    await p.waitForSelector(".ribbon", { state: "detached", timeout: 20_000 });
  });

  test("a server that answers with errors is quoted", { timeout: 120_000 }, async () => {
    const p = await visit();
    fake.mood.broken = true;
    await p.keyboard.press("4");
    await p.waitForSelector(".footer .note:has-text('the fake was told to fail')");
    fake.mood.broken = false;
    await settled(p);
    await p.waitForSelector(".footer .note:has-text('told to fail')", { state: "detached", timeout: 60_000 });
  });

  test("gaps are hatched and named", async () => {
    const p = await visit("?leverage=fresh");
    expect(await p.innerText(".footer")).toContain("trades missing in view");
  });

  test("what is missing while trades are there is named, in view and under the cross-hair", async () => {
    const p = await visit(`?window=${LAPSE.from - 7_200_000}-${LAPSE.to + 7_200_000}`);
    const note = p.locator(".footer .note:has-text('missing in view')");
    expect(await note.innerText()).toBe("liquidations, open interest missing in view");
    expect(await note.getAttribute("data-tip")).toMatch(/^Liquidations: .* Open interest: /);
    const box = await p.locator(".chart").boundingBox();
    const hover = async (time: number): Promise<void> => {
      const x = await p.evaluate((t) => (window.halcyon?.pixel(t, 1)?.x ?? 0) / (window.halcyon?.view()?.ratio ?? 1), time);
      await p.mouse.move((box?.x ?? 0) + x, (box?.y ?? 0) + 200);
    };
    await hover((LAPSE.from + LAPSE.to) / 2);
    await p.waitForSelector(".readout .missing:has-text('liquidations, open interest missing')");
    await hover(LAPSE.to + 3_600_000);
    await p.waitForSelector(".readout .missing", { state: "detached" });
    await p.waitForSelector(".readout .row");
    await p.evaluate(([from, to]) => window.halcyon?.go(from as number, to as number), [LAPSE.to + 3_600_000, LAPSE.to + 9 * 3_600_000]);
    await settled(p);
    expect(await note.count()).toBe(0);
  });
});

test("another instrument replaces everything", async () => {
  const p = await visit();
  await settled(p);
  await p.selectOption("#instrument", "simex DOGE");
  // Prices below 1 lie in negative bins.
  await p.waitForFunction(() => (window.halcyon?.range()?.rows.end ?? 1) < 0);
  await settled(p);
  await bare(p);
  expect(painted(await picture(p, await paneBox(p)))).toBeGreaterThan(0.01);
});

test("while finer cells load, coarser ones stand in", async () => {
  const p = await visit("?range=3d");
  await settled(p);
  await bare(p);
  const box = await paneBox(p), before = painted(await picture(p, box));
  const coarse = await p.evaluate(() => window.halcyon?.level()?.level ?? 0);
  fake.mood.delayMs = 1500;
  await p.evaluate(() => {
    const v = window.halcyon?.view();
    if (v) window.halcyon?.go(v.time0 + 0.5 * v.width * v.msPerPixel, v.time0 + 0.7 * v.width * v.msPerPixel);
  });
  await p.waitForFunction((level) => (window.halcyon?.level()?.level ?? level) < level && !window.halcyon?.settled(), coarse);
  await frames(p, 4);
  expect(painted(await picture(p, box))).toBeGreaterThan(before / 4);
});

describe("without WebGL2", () => {
  test("the map is drawn in 2D, cell for cell the same, and says so", async () => {
    const gl = await visit();
    await bare(gl);
    const box = await paneBox(gl), picture1 = await picture(gl, box);
    expect(await gl.evaluate(() => window.halcyon?.painter())).toBe("webgl2");
    await gl.context().close();
    const none = await launch(["--disable-webgl2", "--disable-webgl", "--disable-3d-apis"]);
    const flat = (await open(none, url)).page;
    await settled(flat);
    expect(await flat.evaluate(() => window.halcyon?.painter())).toBe("raster");
    expect(await flat.innerText(".footer")).toContain("no WebGL2");
    await bare(flat);
    const picture2 = await picture(flat, box);
    expect(painted(picture2)).toBeGreaterThan(0.02);
    // One step of the palette is the most that float32 and float64 part by.
    expect(different(picture1, picture2)).toBe(0);
    await none.close();
  });

  test("a lost context comes back with the same picture", async () => {
    const p = await visit();
    await bare(p);
    const box = await paneBox(p), before = await picture(p, box);
    await p.evaluate(() => {
      const lose = document.querySelector<HTMLCanvasElement>("canvas.heat")?.getContext("webgl2")?.getExtension("WEBGL_lose_context");
      lose?.loseContext();
      setTimeout(() => lose?.restoreContext(), 100);
    });
    await p.waitForFunction(() => document.querySelector<HTMLCanvasElement>("canvas.heat")?.getContext("webgl2")?.isContextLost() === true);
    await p.waitForFunction(() => document.querySelector<HTMLCanvasElement>("canvas.heat")?.getContext("webgl2")?.isContextLost() === false);
    await frames(p, 10);
    expect(different(before, await picture(p, box))).toBe(0);
  });
});

describe("on a phone", () => {
  test("everything fits, the chart takes the width, the profile lies over it on demand", async () => {
    const p = await visit("", PHONE);
    expect(await p.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([390, 844]);
    expect((await p.locator(".plot").boundingBox())?.width).toBe(390);
    expect((await p.locator(".plot").boundingBox())?.height).toBeGreaterThan(560);
    expect(await p.locator(".profile").isVisible()).toBe(false);
    await p.click('[aria-label="More controls"]');
    await p.click('[aria-label="Liquidation profile"]');
    expect(await p.locator(".profile").isVisible()).toBe(true);
  });

  test("a long press holds the lens above the finger", async () => {
    const p = await visit("", PHONE);
    const box = await paneBox(p), touch = { pointerType: "touch", pointerId: 7, bubbles: true, clientX: box.x + 150, clientY: box.y + 300 };
    await p.dispatchEvent(".chart", "pointerdown", touch);
    await p.waitForFunction(() => window.halcyon?.lens() !== null, undefined, { timeout: 5000 });
    await p.dispatchEvent(".chart", "pointerup", touch);
    await p.waitForFunction(() => window.halcyon?.lens() === null);
  });
});

test("on a dense screen the map covers every device pixel of its pane, in step with the candles", async () => {
  // A real device ratio: an emulated one is not seen by the canvas's device-pixel box.
  const dense = await launch(["--force-device-scale-factor=2", "--window-size=1920,1080"]);
  const p = (await open(dense, url, { viewport: null })).page;
  await settled(p);
  const [canvas, css] = await p.evaluate(() => {
    const heat = document.querySelector<HTMLCanvasElement>("canvas.heat") as HTMLCanvasElement, chart = document.querySelector<HTMLElement>(".chart td canvas") as HTMLElement;
    return [{ width: heat.width, height: heat.height, left: heat.getBoundingClientRect().left }, { width: chart.clientWidth, height: chart.clientHeight, left: chart.getBoundingClientRect().left }];
  });
  expect(canvas).toEqual({ width: 2 * css.width, height: 2 * css.height, left: css.left });
  await dense.close();
});
