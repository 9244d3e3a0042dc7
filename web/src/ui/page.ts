/** The page as one object: settings, connection and stage, and the commands that controls and keys share. */
import { batch, effect, signal, type Signal } from "@preact/signals";
import { modesOf, type Mode } from "../scale/norm";
import { known, type Selection } from "../scale/selection";
import { groundOf, PALETTES, THEMES } from "../scale/palette";
import type { RecordAnswer } from "../wire/api";
import { followRecord } from "../state/record";
import type { Server } from "../state/server";
import { Session } from "../state/session";
import { createSettings, fromQuery, LEAST_OPACITY, MOST_THRESHOLD, type Settings } from "../state/settings";
import type { Hosts } from "../chart/hosts";
import { mapSize } from "../chart/opening";
import { openPainter, type Painter } from "../chart/painter";
import { scout, type Scout } from "../chart/scout";
import { Stage } from "../chart/stage";
import { setEqualised, venueChoice } from "../state/venues";
import { installTools, type Tools } from "../tools/tools";
import { narrow } from "./narrow";

export type Sheet = "keys" | "about" | "record" | "instruments" | "venues" | "export" | "screener" | null;

export interface Page {
  /** Tells pages apart for as long as the document lives. */
  readonly id: number;
  readonly settings: Settings;
  readonly session: Session;
  readonly stage: Signal<Stage | null>;
  /** How the instrument's own past maps did; null until it is known. */
  readonly record: Signal<RecordAnswer | null>;
  readonly tools: Signal<Tools | null>;
  readonly sheet: Signal<Sheet>;
  /** Called once there are elements to draw in, laid out but not shown yet. */
  place(hosts: Hosts): void;
  /** Called once the browser has shown them. */
  mount(): Promise<void>;
  /** Called when the elements go; the page is not used any more. */
  dispose(): void;
  /** One, two or four charts. */
  nextLayout(): void;
  setRange(range: string): void;
  select(selection: Selection): void;
  /** Shows fresh entries with every instrument counted by its own standard deviation. */
  equalise(): void;
  nextMode(): void;
  nextPalette(): void;
  nudgeThreshold(steps: number): void;
  nextTheme(): void;
  nudgeOpacity(steps: number): void;
}

/** Longest that the chart is not made because what it will show is on its way, ms. */
const PATIENCE_MS = 400;

let made = 0;

/** Builds the page from a query string. */
export function createPage(query: string, server: Server, nextLayout: () => void): Page {
  // On a phone the profile would lie over the newest columns.
  const settings = createSettings({ profile: !narrow.peek(), zones: !matchMedia("(max-width: 1100px)").matches });
  fromQuery(settings, query);
  const stage = signal<Stage | null>(null), tools = signal<Tools | null>(null), sheet = signal<Sheet>(null);
  let hosts: Hosts | null = null, painter: Painter | null = null, disposed = false, ahead: Scout | null = null;
  const forceRaster = new URLSearchParams(query).get("painter") === "raster";
  const session = new Session(server, settings, {
    opened: (store, instrument) => {
      const on = stage.peek(), levels = server.levels.peek();
      if (on) return on.open(store, instrument, levels);
      if (!hosts) return () => undefined;
      ahead = scout(store, instrument, levels, settings, mapSize(hosts.chart));
      return ahead.arrived;
    },
    advanced: () => {
      const instrument = session.instrument.peek();
      if (instrument) stage.peek()?.advance(instrument);
    },
    candle: (candle) => stage.peek()?.forming.take(candle),
  });
  const record = followRecord(session, () => stage.value?.shown.loading.value === false);
  // There are no dollars where every instrument counts by its own deviation.
  const stop = effect(() => {
    const instrument = session.instrument.value;
    if (!modesOf(instrument?.unit).includes(settings.mode.value)) settings.mode.value = "z";
    if (!instrument) return;
    // A link may name tiers that this server has not, and an instant of which it knows nothing.
    settings.selection.value = known(settings.selection.value, instrument.groups.map((group) => group.name));
    const at = settings.at.peek(), all = server.instruments.peek();
    if (at !== null && !all.some(({ from, to }) => at >= from && at <= to)) settings.at.value = null;
  });
  const next = <T,>(list: readonly T[], now: T): T => list[(list.indexOf(now) + 1) % list.length] as T;
  return {
    id: made++, settings, session, stage, record, tools, sheet,
    place(elements) {
      hosts = elements;
      session.listed();
      // Chosen before there was room: what it will show is asked for now.
      if (!ahead) session.reopen();
      // The driver compiles its shaders while the page is shown.
      painter = openPainter(hosts.heat, forceRaster, () => stage.peek()?.restored());
    },
    async mount() {
      // The browser is kept free while what the first picture needs is on its way, but for what the graphics driver
      // can do by itself: a chart that is made meanwhile keeps answers waiting, and is drawn several times in vain.
      const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
      const soon = (thing: Promise<void> | undefined): Promise<unknown> => Promise.race([thing, patience]);
      painter?.warm(groundOf(settings.theme.peek()).ground);
      await soon(server.met);
      await soon(ahead?.loaded);
      if (disposed || !hosts || !painter) return;
      const on = new Stage(hosts, settings, painter, server.client);
      stage.value = on;
      on.observed.follow(session, settings);
      tools.value = installTools(on, session);
      session.reopen();
    },
    dispose() {
      disposed = true;
      stop();
      session.stop();
      tools.peek()?.dispose();
      (stage.peek() ?? painter)?.dispose();
      batch(() => {
        stage.value = null;
        tools.value = null;
      });
    },
    nextLayout,
    setRange(range) {
      if (settings.selection.peek() === "fresh") this.select("all");
      stage.peek()?.navigator.setRange(range);
    },
    select(selection) {
      setEqualised(session, false);
      settings.selection.value = selection;
    },
    equalise() {
      if (!venueChoice(session)) return;
      settings.selection.value = "fresh";
      setEqualised(session, true);
    },
    nextMode: () => void (settings.mode.value = next<Mode>(modesOf(session.instrument.peek()?.unit), settings.mode.peek())),
    nextPalette: () => void (settings.palette.value = next(PALETTES, settings.palette.peek())),
    nextTheme: () => void (settings.theme.value = next(THEMES, settings.theme.peek())),
    nudgeOpacity: (steps) => void (settings.opacity.value = Math.max(LEAST_OPACITY, Math.min(1, Math.round((settings.opacity.peek() + steps * 0.1) * 100) / 100))),
    nudgeThreshold: (steps) => void (settings.threshold.value = Math.max(0, Math.min(MOST_THRESHOLD, Math.round((settings.threshold.peek() + steps * 0.05) * 100) / 100))),
  };
}
