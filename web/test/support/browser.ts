/** One Chromium for all browser tests, and a server to point it at. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { startFake, type Fake } from "../fake/server";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-first-run", "--force-color-profile=srgb", "--font-render-hinting=none",
];

/** A phone held upright. */
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** Starts Chromium; says what is missing where it cannot. */
export async function launch(extra: readonly string[] = []): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`cannot start Chromium: nothing at ${CHROMIUM}; install chromium or set CHROMIUM`);
  if (!existsSync(fileURLToPath(new URL("../../dist/index.html", import.meta.url)))) throw new Error("cannot test the page: web/dist is empty; run npm run build first");
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...extra] });
}

/** A page with its complaints and requests. */
export interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

/** Opens a page of the server in a fresh context. */
export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const screen = options.viewport === null ? {} : { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 };
  const context = await browser.newContext({ ...screen, locale: "en-GB", timezoneId: "UTC", ...options });
  const page = await context.newPage();
  const complaints: string[] = [], requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

/** What the browser complained of, but for its remark that a software renderer is slow to read pixels back. */
export function complaintsOf(opened: Opened): string[] {
  return opened.complaints.filter((text) => !text.includes("GPU stall due to ReadPixels"));
}

/** Waits until everything in view is loaded and drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => window.halcyon?.settled() === true, undefined, { timeout: 50_000, polling: 50 });
  await frames(page, 3);
  await page.waitForFunction(() => window.halcyon?.settled() === true, undefined, { timeout: 50_000, polling: 50 });
}

/** Waits for animation frames. */
export async function frames(page: Page, count: number): Promise<void> {
  await page.evaluate((n) => new Promise<void>((done) => {
    const step = (left: number): void => void (left === 0 ? done() : requestAnimationFrame(() => step(left - 1)));
    step(n);
  }), count);
}

/** The server to test: the one at HALCYON_URL, else the fake. */
export async function server(): Promise<{ url: string; fake: Fake | null; close(): Promise<void> }> {
  const url = process.env["HALCYON_URL"];
  if (url) return { url: url.replace(/\/$/, ""), fake: null, close: () => Promise.resolve() };
  const fake = await startFake();
  return { url: fake.url, fake, close: () => fake.close() };
}
