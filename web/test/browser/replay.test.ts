/** Time travel: the page at a past moment is the page that stood there then. Against the fake, whose end can be moved. */
import { afterEach, expect, test } from "vitest";
import { OBSERVED_SHARE } from "../fake/answers";
import { minuteOf, TO, world } from "../fake/market";
import { frames, settled } from "../support/browser";
import { different, paneBox, picture } from "../support/pixels";
import { fake, page, visit, visits } from "../support/visits";

const HOUR = 3_600_000, MINUTE = 60_000;
/** Not on the edge of a five-minute column: the one that contains it had not closed. */
const THEN = TO - 30 * HOUR + 7 * MINUTE;
visits();
afterEach(() => {
  fake.mood.to = TO;
});

const at = (): Promise<number> => page.evaluate(() => Number(new URLSearchParams(location.search).get("at")));
const stamp = (): Promise<string> => page.innerText(".head .stamp.replayed");
const follows = async (query: string): Promise<void> => void (await page.waitForFunction((q) => location.search.includes(q), query));

/** Everything that is known at the cross-hair and around it. */
async function seen(): Promise<{ map: Awaited<ReturnType<typeof picture>>; profile: Awaited<ReturnType<typeof picture>>; words: unknown }> {
  // Without its bar, whose height the chart gives up, a replay has the very rows of the present.
  await page.addStyleTag({ content: ".replay { display: none !important }" });
  await settled(page);
  const box = await paneBox(page), beside = await page.locator(".profile canvas").boundingBox();
  await page.mouse.move(box.x + 0.4 * box.width, box.y + 0.3 * box.height);
  await frames(page, 3);
  const reading = await page.evaluate(() => window.halcyon?.reading());
  await page.mouse.move(box.x + 0.95 * box.width, box.y + 0.3 * box.height);
  await page.waitForFunction(() => (window.halcyon?.zones().length ?? 0) > 0);
  await frames(page, 3);
  const words = await page.evaluate(() => [window.halcyon?.reading(), window.halcyon?.profile(), window.halcyon?.zones(), window.halcyon?.panes()]);
  await page.addStyleTag({ content: ".readout, .legend, .card, .profile-head { visibility: hidden !important }" });
  return { map: await picture(page, { ...box, width: 0.7 * box.width }), profile: await picture(page, beside ?? box), words: [reading, words] };
}

test.each([["24h", ""], ["24h", "&leverage=fresh"], ["7d", "&norm=usd&panes=on"]])("%s%s: map, candles, profile, zones and numbers are those of a server that knows no more", async (range, more) => {
  const span = range === "7d" ? 7 * 24 * HOUR : 24 * HOUR;
  const query = `?symbol=DOGE&window=${THEN - 0.8 * span}-${THEN + 0.2 * span}${more}`;
  fake.mood.to = THEN;
  await visit(query);
  const then = await seen();
  await page.context().close();
  fake.mood.to = TO;
  await visit(`${query}&at=${THEN}`);
  const replayed = await seen();
  expect(replayed.words).toEqual(then.words);
  // The line at the replayed instant lies to the right of what is compared.
  expect(different(then.map, replayed.map)).toBe(0);
  expect(different(then.profile, replayed.profile)).toBe(0);
  expect(await page.textContent(".profile-head")).toContain("stood at");
});

test("starts at the cross-hair, steps by candle, goes to a date, and comes back", async () => {
  await visit("?symbol=BTC");
  const box = await paneBox(page);
  await page.mouse.move(box.x + box.width / 2, box.y + 200);
  await frames(page, 3);
  const pointed = ((await page.evaluate(() => window.halcyon?.reading())) as { from: number }).from;
  const candle = (await page.evaluate(() => window.halcyon?.level()))?.bucketMs ?? 0;
  await page.keyboard.press("r");
  await follows("at=");
  expect(Math.abs((await at()) - pointed)).toBeLessThanOrEqual(candle);
  await settled(page);
  const before = await at();
  await page.keyboard.press(".");
  await follows(`at=${Math.floor(before / candle) * candle + candle}`);
  await page.click('[aria-label="One candle back"]');
  await follows(`at=${Math.floor(before / candle) * candle}`);
  await page.keyboard.press("j");
  await page.waitForFunction(() => document.activeElement?.id === "replay-time");
  await page.fill("#replay-time", new Date(THEN).toISOString().slice(0, 16));
  await page.keyboard.press("Enter");
  await page.locator("#replay-time").blur();
  await follows(`at=${THEN}`);
  expect(await stamp()).toBe(`REPLAY ${new Date(THEN).toISOString().slice(0, 16).replace("T", " ")}`);
  await page.reload();
  await settled(page);
  expect(await stamp()).toContain("REPLAY");
  // The range ends at the replayed moment, and nothing right of it is told.
  const view = await page.evaluate(() => window.halcyon?.view());
  expect(Math.abs((view?.time0 ?? 0) + (view?.width ?? 0) * (view?.msPerPixel ?? 0) - THEN)).toBeLessThan(HOUR);
  await page.locator("[aria-label='Replayed time']").focus();
  await page.keyboard.press("Home");
  await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>("[aria-label='Replayed time']")?.value) === Number(document.querySelector<HTMLInputElement>("[aria-label='Replayed time']")?.min));
  await page.locator("[aria-label='Replayed time']").blur();
  await page.keyboard.press("r");
  await page.waitForFunction(() => !location.search.includes("at="));
  expect(await page.locator(".replayed").count()).toBe(0);
});

