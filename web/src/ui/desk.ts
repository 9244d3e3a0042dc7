/**
 * One, two or four charts side by side. Each is a page of its own; the one
 * that was pressed last is what the controls and keys are about. Time, replay,
 * theme and cross-hair of all follow it.
 */
import { batch, effect, signal, untracked, type Signal } from "@preact/signals";
import { installDebug } from "../chart/debug";
import { Server } from "../state/server";
import { toQuery, type Settings } from "../state/settings";
import { createPage, type Page } from "./page";

export const LAYOUTS = [1, 2, 4] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface Desk {
  /** As many as the layout says, in reading order. */
  readonly pages: Signal<readonly Page[]>;
  readonly active: Signal<Page>;
  /** What all charts ask, and hear. */
  readonly server: Server;
  /** The next layout: 1, 2, 4, 1 … */
  next(): void;
}

/** How often the other charts are moved while the active one moves, ms. */
const STEP_MS = 60;
/** What all charts have in common, and so only the first one's address tells. */
const COMMON = ["range", "window", "at", "reveal", "speed", "theme", "zone", "panel", "profile", "zones"];

/** Builds the desk from a query string: the first chart's own, `layout`, and `chart2` to `chart4`. */
export function createDesk(query: string): Desk {
  const params = new URLSearchParams(query), wanted = LAYOUTS.find((n) => n === Number(params.get("layout"))) ?? 1;
  const next = (): void => lay(desk, LAYOUTS[(LAYOUTS.indexOf(desk.pages.peek().length as Layout) + 1) % LAYOUTS.length] as Layout);
  const server = new Server(), first = createPage(query, server, next), pages = [first];
  for (let i = 2; i <= wanted; i++) pages.push(createPage(params.get(`chart${i}`) ?? "", server, next));
  const desk: Desk = { pages: signal<readonly Page[]>(pages), active: signal(first), server, next };
  for (const page of pages.slice(1)) follow(first.settings, page);
  // Answers travel while the page is drawn and charts are made.
  server.start();
  effect(() => {
    document.documentElement.dataset["theme"] = desk.active.value.settings.theme.value;
  });
  effect(() => {
    const { stage, session } = desk.active.value;
    if (stage.value) installDebug(stage.value, session, () => desk.pages.peek().map((page) => ({ stage: page.stage.peek(), session: page.session })));
  });
  linkTime(desk);
  linkCross(desk);
  keepAddress(desk, params.get("painter") === "raster");
  return desk;
}

/** Adds charts of instruments that are not shown yet, or takes the last ones away. */
function lay(desk: Desk, count: Layout): void {
  const pages = [...desk.pages.peek()], active = desk.active.peek();
  const shown = new Set(pages.map(({ settings }) => `${settings.venue.peek()} ${settings.symbol.peek()}`));
  const others = desk.server.instruments.peek().filter((i) => !shown.has(`${i.venue} ${i.symbol}`));
  while (pages.length < count) {
    const { venue, symbol } = others.shift() ?? { venue: active.settings.venue.peek(), symbol: active.settings.symbol.peek() };
    const page = createPage(new URLSearchParams({ venue, symbol }).toString(), desk.server, desk.next);
    follow(active.settings, page);
    pages.push(page);
  }
  pages.splice(count);
  batch(() => {
    desk.pages.value = pages;
    if (!pages.includes(active)) desk.active.value = pages[0] as Page;
  });
}

/** Shows the time that another chart shows. */
function follow(from: Settings, page: Page): void {
  const to = page.settings, navigator = page.stage.peek()?.navigator;
  const range = from.range.peek(), window = from.window.peek(), had = to.window.peek();
  batch(() => {
    for (const name of ["theme", "zone", "at", "reveal", "speed", "profile", "zones"] as const) (to[name] as Signal<unknown>).value = from[name].peek();
  });
  if (range !== null) {
    if (range === to.range.peek()) return;
    if (navigator) return navigator.setRange(range);
    to.range.value = range;
    // A range that somebody chose is not given up for the usual one once the chart opens.
    to.usual.value = from.usual.peek();
  } else if (window && (to.range.peek() !== null || window.from !== had?.from || window.to !== had.to)) {
    if (navigator) return navigator.go(window);
    to.range.value = null;
    to.window.value = window;
  }
}

function linkTime(desk: Desk): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  effect(() => {
    const { range, window, at, reveal, speed, theme, zone, profile, zones } = desk.active.value.settings;
    void [range.value, window.value, at.value, reveal.value, speed.value, theme.value, zone.value, profile.value, zones.value];
    if (desk.pages.value.length === 1) return;
    timer ??= setTimeout(() => {
      timer = null;
      const active = desk.active.peek();
      for (const page of desk.pages.peek()) if (page !== active) follow(active.settings, page);
    }, STEP_MS);
  });
}

function linkCross(desk: Desk): void {
  effect(() => {
    const active = desk.active.value, reading = active.stage.value?.shown.reading.value ?? null;
    if (desk.pages.value.length === 1) return;
    untracked(() => {
      const coin = active.session.instrument.peek()?.coin;
      for (const page of desk.pages.peek()) {
        const candles = page.stage.peek()?.candles, same = page.session.instrument.peek()?.coin === coin;
        if (page === active || !candles) continue;
        // Prices of another coin say nothing: only the instant is shown there.
        if (reading) candles.pointAt((reading.from + reading.to) / 2, same ? Math.sqrt(reading.low * reading.high) : null);
        else candles.unpoint();
      }
    });
  });
}

/** Keeps the address bar in step, so that a link shows the same picture; at most twice a second. */
function keepAddress(desk: Desk, raster: boolean): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  effect(() => {
    const [first, ...others] = desk.pages.value as [Page, ...Page[]], query = new URLSearchParams(toQuery(first.settings));
    if (others.length > 0) query.set("layout", String(others.length + 1));
    others.forEach(({ settings }, i) => {
      const own = new URLSearchParams(toQuery(settings));
      for (const name of COMMON) own.delete(name);
      query.set(`chart${i + 2}`, own.toString());
    });
    if (raster) query.set("painter", "raster");
    const text = query.toString();
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, "", text ? `?${text}` : location.pathname), 400);
  });
}
