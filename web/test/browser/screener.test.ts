/** The screener's table and favourites. */
import { expect, test } from "vitest";
import { TO } from "../fake/market";
import { settled } from "../support/browser";
import { opened, page, visit, visits } from "../support/visits";

visits();

const first = (): Promise<string> => page.innerText(".screener tbody tr:first-child th");

test("rows sort by any head, say what they are, and lead to the chart in one request", async () => {
  await visit("?symbol=BTC");
  const before = opened.requests.length;
  await page.keyboard.press("/");
  await page.waitForSelector(".screener tbody tr");
  expect(opened.requests.slice(before).filter((url) => url.includes("screener"))).toHaveLength(1);
  expect(await page.innerText(".screener")).toContain("ESTIMATED");
  expect(await page.innerText(".screener tbody tr:has-text('BTC')")).toMatch(/\$750 k[\s\S]*\$1\.25 M[\s\S]*\+0\.25[\s\S]*2\.0 % ↑ \$4\.20 M[\s\S]*\+3\.4/);
  expect(await page.innerText(".screener tbody tr:has-text('DOGE')")).toContain("none");
  expect(await first()).toContain("BTC");
  await page.click(".screener thead button:has-text('skew')");
  expect(await page.getAttribute(".screener th:has-text('skew')", "aria-sort")).toBe("descending");
  expect(await first()).toContain("BTC");
  await page.click(".screener thead button:has-text('skew')");
  expect(await first()).toContain("DOGE");
  // What has no cluster comes last, whichever way.
  for (let i = 0; i < 2; i++) {
    await page.click(".screener thead button:has-text('nearest')");
    expect(await first()).toContain("BTC");
  }
  await page.click(".screener tbody tr:has-text('DOGE') td:nth-child(3)");
  await page.waitForSelector("[role=dialog]", { state: "detached" });
  await settled(page);
  expect(await page.inputValue("#instrument")).toBe("simex DOGE");
});

test("in a replay the rows are of the replayed moment", async () => {
  const at = TO - 30 * 3_600_000;
  await visit(`?symbol=BTC&at=${at}`);
  await page.click('[aria-label="Screener"]');
  await page.waitForSelector(".screener tbody tr");
  expect(opened.requests.some((url) => url.endsWith(`/screener?at=${at}`))).toBe(true);
  expect(await page.innerText(".screener tbody tr")).toContain(new Date(at).toISOString().slice(5, 16).replace("T", " "));
});

test("a screener that cannot be asked says so", async () => {
  await visit("?symbol=BTC");
  await page.route("**/screener*", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: '{"detail":"told to fail"}' }));
  await page.keyboard.press("/");
  await page.waitForSelector(".screener .note:has-text('told to fail')");
  opened.complaints.length = 0;
});

test("favourites come first, in the list and the table, and are remembered", async () => {
  await visit("?symbol=DOGE");
  const options = (): Promise<string[]> => page.$$eval("#instrument option", (list) => list.map((o) => o.textContent ?? ""));
  expect((await options())[0]).toContain("BTC");
  await page.keyboard.press("@");
  expect((await options())[0]).toBe("★ DOGE · simex");
  expect(await page.getAttribute('.header [aria-label="Favourite DOGE on simex"]', "aria-pressed")).toBe("true");
  await page.reload();
  await settled(page);
  expect((await options())[0]).toBe("★ DOGE · simex");
  await page.keyboard.press("/");
  await page.waitForSelector(".screener tbody tr");
  expect(await first()).toContain("DOGE");
  await page.click('.screener [aria-label="Favourite DOGE on simex"]');
  expect(await first()).toContain("BTC");
  expect(await page.locator("[role=dialog]").count()).toBe(1);
});