test("the date is written as everywhere, typed as one likes, stepped part by part, and what is wrong with it is said in a line", async () => {
  await visit(`?symbol=BTC&zone=utc&at=${THEN}`);
  const field = page.locator("#replay-time"), iso = (time: number): string => new Date(time).toISOString().slice(0, 16).replace("T", " "), day = iso(THEN).slice(0, 10);
  expect(await field.inputValue()).toBe(iso(THEN));
  expect(await field.getAttribute("aria-label")).toBe("Replayed date and time, UTC");
  expect(await page.innerText(".date > .dim")).toBe("UTC");
  // The whole of it is seen.
  expect(await field.evaluate((input: HTMLInputElement) => input.scrollWidth <= input.clientWidth)).toBe(true);
  const enter = async (text: string): Promise<void> => {
    await page.keyboard.press("j");
    await page.waitForFunction(() => document.activeElement?.id === "replay-time");
    await field.fill(text);
    await page.keyboard.press("Enter");
  };
  await enter(` ${day.replaceAll("-", "/")}T3:05:30 `);
  const early = Date.parse(`${day}T03:05Z`);
  await follows(`at=${early}`);
  expect(await field.inputValue()).toBe(iso(early));
  // What cannot be gone to stays as it was typed, and so does the replay.
  for (const [text, fault] of [["2026-02-30", "2026-02 has no day 30"], ["soon", `Write a date as ${iso(early)}`], ["2019-01-01 10:00", "Stored from "]] as const) {
    await field.fill(text);
    await page.keyboard.press("Enter");
    await page.waitForFunction((words) => document.getElementById("replay-time-fault")?.textContent?.startsWith(words), fault);
    expect([await field.inputValue(), await field.getAttribute("aria-invalid"), await at()]).toEqual([text, "true", early]);
  }
  // One line above the field, on the screen.
  const [fault, box] = [(await page.locator(".date .fault").boundingBox())!, (await page.locator(".date").boundingBox())!];
  expect(fault.height > 10 && fault.height < 40 && fault.y + fault.height < box.y && box.y - fault.y < 60 && fault.x >= 0 && fault.x + fault.width <= 1440, JSON.stringify([fault, box])).toBe(true);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.id !== "replay-time");
  expect([await field.inputValue(), await page.locator(".date .fault").textContent()]).toEqual([iso(early), ""]);
  // A day alone is all that is stored of it, a time alone is of the same day.
  await enter("17:20");
  await follows(`at=${Date.parse(`${day}T17:20Z`)}`);
  await enter(iso(TO));
  await follows(`at=${TO}`);
  await enter(day);
  await follows(`at=${Date.parse(day)}`);
  // The hour under the caret, then the day while all is selected; the part stays chosen.
  await field.evaluate((input: HTMLInputElement) => input.setSelectionRange(12, 12));
  await page.keyboard.press("ArrowUp");
  await follows(`at=${Date.parse(day) + HOUR}`);
  await frames(page, 2);
  await page.keyboard.press("ArrowUp");
  await follows(`at=${Date.parse(day) + 2 * HOUR}`);
  await frames(page, 2);
  expect(await field.evaluate((input: HTMLInputElement) => [input.selectionStart, input.selectionEnd])).toEqual([11, 13]);
  await field.selectText();
  await page.keyboard.press("ArrowDown");
  await follows(`at=${Date.parse(day) - 22 * HOUR}`);
  // The browser's calendar chooses another day of the same time.
  await page.locator(".date input[type=date]").evaluate((input: HTMLInputElement, value) => {
    input.value = value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, day);
  await follows(`at=${Date.parse(day) + 2 * HOUR}`);
});

