/** Observed positions beside the profile: said in words with share and age, drawn in their own hue, switched by key and button. */
import { afterEach, expect, test } from "vitest";
import { fake, page, visit, visits } from "../support/visits";

visits();
afterEach(() => {
  fake.mood.observed = false;
});

/** Pixels of the profile in the hue that only observed things have. */
const observedPixels = (): Promise<number> => page.evaluate(() => {
  const canvas = document.querySelector<HTMLCanvasElement>("aside.profile canvas");
  if (!canvas || canvas.width === 0) return 0;
  // Read from a copy: reading the page's own canvas would make it slow.
  const copy = new OffscreenCanvas(canvas.width, canvas.height), context = copy.getContext("2d", { willReadFrequently: true });
  context?.drawImage(canvas, 0, 0);
  const data = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  let count = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i] === 0xf0 && data[i + 1] === 0x8c && data[i + 2] === 0xff) count++;
  return count;
});

test("observed positions are told and drawn apart from the estimate, and can be switched off", async () => {
  fake.mood.observed = true;
  await visit();
  const words = page.locator(".profile-head .observed");
  await words.waitFor();
  expect(await words.textContent()).toBe("OBSERVED L 10 % S 10 %, 61 s");
  await expect.poll(observedPixels, { timeout: 20_000 }).toBeGreaterThan(50);
  await page.keyboard.press("#");
  await expect.poll(observedPixels, { timeout: 20_000 }).toBe(0);
  expect(await words.textContent()).toBe("observed: off");
  await page.waitForFunction(() => new URLSearchParams(location.search).get("observed") === "off");
  await words.click();
  await expect.poll(observedPixels, { timeout: 20_000 }).toBeGreaterThan(50);
});

test("where nothing is observed nothing is said of it", async () => {
  await visit();
  expect(await page.locator(".profile-head .observed").count()).toBe(0);
  expect(await observedPixels()).toBe(0);
});
