/** The track record beside the zones and in its sheet, against the fake: DOGE publishes liquidations, BTC does not. */
import { expect, test } from "vitest";
import { PHONE } from "../support/browser";
import { page, url, visit, visits } from "../support/visits";

visits();

const ink = (selector: string): Promise<string> => page.locator(selector).first().evaluate((e) => getComputedStyle(e).color);

test("beside the zones each stretch and side stands with its best baseline, and what does not win is grey", async () => {
  await visit("?symbol=DOGE");
  const brief = page.locator(".record-brief");
  await brief.waitFor();
  expect((await brief.innerText()).split(/\s+/).join(" ")).toBe("Record 24 h 7 d 30 d longs 0.87 0.87 0.87 baseline 0.86 0.78 0.78 shorts 0.87 0.87 0.87 baseline 0.78 0.78 0.78");
  expect(await page.locator('.claim[data-beats="false"]').count()).toBe(1);
  expect(await ink('.claim[data-beats="false"]')).toBe(await ink(".zones .dim"));
  expect(await ink('.claim[data-beats="true"]')).not.toBe(await ink(".zones .dim"));
  await brief.click();
  const sheet = page.locator('[role="dialog"]');
  expect(await sheet.locator("tbody tr").count()).toBe(5);
  expect(await sheet.locator(".verdict li").allInnerTexts()).toEqual(["24 h, longs: no lead over price move"]);
  expect(await sheet.innerText()).toContain("version v3");
  await page.keyboard.press("s");
  await sheet.waitFor({ state: "detached" });
});

test("where nothing is published it says so, and links to the model's own document", async () => {
  await visit("?symbol=BTC");
  await page.waitForSelector(".record-brief");
  expect(await page.innerText(".record-brief")).toContain("no observed liquidations here");
  await page.click(".footer .model");
  const sheet = page.locator('[role="dialog"]');
  expect(await sheet.innerText()).toContain("No observed liquidations here.");
  const [document] = await Promise.all([page.context().waitForEvent("page"), sheet.locator("a").click()]);
  expect(await document.innerText("h1")).toBe("The model");
  expect(document.url()).toBe(`${url}/docs/model`);
  await page.keyboard.press("Escape");
  // The legend links to the same document, and the footer tells the parameters.
  expect(await page.locator(".legend a").getAttribute("href")).toBe("/docs/model");
  expect(await page.innerText(".footer")).toContain("model v3, trained to 2026-05-14");
});

test("another instrument's record is not shown under the new name", async () => {
  await visit("?symbol=DOGE");
  await page.waitForSelector(".record-brief .claim");
  await page.selectOption("#instrument", { label: "BTC · simex" });
  await page.waitForFunction(() => document.querySelector(".record-brief")?.textContent?.includes("no observed liquidations"));
});

test("on a phone the record is a sheet that fits", async () => {
  await visit("?symbol=DOGE", { viewport: PHONE.viewport });
  await page.click('[aria-label="More controls"]');
  await page.click('[aria-label="Record"]');
  await page.waitForSelector(".record");
  const fits = await page.locator(".sheet").evaluate((e) => e.scrollWidth <= e.clientWidth && e.getBoundingClientRect().right <= innerWidth);
  expect(fits).toBe(true);
});