test("the date is in the zone of the page", async () => {
  await visit(`?symbol=BTC&zone=local&at=${THEN}`, { timezoneId: "Asia/Kolkata" });
  const field = page.locator("#replay-time"), here = new Date(THEN + 5.5 * HOUR).toISOString().slice(0, 16).replace("T", " ");
  expect([await field.inputValue(), await field.getAttribute("aria-label")]).toEqual([here, "Replayed date and time, local"]);
  await field.fill(here.replace(/\d\d$/, "59"));
  await field.press("Enter");
  await follows(`at=${THEN + (59 - Number(here.slice(-2))) * MINUTE}`);
  await field.press("Escape");
  await page.keyboard.press("u");
  await page.waitForFunction(() => document.getElementById("replay-time")?.getAttribute("aria-label")?.endsWith("UTC"));
  expect(await field.inputValue()).toBe(new Date(await at()).toISOString().slice(0, 16).replace("T", " "));
});

test("plays at the chosen speed, and into the present", async () => {
  await visit(`?symbol=BTC&at=${THEN}&speed=300`);
  await page.keyboard.press(">");
  expect(await page.inputValue("#replay-speed")).toBe("1000");
  const start = Date.now();
  await page.keyboard.press(" ");
  await page.waitForFunction((t) => Number(document.querySelector<HTMLInputElement>(".when")?.value) >= t, THEN + 20 * MINUTE);
  // A thousand market minutes a minute: twenty of them take 1.2 s, whatever else the machine does.
  expect(Date.now() - start).toBeGreaterThan(1000);
  await page.keyboard.press(" ");
  const paused = await page.inputValue(".when");
  await frames(page, 20);
  expect(await page.inputValue(".when")).toBe(paused);
  await page.fill("#replay-time", new Date(TO - 2 * MINUTE).toISOString().slice(0, 16));
  await page.locator("#replay-time").blur();
  await page.keyboard.press(" ");
  await page.waitForSelector(".replay", { state: "detached" });
});

test("what happened next is drawn apart and told: price, observed liquidations, zones reached", async () => {
  const until = THEN + 5 * HOUR;
  await visit(`?symbol=DOGE&window=${THEN - 10 * HOUR}-${until}&at=${THEN}`);
  await page.waitForFunction(() => (window.halcyon?.zones().length ?? 0) > 0);
  const box = await paneBox(page), right = await page.evaluate((t) => window.halcyon?.pixel(t, 1)?.x ?? 0, THEN + 20 * MINUTE);
  const future = { x: box.x + right, y: box.y + 60, width: box.width - right, height: box.height - 120 };
  await page.addStyleTag({ content: ".heat, .readout, .legend { visibility: hidden !important }" });
  const hidden = await picture(page, future);
  expect(await page.locator(".next").count()).toBe(0);
  await page.keyboard.press("v");
  await page.waitForSelector(".next .observed");
  await settled(page);
  expect(different(hidden, await picture(page, future))).toBeGreaterThan(100);
  // Columns that contain the moment or end after it, as far as the view goes.
  const market = world(11, 0.16), from = Math.floor(THEN / (5 * MINUTE)) * 5 * MINUTE;
  const end = Math.ceil(until / (5 * MINUTE)) * 5 * MINUTE, sum = (list: Float64Array): number => list.slice(minuteOf(from), minuteOf(end)).reduce((a, b) => a + b, 0) * OBSERVED_SHARE;
  const told = await page.innerText(".next"), amount = (text: string): number => Number(text.replace(/[$ ]/g, "").replace("k", "e3").replace("M", "e6").replace("–", "0"));
  const [, longs, shorts] = /longs (\S+(?: [kMB])?) shorts (\S+(?: [kMB])?)/.exec(told) ?? [];
  for (const [text, usd] of [[longs, sum(market.swept.long)], [shorts, sum(market.swept.short)]] as const) {
    expect(Math.abs(amount(text ?? "") - usd)).toBeLessThanOrEqual(0.006 * usd + 1);
  }
  expect(told).toMatch(/zones reached .+ not reached/);
  await follows("reveal=on");
  await page.click("text=now");
  await page.waitForFunction(() => !location.search.includes("reveal"));
});

test("a link to an instant of which nothing is stored shows the present", async () => {
  for (const then of [Date.UTC(2010, 0, 1), TO + 100 * 24 * HOUR]) {
    await visit(`?symbol=BTC&at=${then}`);
    await settled(page);
    expect(await page.locator(".head .stamp.replayed").count()).toBe(0);
    expect(await page.evaluate(() => window.halcyon?.complete())).toBe(true);
    await page.waitForFunction(() => !location.search.includes("at="));
  }
});
