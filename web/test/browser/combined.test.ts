/** One coin over venues: the picker's combination, chips, shares in the read-out, the profile by venue, and Optical combined. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { SHARES } from "../fake/server";
import { settled } from "../support/browser";
import { paneBox } from "../support/pixels";
import { fake, page, visit, visits } from "../support/visits";

visits();
beforeEach(() => {
  fake.mood.several = true;
});
afterEach(() => {
  fake.mood.several = false;
});

const chip = (venue: string) => page.locator(".chip", { hasText: venue });
const pressed = async (): Promise<string[]> => (await page.locator('.chip[aria-pressed="true"]').allTextContents()).map((text) => text.trim());
const profile = () => page.evaluate(() => window.halcyon?.profile() ?? null);

/** Waits until the address says what is expected of it. */
async function addressed(name: string, value: string | null): Promise<void> {
  await page.waitForFunction(([key, wanted]) => new URLSearchParams(location.search).get(key as string) === wanted, [name, value] as const);
}

test("opens with all venues, and chips switch them off and on", async () => {
  await visit();
  expect(await page.locator("#instrument option:checked").textContent()).toBe("BTC · all venues");
  expect(await pressed()).toEqual(["simex", "tenth"]);
  const whole = (await profile())?.total ?? 0;
  await chip("tenth").click();
  await addressed("venue", "simex");
  await settled(page);
  expect(await pressed()).toEqual(["simex"]);
  // One venue alone is its own instrument, and stands lower by what the other brought.
  await expect.poll(async () => ((await profile())?.total ?? 0) / whole, { timeout: 15_000 }).toBeCloseTo(SHARES["simex"] as number, 1);
  // The last venue stays.
  await chip("simex").click();
  expect(await pressed()).toEqual(["simex"]);
  await page.keyboard.press("*");
  await addressed("venue", "all");
  expect(await pressed()).toEqual(["simex", "tenth"]);
});

test("the read-out tells each venue's share, the profile is cut by venue", async () => {
  await visit("?venue=all&symbol=BTC");
  const pane = await paneBox(page);
  await page.mouse.move(pane.x + pane.width * 0.6, pane.y + pane.height * 0.35);
  await page.waitForFunction(() => window.halcyon?.reading() !== null);
  // Look for a cell that holds something.
  for (let y = 0.3; y < 0.48; y += 0.01) {
    await page.mouse.move(pane.x + pane.width * 0.6, pane.y + pane.height * y);
    await page.waitForTimeout(50);
    if ((await page.evaluate(() => (window.halcyon?.reading() as { state: string } | null)?.state)) === "cell") break;
  }
  await page.waitForSelector(".readout .shares");
  expect((await page.locator(".readout .shares").textContent())?.replace(/\s+/g, " ")).toMatch(/simex 60 %.*tenth 40 %/);
  await page.keyboard.press("|");
  await page.waitForFunction(() => window.halcyon?.profile()?.groups.join() === "simex,tenth");
  expect(await page.locator(".profile-foot").textContent()).toContain("tenth");
  await addressed("stack", "venue");
  await page.getByRole("button", { name: "by venue" }).click();
  await page.waitForFunction(() => window.halcyon?.profile()?.groups.join() === "low,medium,high");
});

test("Optical combined counts standard deviations, and says so", async () => {
  await visit("?venue=all&symbol=BTC");
  await page.keyboard.press("d");
  await addressed("venue", "all.z");
  await settled(page);
  expect(await page.locator('[data-value="equal"]').getAttribute("aria-checked")).toBe("true");
  expect(await page.locator(".head .what").textContent()).toContain("all venues, equalised");
  expect(await page.locator(".legend").textContent()).toContain("Σ cells/sd");
  expect(await page.locator('[aria-label="Normalisation"]').textContent()).not.toContain("USD");
  await page.locator('[aria-label="Leverage"] [data-value="all"]').click();
  await addressed("venue", "all");
  await addressed("leverage", null);
});

test("a link to some venues shows them, and asks once a poll", async () => {
  await visit("?venue=simex%2Btenth.z&symbol=BTC&leverage=fresh");
  await page.waitForFunction(() => document.querySelector(".head .what")?.textContent?.includes("simex + tenth, equalised"));
  expect(await pressed()).toEqual(["simex", "tenth"]);
  // What is not listed by itself is found out by one poll, and known to the next.
  for (let poll = 0; poll < 2; poll++) {
    const asked: string[] = [];
    const note = (request: { url(): string }): void => void (request.url().includes("/instruments") && asked.push(request.url()));
    page.on("request", note);
    await Promise.all([page.waitForResponse((response) => response.url().includes("/instruments?also=")), page.evaluate(() => window.halcyon?.poll())]);
    page.off("request", note);
    if (poll === 1) expect(asked.length).toBe(1);
  }
  expect(await pressed()).toEqual(["simex", "tenth"]);
});
