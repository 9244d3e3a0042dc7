/** Alerts: made in the panel and on the chart, kept by the server, told on the page. */
import { beforeEach, expect, test } from "vitest";
import { settled } from "../support/browser";
import { paneBox } from "../support/pixels";
import { arrive, fake, page, visit, visits } from "../support/visits";

visits({ provoked: ["422"] });
beforeEach(async () => {
  fake.alerts.rules = [];
  fake.alerts.fired = [];
  await visit();
});

test("an alert is made, paused, and deleted, and the server keeps it", async () => {
  await page.click('[aria-label="Alerts"]');
  await page.selectOption('[aria-label="When"]', "swept");
  await page.fill('input[aria-label="At least"]', "7");
  await page.click('.draft [data-value="short"]');
  await page.click("text=Make the alert");
  await page.waitForSelector(".rules li");
  expect(fake.alerts.rules).toMatchObject([{ kind: "swept", venue: "simex", symbol: "BTC", usd: 7e6, side: "short" }]);
  expect(await page.innerText(".rules li span")).toBe("shorts zone ≥ $7.00 M swept");
  expect(await page.innerText(".panel .source")).toContain("by webhook");
  await page.click('[aria-label="Pause"]');
  await page.waitForSelector('.rules li[data-paused="true"]');
  expect(fake.alerts.rules[0]?.paused).toBe(true);
  await page.click('[aria-label="Delete the alert"]');
  await page.waitForSelector("text=No alerts yet.");
  expect(fake.alerts.rules).toEqual([]);
});

test("a zone is picked on the chart, and what the server refuses is told", async () => {
  await page.waitForFunction(() => (window.halcyon?.zones().length ?? 0) > 0);
  await page.keyboard.press("!");
  await settled(page);
  const zone = await page.evaluate(() => window.halcyon?.zones()[3]), box = await paneBox(page);
  if (!zone) throw new Error("no zone");
  await page.click('[aria-label="Pick a zone on the chart"]');
  await page.mouse.click(box.x + 300, box.y + (await page.evaluate((p) => window.halcyon?.chartY(p) ?? 0, (zone.low + zone.high) / 2)));
  await page.waitForFunction(() => !document.querySelector(".draft .where")?.textContent?.includes("anywhere"));
  await page.click("text=Make the alert");
  await page.waitForSelector(".rules li");
  expect(fake.alerts.rules[0]?.low).toBeCloseTo(zone.low, 2);
  expect(fake.alerts.rules[0]?.high).toBeCloseTo(zone.high, 2);
  await page.fill('input[aria-label="At least"]', "0");
  await page.click("text=Make the alert");
  await page.waitForSelector("text=rule usd 0: want above 0");
});

test("a zone of the list, or a right click on the chart, opens an alert on it", async () => {
  await page.waitForSelector(".zone");
  const zone = await page.evaluate(() => window.halcyon?.zones()[0]);
  await page.locator(".zones li").first().hover();
  await page.click(`[aria-label="Alert me of ${zone?.name}"]`);
  await page.waitForSelector(".draft .where");
  await page.click("text=Make the alert");
  await page.waitForSelector(".rules li");
  expect(fake.alerts.rules[0]?.low).toBeCloseTo(zone?.low ?? 0, 2);
  expect(fake.alerts.rules[0]?.side).toBe(zone?.side);
  await page.keyboard.press("Escape");
  await settled(page);
  const box = await paneBox(page), price = await page.evaluate(() => {
    const { first } = window.halcyon!.range()!.rows, { shift } = window.halcyon!.level()!;
    return 1.0001 ** ((first + 12) * 2 ** shift);
  });
  await page.mouse.click(box.x + 300, box.y + (await page.evaluate((p) => window.halcyon?.chartY(p) ?? 0, price)), { button: "right" });
  await page.waitForSelector(".draft .where");
  await page.click("text=Make the alert");
  await expect.poll(() => fake.alerts.rules.length).toBe(2);
  // Around the price, or the zone that stands at it.
  expect(fake.alerts.rules[1]?.low).toBeLessThan(price * 1.003);
  expect(fake.alerts.rules[1]?.high).toBeGreaterThan(price * 0.997);
});

test("a live server pushes what fires: the page is told at once, and asks for what it missed when the stream is back", async () => {
  fake.mood.live = true;
  fake.alerts.rules = [{ id: "1", kind: "near", venue: "simex", symbol: "BTC", within: 0.01, usd: 1e6 }];
  try {
    await visit();
    await expect.poll(() => fake.stream.listeners, { timeout: 20_000 }).toBe(1);
    // Told by the stream alone: whoever asks is not told of it.
    const pushed = fake.alerts.fire(fake.alerts.rules[0]!, "pushed");
    fake.alerts.fired = [];
    fake.stream.say({ type: "alert", ...pushed });
    await page.waitForSelector(".toast");
    expect(await page.innerText(".toast")).toContain("pushed");
    fake.stream.away = true;
    fake.stream.cut();
    fake.alerts.fire(fake.alerts.rules[0]!, "missed");
    fake.stream.away = false;
    await page.waitForSelector(".toast:has-text('missed')", { timeout: 40_000 });
  } finally {
    fake.mood.live = false;
    fake.stream.away = false;
  }
});

test("what fires is shown over the page, listed, and leads to the chart", async () => {
  await page.keyboard.press("!");
  await page.click("text=Make the alert");
  await page.waitForSelector(".rules li");
  fake.alerts.fire(fake.alerts.rules[0]!, "BTC on simex: 0.84 % from a zone");
  await page.waitForSelector(".toast", { timeout: 30_000 });
  expect(await page.innerText(".toast")).toContain("0.84 % from a zone");
  expect(await page.innerText(".fired")).toContain("0.84 % from a zone");
  await page.click("text=show on the chart");
  await page.waitForFunction(() => location.search.includes("mark=64500-64600"));
  await page.click('[aria-label="Put away"]');
  await page.waitForFunction(() => !document.querySelector(".toast"));
});

test("with the user's leave it is told by a notification of the desktop; a browser that makes none is no fault", async () => {
  for (const makes of [true, false]) {
    await arrive("?symbol=BTC");
    await page.addInitScript((allowed) => {
      const shown: string[] = [];
      Object.assign(window, { shown, Notification: Object.assign(function (title: string, { body }: { body: string }) {
        shown.push(title, body);
        if (!allowed) throw new TypeError("Illegal constructor");
      }, { permission: "granted" }) });
    }, makes);
    await page.reload();
    await settled(page);
    fake.alerts.rules = [{ id: "1", kind: "near", venue: "simex", symbol: "BTC", within: 0.01, usd: 1e6 }];
    await page.keyboard.press("!");
    await page.waitForSelector(".panel .source:has-text('Desktop notifications are on')");
    fake.alerts.fire(fake.alerts.rules[0]!, "BTC on simex: a zone is near");
    await page.waitForFunction(() => (window as unknown as { shown: string[] }).shown.length > 0, undefined, { timeout: 30_000 });
    expect(await page.evaluate(() => (window as unknown as { shown: string[] }).shown.join())).toContain("a zone is near");
    expect(await page.innerText(".toast")).toContain("a zone is near");
  }
});
