/**
 * The set-up that tests of the page share: one Chromium and one server a file,
 * a fresh context a visit, and a browser that complained of nothing at the end.
 * A file calls {@link visits} once; `page` is then the page of its last visit.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { startFake, type Fake } from "../fake/server";
import { complaintsOf, launch, open, server, settled, type Opened } from "./browser";

export let browser: Browser;
/** Where the server is, without a slash at the end. */
export let url: string;
/** The fake server; tests over whatever HALCYON_URL serves must do without it. */
export let fake: Fake;
/** The last visit. */
export let opened: Opened;
/** The page of the last visit. */
export let page: Page;

/** The visits of the test that runs. */
const made: Opened[] = [];

export interface Visits {
  /** Over the server at HALCYON_URL, where it is set: the tests expect nothing of the fake. */
  readonly anyServer?: boolean;
  /** Visits the page before each test. */
  readonly each?: boolean;
  /** Complaints that hold one of these words are the test's own doing; "all" leaves complaints to the tests. */
  readonly provoked?: readonly string[] | "all";
}

/** Registers the set-up for every test of the file. */
export function visits({ anyServer = false, each = false, provoked = [] }: Visits = {}): void {
  let close: () => Promise<void>;
  beforeAll(async () => {
    const [chromium, at] = await Promise.all([launch(), anyServer ? server() : startFake()]);
    browser = chromium;
    url = at.url;
    close = () => at.close();
    if ("mood" in at) fake = at;
  });
  afterAll(async () => {
    await browser.close();
    await close();
  });
  if (each) beforeEach(async () => {
    await visit();
  });
  afterEach(async () => {
    const complaints = made.flatMap(complaintsOf);
    for (const { page } of made.splice(0)) await page.context().close();
    if (provoked !== "all") expect(complaints.filter((text) => !provoked.some((word) => text.includes(word)))).toEqual([]);
  });
}

/** Opens the page with a query and does not wait for anything to be drawn. */
export async function arrive(query = "", options: BrowserContextOptions = {}, at = url): Promise<Page> {
  opened = await open(browser, `${at}/${query}`, options);
  page = opened.page;
  made.push(opened);
  return page;
}

/** Opens the page with a query and waits until everything in view is drawn. */
export async function visit(query = "", options: BrowserContextOptions = {}): Promise<Page> {
  await arrive(query, options);
  await settled(page);
  return page;
}
